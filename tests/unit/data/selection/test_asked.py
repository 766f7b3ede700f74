"""Prompt and answer of rows of several shapes."""

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.selection.asked import prompt_and_answer

TURNS = [
    {"role": "user", "content": "hi"},
    {"role": "assistant", "content": "hello"},
    {"role": "user", "content": "how?"},
    {"role": "assistant", "content": "so."},
    {"role": "user", "content": "thanks"},
]


def test_prompt_and_completion_are_what_they_say() -> None:
    row = Row({"prompt": "how?", "completion": "so."})
    assert prompt_and_answer(row, "x") == ("how?", "so.")


def test_of_a_conversation_the_last_answer_counts() -> None:
    assert prompt_and_answer(Row({"messages": TURNS}), "x") == ("hi\nhello\nhow?", "so.")


@pytest.mark.parametrize("fields", [{"text": "alone"}, {"messages": TURNS[:1]}])
def test_a_row_without_an_answer_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(UserError, match="x: needs rows with an answer"):
        prompt_and_answer(Row(fields), "x")
