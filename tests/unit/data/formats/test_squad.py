from typing import Any

import pytest

from luthier.data.formats.squad import Squad

COLUMNS = {"context": "context", "question": "question", "answers": "answers"}
ANSWERS = {"text": ["I"], "answer_start": [0]}


def answers(value: Any) -> Any:
    row = {"context": "I am.", "question": "Who?", "answers": value}
    return Squad().read(row, COLUMNS)["answers"]


@pytest.mark.parametrize("value", [ANSWERS, [{"text": "I", "answer_start": 0}]])
def test_answers_are_read_as_columns_or_as_rows(value: Any) -> None:
    assert answers(value) == ANSWERS


@pytest.mark.parametrize("value", [None, [], {"text": [], "answer_start": []}])
def test_a_question_may_have_no_answer(value: Any) -> None:
    assert answers(value) == {"text": [], "answer_start": []}


def test_an_answer_whose_place_is_not_known_is_given_on() -> None:
    assert answers([{"text": "I", "answer_start": -1}])["answer_start"] == [-1]


@pytest.mark.parametrize(
    "value",
    ["I", ["I"], {"text": "I"}, {"text": ["I"], "answer_start": []}, [{"text": "I"}]],
)
def test_what_is_no_answer_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="`"):
        answers(value)
