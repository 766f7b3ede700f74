"""Rows in other words: which fields change, and that answers and tags keep their places."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.records import Row
from luthier.data.augmentation.rewording import CODE, MISPLACED, reworded
from luthier.data.augmentation.words import New


def shout(words: Sequence[str], free: Sequence[int]) -> New:
    """Each free word in capitals, and twice."""
    return {number: (words[number].upper(), words[number].upper()) for number in free}


def changes(fields: dict[str, Any], *, keeps_words: bool = False) -> Any:
    return reworded(Row(fields), shout, keeps_words=keeps_words)


def test_a_text_with_a_label_is_reworded() -> None:
    assert changes({"text": "go home", "label": "a"}) == {"text": "GO GO HOME HOME"}


def test_both_texts_of_a_judged_pair_are_reworded() -> None:
    found = changes({"text": "one", "text_pair": "two", "score": 0.0})
    assert found == {"text": "ONE ONE", "text_pair": "TWO TWO"}


def test_a_translation_is_an_answer_and_stays() -> None:
    assert changes({"text": "one", "text_pair": "eins"}) == {"text": "ONE ONE"}


def test_of_a_conversation_only_the_user_is_reworded() -> None:
    turns = [{"role": r, "content": "hi"} for r in ("system", "user", "assistant", "user")]
    found = changes({"messages": turns})
    assert [turn["content"] for turn in found["messages"]] == ["hi", "HI HI", "hi", "HI HI"]


def test_a_prompt_of_messages_is_reworded_too() -> None:
    found = changes({"prompt": [{"role": "user", "content": "hi"}], "chosen": [], "rejected": []})
    assert found == {"prompt": [{"role": "user", "content": "HI HI"}]}


def test_parts_of_a_message_that_are_no_text_stay() -> None:
    turn = {"role": "user", "content": None}
    assert changes({"messages": [turn]}) == {"messages": [turn]}


def test_a_row_that_asks_for_a_program_is_left_alone() -> None:
    assert changes({"prompt": "def f():", "completion": "", "tests": "f()"}) == CODE


def test_tagged_tokens_stay_and_new_ones_are_outside() -> None:
    found = changes({"tokens": ["in", "New", "York", "!"], "tags": ["O", "B", "I", "O"]})
    assert found == {
        "tokens": ["IN", "IN", "New", "York", "!"],
        "tags": ["O", "O", "B", "I", "O"],
    }


def test_tokens_whose_tags_are_numbers_all_stay() -> None:
    found = changes({"tokens": ["in", "York"], "tags": [0, 1]})
    assert found == {"tokens": ["in", "York"], "tags": [0, 1]}


def test_answers_move_along() -> None:
    fields = {
        "context": "it is in old York now",
        "question": "where?",
        "answers": {"text": ["old York", "York"], "answer_start": [9, 13]},
    }
    found = changes(fields)
    assert found["context"] == "IT IT IS IS IN IN old York NOW NOW"
    assert found["answers"] == {"text": ["old York", "York"], "answer_start": [18, 22]}
    assert found["question"] == "WHERE WHERE?"


def test_a_question_without_an_answer_is_reworded() -> None:
    answers: dict[str, list[Any]] = {"text": [], "answer_start": []}
    found = changes({"context": "it is", "question": "who", "answers": answers})
    assert found["context"] == "IT IT IS IS"
    assert found["answers"] == answers


@pytest.mark.parametrize("start", [0, -3, 99])
def test_an_answer_that_stands_elsewhere_is_not_guessed(start: int) -> None:
    answers = {"text": ["York"], "answer_start": [start]}
    assert changes({"context": "in York", "question": "where", "answers": answers}) == MISPLACED


@given(st.lists(st.sampled_from(["bank", "银行", "in", "。", " ", "York"]), max_size=12), st.data())
def test_an_answer_is_found_where_it_moved_to(parts: list[str], data: st.DataObject) -> None:
    context = "".join(parts)
    start = data.draw(st.integers(0, len(context)))
    text = context[start : data.draw(st.integers(start, len(context)))]
    answers = {"text": [text], "answer_start": [start]}
    found = changes({"context": context, "question": "x", "answers": answers})
    now = found["answers"]["answer_start"][0]
    assert found["context"][now : now + len(text)] == text
