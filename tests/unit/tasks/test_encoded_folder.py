import json
from pathlib import Path

import numpy as np
import pytest

from luthier.tasks.encoded import Encoded, EncodedBatch, columns_of, gather
from luthier.tasks.encoded_folder import read_encoded, write_encoded

FILES = 9


@pytest.fixture
def rows() -> Encoded:
    """Columns of every kind: tokens, numbers, lists of numbers, label sets, rows in parts."""
    return gather(
        [
            EncodedBatch(
                tokens={"input_ids": [[1, 2, 3], [4]]},
                values={"sets": [[1.0, 0.0], [0.0, 0.5]]},
                full_lengths=[3, 9],
                ids=["a" * 32, "b" * 32],
                lists={"weights": [[], [0.5, 1.0]]},
                parts=[2, 0],
            )
        ]
    )


@pytest.fixture
def folder(rows: Encoded, tmp_path: Path) -> Path:
    write_encoded(rows, tmp_path)
    return tmp_path


def test_rows_come_back_as_they_were_and_lie_on_disk(rows: Encoded, folder: Path) -> None:
    found = read_encoded(folder)
    assert found is not None
    columns = columns_of(found)
    assert len(columns) == FILES - 1
    for name, column in columns_of(rows).items():
        np.testing.assert_array_equal(columns[name], column, strict=True)
    assert isinstance(found.tokens["input_ids"], np.memmap)


def test_no_rows_come_back_as_no_rows(tmp_path: Path) -> None:
    write_encoded(gather([]), tmp_path)
    found = read_encoded(tmp_path)
    assert found is not None
    assert len(found) == 0


def test_where_nothing_was_written_there_are_no_rows(tmp_path: Path) -> None:
    assert read_encoded(tmp_path / "nowhere") is None


@pytest.mark.parametrize("harm", ["cut", "lengthened", "flipped", "removed"])
@pytest.mark.parametrize("number", range(FILES))
def test_a_damaged_file_is_seen(number: int, harm: str, folder: Path) -> None:
    file = sorted(folder.iterdir())[number]
    content = file.read_bytes()
    match harm:
        case "cut":
            file.write_bytes(content[:-1])
        case "lengthened":
            file.write_bytes(content + content[-8:])
        case "flipped":
            file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        case "removed":
            file.unlink()
    if file.name == "index.json" and harm == "cut":  # the line break at its end
        assert read_encoded(folder) is not None
    else:
        assert read_encoded(folder) is None


@pytest.mark.parametrize("index", ["[]", "7", "{}", '{"columns": {}, "hash": ""}'])
def test_an_index_of_anything_else_is_damaged(index: str, folder: Path) -> None:
    (folder / "index.json").write_text(index)
    assert read_encoded(folder) is None


def test_a_column_that_the_index_leaves_out_is_missed(folder: Path) -> None:
    index = json.loads((folder / "index.json").read_text())
    del index["columns"]["values.sets"]
    (folder / "index.json").write_text(json.dumps(index))
    assert read_encoded(folder) is None
