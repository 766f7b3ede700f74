"""Scripts are told apart."""

import pytest

from luthier.data.text.scripts import han_share, has_han, has_kana, words_of


@pytest.mark.parametrize(
    "text, han, kana",
    [("abc", False, False), ("中文", True, False), ("日本です", True, True), ("ﾃｽﾄ", False, True)],
)
def test_han_and_kana_are_told(text: str, han: bool, kana: bool) -> None:
    assert (has_han(text), has_kana(text)) == (han, kana)


@pytest.mark.parametrize("text, share", [("", 0), ("ab", 0), ("中 文", 1), ("a中b文", 0.5)])
def test_the_share_of_han_leaves_white_space_out(text: str, share: float) -> None:
    assert han_share(text) == share


@pytest.mark.parametrize(
    "text, words",
    [
        ("two words", ["two", "words"]),
        ("操作系统 is an OS，好", ["操作系统", "is", "an", "OS", "好"]),
        ("\ud800", ["\ud800"]),
    ],
)
def test_words_are_cut_at_spaces_and_in_chinese_by_jieba(text: str, words: list[str]) -> None:
    assert words_of(text) == words
