from pathlib import Path

import numpy as np
import pytest

from luthier.core.errors import UserError
from luthier.tasks.encoded import EncodedBatch, columns_of, encoded_of, gather

BATCHES = [
    EncodedBatch({"input_ids": [[1, 2, 3], [4]]}, {"labels": [0, 1]}, [3, 9], ["a" * 32, "b" * 32]),
    EncodedBatch({"input_ids": [[5, 6]]}, {"labels": [1]}, [2], ["c" * 32]),
]


def test_rows_on_disk_are_rows_in_memory(tmp_path: Path) -> None:
    there, here = gather(BATCHES, tmp_path), gather(BATCHES)
    assert isinstance(there.tokens["input_ids"], np.memmap)
    assert (there.tokens["input_ids"] == here.tokens["input_ids"]).all()
    assert (there.ids == here.ids).all()


def test_rows_are_padded_right_to_the_longest_of_the_batch() -> None:
    batch = gather(BATCHES).padded(np.array([2, 0]), {"input_ids": 9})
    assert batch["input_ids"].tolist() == [[5, 6, 9], [1, 2, 3]]
    assert batch["attention_mask"].tolist() == [[1, 1, 0], [1, 1, 1]]


def test_what_was_cut_off_is_counted() -> None:
    lost = gather(BATCHES).truncation
    assert (lost.rows, lost.tokens, lost.total_rows, lost.total_tokens) == (1, 8, 3, 14)


def test_no_rows_are_no_rows(tmp_path: Path) -> None:
    assert len(gather([])) == 0
    assert len(gather([], tmp_path)) == 0


def test_rows_are_what_their_columns_are() -> None:
    rows = gather(BATCHES)
    again = encoded_of(columns_of(rows))
    assert len(again) == 3
    for name, column in columns_of(rows).items():
        np.testing.assert_array_equal(columns_of(again)[name], column, strict=True)


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "lengths").symlink_to("/dev/full")
    with pytest.raises(UserError, match="the disk is full"):
        gather(BATCHES, tmp_path)
