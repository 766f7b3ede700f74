"""Reads text by its right charset and mends mojibake."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.fix_encoding import FixEncoding


def repaired(row: Row, tally: Tally | None = None, **options: Any) -> Row:
    row_out = FixEncoding(**options).repair(row, tally or Tally("fix_encoding"))
    assert row_out is not None
    return row_out


def mended(text: str) -> str:
    return str(repaired(Row({"text": text}))["text"])


@pytest.mark.parametrize(
    "text",
    [
        "“你好”，他说：‘再见’——……",
        "ＡＢＣ１２３，ｶﾀｶﾅ　ＮＯ．１",
        "①②③ ㈱ ㎡ ﬁne ﬂow x²",
        "café naïve Ñ à la carte © ™ £5 – Ж",
        "cafe\u0301 👨\u200d👩\u200d👧 a\u00a0b",
        "&lt;p&gt; &amp;nbsp; <b>AT&amp;T</b>",
        "한국어 日本語 Tiếng Việt العربية हिन्दी",
        "tab\tand\nnewline ",
    ],
)
def test_correct_text_is_left_alone(text: str) -> None:
    row = Row({"text": text})
    assert repaired(row) is row


@pytest.mark.parametrize(
    "broken, text",
    [
        ("Ã©tÃ©", "été"),
        ("â€œhelloâ€\x9d", "“hello”"),
        ("Benâ€™s Blog", "Ben’s Blog"),
        ("æˆ‘æ˜¯", "我是"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\0b\x07\x1b[31mc\x1b[0m\ufeff", "abc"),
        ("\ud83d\ude00", "😀"),
        ("x\ud83dy", "x\ufffdy"),
        ("caf\udce9", "café"),
    ],
)
def test_broken_text_is_mended(broken: str, text: str) -> None:
    assert mended(broken) == text


def test_the_charset_it_was_read_by_is_noted_for_each_row() -> None:
    tally = Tally("fix_encoding")
    raw = "我们提供最优惠的价格".encode("gb18030").decode("utf-8", "surrogateescape")
    repaired(Row({"text": raw, "text_pair": raw}), tally)
    assert tally.notes == {"read as gb18030": 1}


def test_bytes_that_were_lost_are_noted() -> None:
    tally = Tally("fix_encoding")
    repaired(Row({"text": "caf\udc81\udc81 \udc8d"}), tally)
    assert tally.notes["undecodable bytes replaced"] == 1


def test_every_text_of_a_row_is_mended_and_nothing_else() -> None:
    row = Row(
        {
            "messages": [{"role": "user", "content": "Ã©", "weight": 0}],
            "label": "Ã©",
            "tags": ["Ã©", 1],
            "score": 0.5,
        }
    )
    assert repaired(row).fields == {
        "messages": [{"role": "user", "content": "é", "weight": 0}],
        "label": "é",
        "tags": ["é", 1],
        "score": 0.5,
    }


def test_answers_move_with_their_context() -> None:
    context = "One\r\nÃ©tÃ©\r\nanswer"
    answers = {"text": ["answer"], "answer_start": [context.index("answer")]}
    fields = repaired(Row({"context": context, "question": "?", "answers": answers})).fields
    start = fields["answers"]["answer_start"][0]
    assert fields["context"][start:] == "answer"


def test_the_charset_of_undeclared_text_can_be_given() -> None:
    raw = "Я".encode("koi8-r").decode("utf-8", "surrogateescape")
    assert repaired(Row({"text": raw}), charset="koi8-r")["text"] == "Я"


def test_an_unknown_charset_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match=r"fix_encoding\.charset: no charset is called `klingon`"):
        FixEncoding(charset="klingon")


@given(st.text(st.characters()) | st.binary().map(lambda b: b.decode("utf-8", "surrogateescape")))
def test_no_surrogates_and_no_control_characters_are_left(text: str) -> None:
    result = mended(text)
    result.encode("utf-8")
    assert all(character >= " " or character in "\n\t" for character in result)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), max_size=40))
def test_mended_text_needs_no_more_mending(text: str) -> None:
    once = mended(text)
    assert mended(once) == once
