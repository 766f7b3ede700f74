"""Drops rows that nearly repeat an earlier one."""

from pathlib import Path
from typing import Any

import pytest

from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.cleaner import Tally
from luthier.data.cleaners.drop_near_duplicates import DropNearDuplicates

LONG = " ".join(f"word{number}" for number in range(60))
NEAR = f"{LONG} more"


def cleaned(rows: list[Row], folder: Path, tally: Tally | None = None, **options: Any) -> list[Row]:
    return list(DropNearDuplicates(**options).clean(rows, tally or Tally("x"), folder))


def test_the_first_of_near_duplicates_stays_and_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, str | None]] = []
    tally = Tally("x", on_drop=lambda row, reason, because_of: told.append((reason, because_of)))
    rows = [Row({"text": text}) for text in (LONG, "another text", NEAR)]
    assert cleaned(rows, tmp_path, tally) == rows[:2]
    assert told == [("near-duplicate", rows[0].id)]


@pytest.mark.parametrize(
    "field, values",
    [("label", ["ham", "spam"]), ("score", [0.1, 0.9]), ("question", ["Who?", "When?"])],
)
def test_rows_that_say_different_things_about_one_text_stay(
    field: str, values: list[Any], tmp_path: Path
) -> None:
    rows = [Row({"text": LONG, field: value}) for value in values]
    assert cleaned(rows, tmp_path) == rows


def test_a_system_prompt_in_common_makes_no_duplicates(tmp_path: Path) -> None:
    system = {"role": "system", "content": LONG}
    rows = [
        Row({"messages": [system, {"role": "user", "content": question}]})
        for question in ("What is the capital of France?", "How do I boil an egg?")
    ]
    assert cleaned(rows, tmp_path) == rows


def test_the_threshold_decides(tmp_path: Path) -> None:
    rows = [Row({"text": LONG}), Row({"text": NEAR})]
    assert cleaned(rows, tmp_path, threshold=0.99) == rows


def test_rows_keep_what_they_were_derived_from(tmp_path: Path) -> None:
    row = Row({"text": "a"}).derive(text="b")
    assert cleaned([row], tmp_path) == [row]


def test_a_threshold_of_nought_is_refused() -> None:
    mistakes = Menu("luthier.data.cleaners").mistakes(
        {"drop_near_duplicates": {"threshold": 0}}, "data.clean"
    )
    assert [mistake.place for mistake in mistakes] == ["data.clean.drop_near_duplicates.threshold"]
