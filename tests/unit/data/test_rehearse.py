"""Old rows that are mixed into training: there, and never where they would be judged."""

from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.data.dataset import Dataset
from luthier.data.prepare import prepare
from tests.datasets import distinct, write_rows

NEW = distinct(60)
OLD = [{"text": f"old row {i} of words {i * 7919} and {i * i}", "label": "ham"} for i in range(40)]


def prepared(tmp_path: Path, old: list[dict[str, Any]], **rehearse: Any) -> Dataset:
    new = write_rows(tmp_path / "new.jsonl", NEW)
    source = write_rows(tmp_path / "old.jsonl", old)
    recipe = {"data": {"source": new, "rehearse": {"source": source, **rehearse}}}
    return prepare(recipe, tmp_path / "made")


def texts(dataset: Dataset, split: str) -> list[str]:
    return [row["text"] for row in dataset.rows(split)]


def test_old_rows_are_trained_on_and_nothing_else(tmp_path: Path) -> None:
    made = prepared(tmp_path, OLD)
    assert set(texts(made, "train")) >= {row["text"] for row in OLD}
    held_out = {*texts(made, "validation"), *texts(made, "test")}
    assert held_out
    assert not held_out & {row["text"] for row in OLD}


def test_new_rows_are_split_as_they_were_without_old_ones(tmp_path: Path) -> None:
    made = prepared(tmp_path, OLD)
    alone = prepare(str(tmp_path / "new.jsonl"), tmp_path / "alone")
    assert texts(made, "test") == texts(alone, "test")


def test_a_share_takes_the_same_old_rows_every_time(tmp_path: Path) -> None:
    made = prepared(tmp_path, OLD, share=0.5)
    kept = [text for text in texts(made, "train") if text.startswith("old")]
    assert 8 <= len(kept) <= 32
    again = prepare({"data": made.manifest.made.data}, tmp_path / "again")
    assert [text for text in texts(again, "train") if text.startswith("old")] == kept


def test_an_old_row_that_repeats_a_test_row_is_left_out(tmp_path: Path) -> None:
    made = prepared(tmp_path, [*OLD, *NEW])
    held_out = {*texts(made, "validation"), *texts(made, "test")}
    assert not held_out & set(texts(made, "train"))


def test_old_rows_of_another_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"data\.rehearse: its rows have no label"):
        prepared(tmp_path, [{"text": "no label here"}] * 3)
