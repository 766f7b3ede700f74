"""Drops what is too short or too long."""

from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.keep_length import KeepLength


def reason(said: dict[str, Any], **options: Any) -> str | None:
    tally = Tally("keep_length")
    row = Row(said)
    kept = KeepLength(**options).repair(row, tally)
    assert kept in (row, None)
    return next(iter(tally.dropped), None)


@pytest.mark.parametrize(
    "text, options, expected",
    [
        ("  ", {}, "too short"),
        ("a", {}, None),
        (" abc ", {"min": 4}, "too short"),
        ("abcd", {"max": 3}, "too long"),
        ("abc", {"min": 3, "max": 3}, None),
        ("one two", {"min": 3, "unit": "words"}, "too short"),
        ("one two three", {"max": 2, "unit": "words"}, "too long"),
        ("操作系统很好。", {"min": 3, "max": 3, "unit": "words"}, None),
    ],
)
def test_lengths_are_bounded(text: str, options: dict[str, Any], expected: str | None) -> None:
    assert reason({"text": text}, **options) == expected


def test_all_texts_of_a_row_count_together() -> None:
    assert reason({"prompt": "ab", "completion": "cd"}, max=3) == "too long"


def test_some_fields_can_be_asked_for() -> None:
    assert reason({"prompt": "abcdef", "completion": "c"}, max=3, fields=("completion",)) is None


def test_a_row_without_these_fields_stays_and_is_counted() -> None:
    tally = Tally("keep_length")
    row = Row({"text": "a"})
    assert KeepLength(fields=("prompt",)).repair(row, tally) is row
    assert tally.notes == {"without these fields": 1}


def test_bounds_that_cross_are_refused() -> None:
    with pytest.raises(UserError, match="Swap them"):
        KeepLength(min=5, max=4)
