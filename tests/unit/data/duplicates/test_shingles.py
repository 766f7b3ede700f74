"""What counts as nearly the same text."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.duplicates.shingles import jaccard, shingles, text_of, tokens

ROWS: list[tuple[dict[str, Any], str]] = [
    ({"text": "a", "label": "spam"}, "a"),
    ({"text": "a", "text_pair": "b", "score": 0.5}, "a\nb"),
    ({"tokens": ["New", "York"], "tags": ["B", "I"]}, "New\nYork"),
    ({"prompt": "a", "completion": "b"}, "a\nb"),
    ({"prompt": "a", "chosen": "b", "rejected": "c"}, "a\nb\nc"),
    ({"context": "c", "question": "q", "answers": {"text": ["x"], "answer_start": [0]}}, "q\nc"),
    ({"anchor": "a", "positive": "b", "negative": ["c", "d"]}, "a\nb\nc\nd"),
]


@pytest.mark.parametrize("fields, text", ROWS)
def test_the_words_of_a_row_are_its_content_without_what_is_to_be_learnt(
    fields: dict[str, Any], text: str
) -> None:
    assert text_of(fields) == text


def test_system_messages_and_missing_contents_are_no_words_of_a_row() -> None:
    messages = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "content": None, "tool_calls": []},
    ]
    assert text_of({"messages": messages}) == "Hi"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Hello, World!", ["hello", "world"]),
        ("ＡＢＣ　１２", ["abc", "12"]),
        ("今天很好。", ["今", "天", "很", "好"]),
        ("用GPU训练3天", ["用", "gpu", "训", "练", "3", "天"]),
        ("カナ 한글", ["カ", "ナ", "한", "글"]),
        ("हिन्दी की", ["हिन्दी", "की"]),
        ("!! :)", ["!", "!", ":", ")"]),
        ("  \n", []),
    ],
)
def test_tokens_are_words_or_characters_where_scripts_have_no_spaces(
    text: str, expected: list[str]
) -> None:
    assert tokens(text) == expected


def test_a_text_has_as_many_shingles_as_runs_of_five_tokens() -> None:
    assert len(shingles("a b c d e f g")) == 3


def test_a_text_of_fewer_than_five_tokens_is_one_shingle() -> None:
    assert len(shingles("a b c")) == 1
    assert shingles("a b c") != shingles("a b d")


def test_a_repeated_run_counts_once() -> None:
    assert len(shingles("a a a a a a a a")) == 1


def test_shingles_are_the_same_in_every_run_and_on_every_machine() -> None:
    assert shingles("the quick brown fox jumps over").tolist() == [
        10247807934894618085,
        15818391308207708953,
    ]


def test_lone_surrogates_have_shingles_too() -> None:
    assert len(shingles("caf\udce9 a b c d")) == 1


@given(st.text())
def test_shingles_are_sorted_and_distinct(text: str) -> None:
    found = shingles(text).tolist()
    assert found == sorted(set(found))


def test_case_width_and_punctuation_make_no_difference() -> None:
    assert (
        shingles("One, two; three: FOUR five").tolist()
        == shingles("one two three ｆｏｕｒ five").tolist()
    )


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_jaccard_is_shared_over_all(first: set[int], second: set[int]) -> None:
    arrays = [np.array(sorted(values), np.uint64) for values in (first, second)]
    union = first | second
    assert jaccard(*arrays) == (len(first & second) / len(union) if union else 1.0)
