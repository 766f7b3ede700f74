"""Bytes to text by declared and detected charset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.text.charset import (
    Decoded,
    bytes_of,
    codec_of,
    decode,
    holds_bytes,
    without_controls,
)

CHINESE = "您好：如果此信打扰到您，我们深感抱歉"


@pytest.mark.parametrize(
    "label, codec",
    [
        ("utf-8", "utf-8"),
        ("'UTF8'", "utf-8"),
        ("us-ascii", "cp1252"),
        ("iso-8859-1'", "cp1252"),
        ("ISO8859_1", "cp1252"),
        ("iso-8859-15", "iso8859-15"),
        ("windows-1251", "cp1251"),
        ("gb2312", "gb18030"),
        ("gb2312_charset", "gb18030"),
        ("x-gbk", "gb18030"),
        ("big5", "big5hkscs"),
        ("CHINESEBIG5", "big5hkscs"),
        ("ks_c_5601-1987", "cp949"),
        ("KS_C_5601-1989", "cp949"),
        ("windows-949", "cp949"),
        ("euc-kr", "cp949"),
        ("x-sjis", "cp932"),
        ("iso-2022-jp", "iso2022_jp_ext"),
        ("koi8-ru", "koi8-r"),
        ("tis-620", "cp874"),
    ],
)
def test_a_label_means_what_the_encoding_standard_says(label: str, codec: str) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    "label",
    [
        "",
        "default",
        "default_charset",
        "unknown-8bit",
        "unicode",
        "rot13",
        "base64",
        "idna",
        "a\0b",
    ],
)
def test_a_label_may_name_no_charset(label: str) -> None:
    assert codec_of(label) is None


@pytest.mark.parametrize(
    "codec, label, text",
    [
        ("gb18030", "gb2312", CHINESE),
        ("gb18030", None, CHINESE),
        ("gb18030", "us-ascii", CHINESE),
        ("gb18030", "nonsense", CHINESE),
        ("big5hkscs", "big5", "免費無限次任打中港長途電話"),
        ("cp949", "ks_c_5601-1987", "요즘 뜨는 직종"),
        ("iso2022_jp", None, "日本語の件名"),
        ("iso2022_jp", "us-ascii", "日本語の件名"),
        ("iso2022_kr", "iso-2022-kr", "안녕하세요"),
        ("utf-8", "iso-8859-1", "naïve “quotes”"),
        ("utf-8-sig", None, "café"),
        ("utf-16", "utf-16", "日本"),
        ("cp1252", "iso-8859-1", "‘curly’ €"),
        ("iso8859-15", "iso-8859-15", "5 € à Noël"),
        ("koi8-r", "koi8-r", "Деньги"),
        ("cp1254", "windows-1254", "çekilişini kaçırmayın"),
    ],
)
def test_bytes_are_read_without_loss(codec: str, label: str | None, text: str) -> None:
    decoded = decode(text.encode(codec), label)
    assert (decoded.text, decoded.lossy) == (text, False)


def test_ascii_is_read_as_such_whatever_is_declared() -> None:
    assert decode(b"plain", "utf-16") == Decoded("plain", "ascii")


@pytest.mark.parametrize("codec, label", [("utf-8", None), ("gb18030", "gb2312")])
def test_text_cut_within_a_character_loses_that_character_only(
    codec: str, label: str | None
) -> None:
    decoded = decode(CHINESE.encode(codec)[:-1], label)
    assert (decoded.text, decoded.lossy) == (CHINESE[:-1] + "\ufffd", True)


def test_a_wide_label_is_not_believed_of_text_that_has_no_zero_bytes() -> None:
    assert decode("é à la carte".encode(), "utf-16").text == "é à la carte"


@given(st.binary(), st.none() | st.sampled_from(["gb2312", "us-ascii", "big5", "utf-16", "?"]))
def test_decoding_never_fails(data: bytes, label: str | None) -> None:
    decode(data, label).text.encode("utf-8")


@given(st.binary())
def test_bytes_read_with_surrogateescape_are_given_back(data: bytes) -> None:
    assert bytes_of(data.decode("utf-8", "surrogateescape")) == data


def test_surrogates_that_stand_for_no_byte_are_lost() -> None:
    assert bytes_of("a\ud800b\udfff") == "a\ufffdb\ufffd".encode()


@pytest.mark.parametrize(
    "text, held", [("caf\udce9", True), ("\x1b$B", True), ("\x1b[0m é", False)]
)
def test_undecoded_bytes_are_seen(text: str, held: bool) -> None:
    assert holds_bytes(text) is held


def test_control_characters_go_and_line_ends_become_newlines() -> None:
    assert (
        without_controls("a\r\nb\rc\x0cd\x85e\tf\0\x07\x9f\ufeff\x1b[31mg") == "a\nb\nc\nd\ne\tfg"
    )
