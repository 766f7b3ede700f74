"""Drops rows that repeat an earlier one exactly."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.cleaners.drop_duplicates import DropDuplicates


def kept(rows: list[dict[str, Any]], tally: Tally | None = None, **options: Any) -> list[int]:
    made = [Row({**fields, "number": number}) for number, fields in enumerate(rows)]
    cleaner = DropDuplicates(**options)
    with TemporaryDirectory() as scratch:
        stream = cleaner.clean(made, tally or Tally("x"), Path(scratch))
        return [row["number"] for row in stream]


def test_the_first_of_equal_rows_stays() -> None:
    assert kept([{"text": "a"}, {"text": "b"}, {"text": "a"}]) == [0, 1]


def test_the_same_text_with_another_label_stays() -> None:
    assert kept([{"text": "a", "label": "x"}, {"text": "a", "label": "y"}]) == [0, 1]


def test_case_and_space_count_unless_they_are_ignored() -> None:
    rows = [{"text": "One two"}, {"text": " ONE  two\n"}]
    assert kept(rows) == [0, 1]
    assert kept(rows, ignore_case_and_space=True) == [0]


def test_case_is_ignored_in_texts_only() -> None:
    rows = [{"text": "a", "label": "x"}, {"text": "A", "label": "X"}]
    assert kept(rows, ignore_case_and_space=True) == [0, 1]


def test_messages_are_compared_with_their_roles() -> None:
    rows = [{"messages": [{"role": role, "content": "a"}]} for role in ("user", "system", "user")]
    assert kept(rows) == [0, 1]


def test_the_row_that_is_repeated_is_told() -> None:
    told: list[tuple[str, str | None]] = []
    tally = Tally("x", on_drop=lambda row, reason, because_of: told.append((reason, because_of)))
    kept([{"text": "a"}, {"text": "a"}], tally)
    assert told == [("duplicate", Row({"text": "a", "number": 0}).id)]


def test_rows_are_passed_on_before_the_next_is_asked_for(tmp_path: Path) -> None:
    def endless() -> Iterator[Row]:
        number = 0
        while True:
            yield Row({"text": str(number % 3)})
            number += 1

    stream = DropDuplicates().clean(endless(), Tally("x"), tmp_path)
    assert [next(stream)["text"] for _ in range(3)] == ["0", "1", "2"]
