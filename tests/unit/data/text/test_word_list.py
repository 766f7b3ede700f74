"""Listed words are found as whole words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.text.word_list import WordList

WORDS = WordList(["ass", "Go to  hell", "f-word", "日本", "操", "坏X", "🖕"])


@pytest.mark.parametrize(
    "text, word",
    [
        ("What an ASS!", "ass"),
        ("ＡＳＳ", "ass"),
        ("go\nto hell.", "go to hell"),
        ("the F-word", "f-word"),
        ("你是ass吗", "ass"),
        ("去日本了", "日本"),
        ("我操", "操"),
        ("坏ｘ人", "坏x"),
        ("and 🖕", "🖕"),
    ],
)
def test_a_listed_word_is_found(text: str, word: str) -> None:
    assert WORDS.find(text) == word


@pytest.mark.parametrize(
    "text",
    ["class assess grass", "go to hello", "f-words", "今日本店开张", "体操和操场", "\ud800", ""],
)
def test_a_harmless_longer_word_is_not(text: str) -> None:
    assert WORDS.find(text) is None


def test_a_later_place_is_found_where_the_first_is_harmless() -> None:
    assert WORDS.find("今日本店开张，去日本了") == "日本"


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    WORDS.find(text)


@given(st.from_regex(r"[a-z]{2,8}|[\u4e00-\u9fa5]{1,3}", fullmatch=True))
def test_every_listed_word_is_found_when_it_stands_alone(word: str) -> None:
    assert WordList([word]).find(f"({word})") == word
