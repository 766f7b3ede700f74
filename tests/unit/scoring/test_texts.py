import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.tokenize import tokenize

from luthier.scoring.answers import TextAnswers
from luthier.scoring.texts import is_chinese, known_number, tokens


@pytest.mark.parametrize(
    ("texts", "chinese"),
    [
        (["今天天气很好。"], True),
        (["我用 transformers 训练 BERT 模型"], True),
        (["The word 你好 means hello"], False),
        (["Guten Tag", "你好"], False),
        (["123 456", "!?"], False),
        ([], False),
        (["𠮷野家在哪里"], True),
        (["ひらがなとカタカナ"], False),
    ],
)
def test_texts_are_chinese_if_they_hold_more_characters_than_other_words(texts, chinese):
    assert is_chinese(texts) == chinese


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_tokens_of_ascii_are_those_of_rouge_score(text):
    assert tokens(text) == tokenize(text, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我用GPU训练3.5小时。", ["我", "用", "gpu", "训", "练", "3", "5", "小", "时"]),
        ("Ein naïves Café", ["ein", "naïves", "café"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("", []),
    ],
)
def test_scripts_without_spaces_fall_into_characters_and_others_into_words(text, words):
    assert tokens(text) == words


def test_what_is_known_of_each_row_is_told():
    answers = TextAnswers([["a"]], ["b"], {"tokens": np.array([3])})
    assert known_number(answers, "tokens").tolist() == [3.0]


def test_what_is_not_known_is_not_a_number():
    assert np.isnan(known_number(TextAnswers([["a"]], ["b"]), "tokens")).all()
