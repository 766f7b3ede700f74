"""Brings text to one form, width and kind of white space."""

from typing import Any

import pytest

from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.normalize import Normalize


def normal(text: str, **options: Any) -> str:
    row = Normalize(**options).repair(Row({"text": text}), Tally("normalize"))
    return "" if row is None else str(row["text"])


@pytest.mark.parametrize(
    "text, expected",
    [
        ("cafe\u0301", "café"),
        ("ＡＢＣ１２３％", "ABC123%"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("a\u00a0b\u3000c\u2009d", "a b c d"),
        ("a\u200bb\ufeff\u00ad\x00\u202ec", "abc"),
        ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
        ("  a  b\t\tc ", "a b c"),
        ("a \n\n\n\nb\n\n", "a\n\nb"),
        ("a\u200db", "ab"),
        ("中\u200d文", "中文"),
        ("x\U000e0061\U000e0062y", "xy"),
    ],
)
def test_what_is_not_seen_or_twice_there_goes(text: str, expected: str) -> None:
    assert normal(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "“你好”，他说：‘再见’——……！（真的）；《书》、【注】",
        "👨\u200d👩\u200d👧",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم क्\u200dष",
        "def f():\n    return 1\n\n\tx",
        "```\na  b \n\n\n\tc  \n```",
        "ﬁ ① x² …",
        "caf\udce9",
    ],
)
def test_what_means_something_stays(text: str) -> None:
    assert normal(text) == text


def test_compatibility_characters_become_plain_ones_if_asked() -> None:
    assert normal("ﬁ ① x²，", form="NFKC") == "fi 1 x2,"


def test_composition_and_width_can_be_left() -> None:
    assert normal("cafe\u0301 Ａ", form="keep", width="keep") == "cafe\u0301 Ａ"


@pytest.mark.parametrize(
    "white_space, expected",
    [("keep", " a  b \n\n\n c "), ("trim", " a  b\n\n c"), ("collapse", " a b\n\n c")],
)
def test_white_space_is_left_trimmed_or_collapsed(white_space: str, expected: str) -> None:
    assert normal(" a  b \n\n\n c ", white_space=white_space) == expected


def test_traditional_characters_become_simplified_on_request() -> None:
    assert normal("臺灣的軟體") == "臺灣的軟體"
    assert normal("臺灣的軟體 \ud800\0 頭髮", simplified=True) == "台湾的软体 \ud800 头发"


def test_japanese_is_never_simplified() -> None:
    assert normal("東京は國です", simplified=True) == "東京は國です"


def test_a_text_of_nothing_but_unseen_characters_is_dropped() -> None:
    tally = Tally("normalize")
    assert Normalize().repair(Row({"text": "\u200b\ufeff"}), tally) is None
    assert tally.dropped == {"no text left": 1}


def test_tagged_words_are_normalised_one_by_one() -> None:
    row = Row({"tokens": ["Ａ\u200b", "\u200b", "b"], "tags": ["O", "O", "O"]})
    changed = Normalize().repair(row, Tally("normalize"))
    assert changed is not None
    assert changed["tokens"] == ["A", "\u200b", "b"]


def test_a_line_of_a_million_spaces_is_done_at_once() -> None:
    assert normal(f"a{' ' * 1_000_000}b{' ' * 1_000_000}\nc") == "a b\nc"
