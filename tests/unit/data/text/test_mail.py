"""A raw mail as its reader sees it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.text.mail import decode_words, read_mail

HEADER = "From: a@b.c\nSubject: Hello\n"
CHINESE = "您好：如果此信打扰到您，我们深感抱歉"


def part(content: str, kind: str = "text/plain", *more: str) -> str:
    return "\n".join(["--=_x", f"Content-Type: {kind}", *more, "", content, ""])


def multipart(*parts: str, kind: str = "mixed") -> str:
    head = f'{HEADER}Content-Type: multipart/{kind}; boundary="=_x"\n\npreamble\n'
    return head + "".join(parts) + "--=_x--\n"


def in_base64(data: bytes) -> str:
    return base64.encodebytes(data).decode("ascii")


def body(mail: str) -> str:
    return read_mail(mail, headers=()).text


def test_the_subject_comes_first_and_then_the_body() -> None:
    assert read_mail(f"{HEADER}\nline one\n\n\n\nline   two \n").text == (
        "Subject: Hello\n\nline one\n\nline two"
    )


def test_the_headers_asked_for_are_kept_in_their_order() -> None:
    mail = "subject: S\nFrom: F\nReceived: R\n\nbody"
    assert read_mail(mail, ["From", "Subject", "Cc"]).text == "From: F\nSubject: S\n\nbody"


def test_of_alternatives_plain_text_is_taken() -> None:
    html, plain = part("<p>html</p>", "text/html"), part("plain")
    assert body(multipart(html, plain, kind="alternative")) == "plain"


def test_of_alternatives_html_is_taken_if_the_plain_text_is_blank() -> None:
    html, blank = part("<p>html</p>", "text/html"), part(" \n ")
    assert body(multipart(blank, html, kind="alternative")) == "html"


def test_parts_are_read_in_order_and_attachments_are_counted() -> None:
    letter = read_mail(
        multipart(
            part("one"),
            part("R0lGODlh", "image/gif", "Content-Transfer-Encoding: base64"),
            part("two", "text/plain", "Content-Disposition: attachment; filename=x.txt"),
            part("<b>three</b>", "text/html"),
        )
    )
    assert letter.text == "Subject: Hello\n\none\n\nthree"
    assert letter.notes == {"attachments left out": 2}


def test_multiparts_can_be_nested() -> None:
    inner = multipart(part("<p>inner</p>", "text/html"), kind="alternative").replace("=_x", "=_y")
    outer = part("outer") + "--=_x\n" + inner.partition("Hello\n")[2]
    assert body(multipart(outer)) == "outer\n\ninner"


def test_an_enclosed_mail_is_read_with_its_subject() -> None:
    enclosed = part("Subject: Inner\n\ntext", "message/rfc822")
    assert read_mail(multipart(enclosed)).text == "Subject: Hello\n\nSubject: Inner\n\ntext"


def test_a_uuencoded_file_within_the_text_is_an_attachment() -> None:
    letter = read_mail(f"{HEADER}\nbefore\nbegin 644 a.txt\n#0V%T\n`\nend\nafter")
    assert letter.text == "Subject: Hello\n\nbefore\n\nafter"
    assert letter.notes == {"attachments left out": 1}


def test_plain_text_that_is_html_in_truth_is_read_as_such() -> None:
    assert body(f"{HEADER}\n<html><p>One<p>Two</html>") == "One\n\nTwo"


@pytest.mark.parametrize(
    "charset, codec, text",
    [
        ("gb2312", "gb18030", CHINESE),
        ("big5", "big5hkscs", "免費無限次任打中港長途電話"),
        ("ks_c_5601-1987", "cp949", "요즘 뜨는 직종"),
        ("iso-2022-jp", "iso2022_jp", "日本語の件名"),
        ("default_charset", "gb18030", CHINESE),
        ("iso-8859-1", "cp1252", "‘curly’ café"),
    ],
)
def test_base64_and_quoted_printable_are_read_by_their_charset(
    charset: str, codec: str, text: str
) -> None:
    data = text.encode(codec)
    kind = f'Content-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: '
    quoted = "".join(f"={byte:02X}" for byte in data)
    assert body(f"{HEADER}{kind}base64\n\n{in_base64(data)}") == text
    assert body(f"{HEADER}{kind}Quoted-Printable\n\n{quoted[:60]}=\n{quoted[60:]}") == text


def test_encoded_html_is_read_by_the_charset_it_declares_itself() -> None:
    page = f'<html><meta charset="gb2312"><p>{CHINESE}</p></html>'
    coded = in_base64(page.encode("gb18030"))
    mail = f"{HEADER}Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n{coded}"
    assert body(mail) == CHINESE


def test_quoted_printable_with_text_that_was_decoded_before_is_read_whole() -> None:
    mail = f"{HEADER}Content-Type: text/plain; charset=gb2312\n"
    mail += "Content-Transfer-Encoding: quoted-printable\n\n您=BA=C3"
    assert body(mail) == "您好"


def test_bytes_never_decoded_are_read_by_the_charset_of_the_part() -> None:
    raw = CHINESE.encode("gb18030").decode("utf-8", "surrogateescape")
    mail = f"From: a\nSubject: {raw}\nContent-Type: text/plain; charset=gb2312\n\n{raw}"
    assert read_mail(mail).text == f"Subject: {CHINESE}\n\n{CHINESE}"


def test_text_appended_to_base64_by_a_mailing_list_is_kept() -> None:
    coded = in_base64(b"hello world")
    mail = f"{HEADER}Content-Transfer-Encoding: base64\n\n{coded}\n____\nThe list: http://a.b\n"
    assert body(mail) == "hello world\n____\nThe list: http://a.b"


def test_what_claims_to_be_base64_and_is_not_is_read_as_text_and_counted() -> None:
    letter = read_mail(f"{HEADER}Content-Transfer-Encoding: base64\n\nNot at all, my friend.")
    assert letter.text == "Subject: Hello\n\nNot at all, my friend."
    assert letter.notes == {"parts that are not the base64 they claim to be": 1}


def test_a_multipart_without_parts_is_read_as_text_and_counted() -> None:
    letter = read_mail(f"{HEADER}Content-Type: multipart/alternative; boundary=x\n\ntext")
    assert letter.text == "Subject: Hello\n\ntext"
    assert letter.notes == {"mails whose parts are broken": 1}


def test_no_control_characters_come_out_of_encoded_parts() -> None:
    mail = f"{HEADER}Content-Transfer-Encoding: base64\n\n{in_base64(bytes(range(32)) + b'x')}"
    assert body(mail) == "x"


@pytest.mark.parametrize(
    "value, text",
    [
        ("plain", "plain"),
        ("=?iso-8859-1?Q?caf=E9_au_lait?=", "café au lait"),
        ("Re: =?utf-8?b?5L2g5aW9?= !", "Re: 你好 !"),
        ("=?GB2312?B?xOO6w8rAvec=?=", "你好世界"),
        ("=?gb2312?B?xOO6?= =?gb2312?B?ww==?=", "你好"),
        ("=?utf-8?Q?a?= =?utf-8?Q?b?= c =?utf-8?Q?d?=", "ab c d"),
        ("=?us-ascii?Q?a?= =?utf-8?Q?=C3=A9?=", "aé"),
        ("=?nonsense?Q?caf=E9_?=", "café "),
        ("=?utf-8*en?Q?a?=", "a"),
        ("=?utf-8?B?5?=", ""),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
    ],
)
def test_encoded_words_are_undone(value: str, text: str) -> None:
    assert decode_words(value) == text


@given(st.text("-=_x?:; \n\t/<bp>base64CTqQ\udce9é", max_size=120))
def test_no_mail_is_too_broken_to_read(text: str) -> None:
    mail = multipart(part(text, "text/plain", "Content-Transfer-Encoding: base64"), text)
    read_mail(mail).text.encode("utf-8")
