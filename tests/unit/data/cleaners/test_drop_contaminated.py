"""Drops rows that a test set holds too."""

import json
from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.cleaner import Tally
from luthier.data.cleaners.drop_contaminated import DropContaminated
from luthier.data.prepare import prepare

LONG = " ".join(f"word{number}" for number in range(40))
OTHER = " ".join(f"other{number}" for number in range(40))


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    path = tmp_path / "tests.jsonl"
    rows = [{"text": OTHER, "label": "b"}, {"text": LONG, "label": "a"}]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def cleaned(
    texts: list[str], against: Path, folder: Path, tally: Tally | None = None, **options: Any
) -> list[str]:
    cleaner = DropContaminated(against=[str(against)], **options)
    rows = [Row({"text": text, "label": "c"}) for text in texts]
    return [row["text"] for row in cleaner.clean(rows, tally or Tally("x"), folder)]


def test_rows_of_a_test_set_go_whatever_their_label(tests: Path, tmp_path: Path) -> None:
    part = " ".join(LONG.split()[5:25])
    assert cleaned(["kept", LONG.upper(), f"so {part} so"], tests, tmp_path) == ["kept"]


def test_the_test_row_that_is_repeated_is_told(tests: Path, tmp_path: Path) -> None:
    told: list[tuple[str, str | None]] = []
    tally = Tally("x", on_drop=lambda row, reason, because_of: told.append((reason, because_of)))
    cleaned([LONG], tests, tmp_path, tally)
    row = Row({"text": LONG, "label": "a"})
    assert told == [(f"near-duplicate of a row of {tests}", row.id)]


def test_it_is_counted_how_much_of_a_test_set_was_there(tests: Path, tmp_path: Path) -> None:
    tally = Tally("x")
    cleaned([LONG, LONG, "kept"], tests, tmp_path, tally)
    assert tally.notes == {f"rows of {tests}": 2, f"rows of {tests} that are repeated": 1}


def test_of_several_sets_the_one_that_is_repeated_is_told(tests: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.txt"
    second.write_text("A line of its own that nobody else has written.\n", "utf-8")
    tally = Tally("x")
    rows = [Row({"text": "a line of its own that nobody else has written"})]
    cleaner = DropContaminated(against=[str(tests), str(second)])
    assert list(cleaner.clean(rows, tally, tmp_path)) == []
    assert list(tally.dropped) == [f"near-duplicate of a row of {second}"]


def test_of_a_dataset_its_test_split_counts(tests: Path, tmp_path: Path) -> None:
    source = tmp_path / "train.jsonl"
    rows = [
        {"text": f"a row {number} of {number}", "label": "ab"[number % 2]} for number in range(30)
    ]
    source.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    split = {"validation": 0, "test": str(tests)}
    prepare({"data": {"source": str(source), "split": split}}, tmp_path / "made")
    kept = cleaned([LONG, "a row 3 of 3"], tmp_path / "made", tmp_path)
    assert kept == ["a row 3 of 3"]


def test_the_test_split_from_its_own_source_is_spared(tests: Path, tmp_path: Path) -> None:
    source = tmp_path / "train.jsonl"
    texts = [LONG, *(f"a row {number} of {number}" for number in range(30))]
    rows = [{"text": text, "label": "ab"[row % 2]} for row, text in enumerate(texts)]
    source.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    made = prepare(
        {
            "data": {
                "source": str(source),
                "split": {"validation": 0, "test": str(tests)},
                "clean": {"drop_contaminated": {"against": str(tests)}},
            }
        },
        tmp_path / "made",
    )
    assert (made.num_rows("train"), made.num_rows("test")) == (30, 2)


def test_a_missing_test_set_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"missing\.jsonl"):
        cleaned(["a"], tmp_path / "missing.jsonl", tmp_path)


def test_no_test_set_at_all_is_refused() -> None:
    mistakes = Menu("luthier.data.cleaners").mistakes(
        {"drop_contaminated": {"against": []}}, "data.clean"
    )
    assert [mistake.place for mistake in mistakes] == ["data.clean.drop_contaminated.against"]
