from typing import Any

import pytest

from luthier.data.formats.text_score import TextScore

COLUMNS = {"text": "text", "score": "score"}


@pytest.mark.parametrize("name", ["score", "rating", "Stars", "评分"])
def test_a_column_of_numbers_is_found_by_its_name(name: str) -> None:
    found = TextScore().recognise([{"text": "a", name: 1.5}])
    assert found is not None
    assert found.columns == {"text": "text", "score": name}


@pytest.mark.parametrize("score", ["high", True, [1], None, "", "nan"])
def test_a_column_without_numbers_is_no_score(score: Any) -> None:
    assert TextScore().recognise([{"text": "a", "score": score}]) is None


def test_an_empty_score_among_numbers_is_left_to_be_refused_in_its_place() -> None:
    rows = [{"text": "a", "score": "1"}, {"text": "b", "score": None}]
    assert TextScore().recognise(rows) is not None
    with pytest.raises(ValueError, match="the score is empty"):
        TextScore().read(rows[1], COLUMNS)


def test_a_score_of_a_table_becomes_a_number() -> None:
    assert TextScore().read({"text": "a", "score": "-0.5"}, COLUMNS)["score"] == -0.5


def test_another_column_of_numbers_is_remarked_on() -> None:
    found = TextScore().recognise([{"text": "a", "score": 1, "rating": 2}])
    assert found is not None
    assert found.remark == (
        "`rating` could be the score too: to take it, write `columns: {score: rating}`."
    )
