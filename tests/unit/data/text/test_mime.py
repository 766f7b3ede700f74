"""The structure of a raw mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.text.mime import MAX_DEPTH, is_mail, parse

MULTIPART = """\
From: a@b.c
Subject: two
 lines
Content-Type: multipart/mixed; boundary="=_x"

preamble
--=_x
Content-Type: text/plain; charset=gb2312

one
--=_x
Content-Type: TEXT/HTML charset=us-ascii
Content-Transfer-Encoding: BASE64

two
--=_x--
epilogue
"""


def contents(mail: str) -> list[str]:
    return [mail[leaf.body : leaf.end] for leaf in parse(mail).leaves()]


@pytest.mark.parametrize(
    "text",
    [
        "From: a\nTo: b\n\nhello",
        "From a@b  Thu Aug 22 2002\nReceived: x\n\tfolded\nDate: today\n\nbody",
        "Return-Path: <a>\nSubject: x\n\n",
        "\n\nSubject: x\nFrom: y",
    ],
)
def test_a_mail_opens_with_its_header(text: str) -> None:
    assert is_mail(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "Subject: only one",
        "Note: this\nSubject: that\n\n",
        "x\nFrom: a\nTo: b\n\n",
        "From:\nTo: b\n\n",
    ],
)
def test_other_text_is_no_mail(text: str) -> None:
    assert not is_mail(text)


def test_header_fields_are_unfolded_and_of_repeated_ones_the_first_counts() -> None:
    mail = parse("Subject: two\n lines\nsubject: again\nFrom: x\n\nbody")
    assert mail.headers == {"subject": "two lines", "from": "x"}


def test_a_header_may_end_without_an_empty_line() -> None:
    assert contents("From: a\nTo: b\nhello: there\nbody starts here") == ["body starts here"]


def test_a_multipart_has_the_contents_of_its_parts_and_nothing_between_them() -> None:
    assert contents(MULTIPART) == ["one", "two"]


def test_a_part_tells_its_type_charset_and_encoding() -> None:
    first, second = parse(MULTIPART).leaves()
    assert (first.type, first.parameter("charset"), first.encoding) == ("text/plain", "gb2312", "")
    assert (second.type, second.parameter("charset")) == ("text/html", "us-ascii")
    assert second.encoding == "base64"


def test_a_multipart_that_is_never_closed_ends_with_the_mail() -> None:
    assert contents(MULTIPART.partition("--=_x--")[0]) == ["one", "two\n"]


def test_a_wrong_boundary_is_told_and_the_right_one_guessed() -> None:
    mail = MULTIPART.replace('boundary="=_x"', 'boundary="other"')
    assert parse(mail).broken
    assert contents(mail) == ["one", "two"]


def test_a_multipart_without_any_part_is_one_broken_leaf() -> None:
    mail = "From: a\nContent-Type: multipart/mixed; boundary=x\n\nbody"
    assert parse(mail).broken
    assert contents(mail) == ["body"]


def test_an_enclosed_mail_is_a_part() -> None:
    mail = "From: a\nContent-Type: message/rfc822\n\nSubject: inner\n\nbody"
    assert [part.headers["subject"] for part in parse(mail).parts] == ["inner"]


def test_parts_nested_too_deeply_are_left_as_they_are() -> None:
    mail = "From: a\n" + "Content-Type: message/rfc822\n\n" * 1000
    depth, part = 0, parse(mail)
    while part.parts:
        depth, part = depth + 1, part.parts[0]
    assert depth == MAX_DEPTH


@given(st.text('-=xab:; \n"', max_size=80))
def test_every_text_is_parsed_into_parts_within_it(text: str) -> None:
    mail = MULTIPART + text + MULTIPART
    ends = [(leaf.start, leaf.body, leaf.end) for leaf in parse(mail).leaves()]
    assert all(0 <= start <= body <= end <= len(mail) for start, body, end in ends)
