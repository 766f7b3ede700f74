"""A dataset folder is opened only if whole, and read as a stream or by number."""

import json
import pickle
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from luthier.core.errors import DataRefused, UserError
from luthier.core.files import read_json, write_json
from luthier.core.records import Row
from luthier.data.dataset import Dataset, Fate, runs_that_saw, write_run_manifest
from luthier.data.storage import parts
from luthier.data.storage.manifest import DROPPED
from tests.datasets import distinct, prepared, write_rows

ALL_TRAIN = {"validation": 0, "test": 0}


@pytest.fixture
def made(tmp_path: Path) -> Dataset:
    return prepared(tmp_path, distinct(60))


@pytest.fixture
def grouped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Sixty rows in row groups of seven and parts of one group."""
    monkeypatch.setattr(parts, "GROUP_ROWS", 7)
    monkeypatch.setattr(parts, "PART_BYTES", 1)
    return prepared(tmp_path, distinct(60), split=ALL_TRAIN)


def test_rows_come_back_in_order_with_their_fields(tmp_path: Path) -> None:
    dataset = prepared(tmp_path, distinct(10), split=ALL_TRAIN)
    assert list(dataset.rows("train")) == [Row(fields) for fields in distinct(10)]


def test_the_number_of_rows_is_known_without_reading(made: Dataset) -> None:
    sizes = {split: made.num_rows(split) for split in made.splits}
    assert list(sizes) == ["train", "validation", "test"]
    assert sum(sizes.values()) == len(made) == 60


def test_a_column_is_one_field_of_every_row(grouped: Dataset) -> None:
    assert list(grouped.column("train", "label")) == ["ham", "spam"] * 30


def test_an_unknown_column_is_told_with_the_nearest(made: Dataset) -> None:
    with pytest.raises(UserError, match="Did you mean `label`"):
        list(made.column("train", "lable"))


def test_an_unknown_split_is_told_with_the_nearest(made: Dataset) -> None:
    with pytest.raises(UserError, match="Did you mean `test`"):
        made.num_rows("tests")


def test_batches_hold_the_size_asked_for_whatever_the_row_groups(grouped: Dataset) -> None:
    batches = list(grouped.batches("train", 25))
    assert [len(batch) for batch in batches] == [25, 25, 10]
    assert [row for batch in batches for row in batch] == list(grouped.rows("train"))


def test_rows_are_taken_by_number_in_the_order_asked_for(grouped: Dataset) -> None:
    rows = list(grouped.rows("train"))
    wanted = [59, 0, 7, 6, 7, 30]
    assert grouped.take("train", wanted) == [rows[number] for number in wanted]


def test_taking_no_rows_gives_none(made: Dataset) -> None:
    assert made.take("train", []) == []


@pytest.mark.parametrize("wrong", [-1, 60])
def test_a_number_out_of_range_is_an_index_error(grouped: Dataset, wrong: int) -> None:
    with pytest.raises(IndexError, match="rows 0 to 59"):
        grouped.take("train", [0, wrong])


def test_the_ids_are_those_of_the_rows(grouped: Dataset) -> None:
    assert list(grouped.ids("train")) == [row.id for row in grouped.rows("train")]


def test_messages_and_absent_fields_come_back_as_they_were(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "嗯"}]},
        {
            "messages": [
                {"role": "user", "content": "one two", "weight": 0},
                {"role": "assistant", "content": "three four"},
            ]
        },
    ]
    dataset = prepared(tmp_path, rows, split=ALL_TRAIN)
    assert [row["messages"] for row in dataset.rows("train")] == [row["messages"] for row in rows]


def test_a_dataset_survives_pickling_for_worker_processes(made: Dataset) -> None:
    again = pickle.loads(pickle.dumps(made))
    assert list(again.rows("test")) == list(made.rows("test"))


def test_opening_gives_the_same_rows(made: Dataset) -> None:
    assert list(Dataset.open(made.folder).rows("train")) == list(made.rows("train"))


def test_a_prepared_folder_is_recognised_as_a_dataset(made: Dataset, tmp_path: Path) -> None:
    assert Dataset.is_dataset(made.folder)
    assert not Dataset.is_dataset(tmp_path)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such dataset folder"):
        Dataset.open(tmp_path / "none")


def test_a_folder_without_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a dataset"):
        Dataset.open(tmp_path)


def part_of(dataset: Dataset) -> Path:
    return dataset.folder / "train" / "part-00000.parquet"


def test_a_part_that_was_cut_is_told_by_name(made: Dataset) -> None:
    part_of(made).write_bytes(part_of(made).read_bytes()[:-10])
    with pytest.raises(UserError, match=r"part-00000.parquet: cut or changed"):
        Dataset.open(made.folder)


def test_a_part_that_was_changed_without_changing_its_size_is_told(made: Dataset) -> None:
    content = bytearray(part_of(made).read_bytes())
    content[100] ^= 1
    part_of(made).write_bytes(bytes(content))
    with pytest.raises(UserError, match="cut or changed"):
        Dataset.open(made.folder)


def test_a_missing_part_is_told(made: Dataset) -> None:
    part_of(made).unlink()
    with pytest.raises(UserError, match="missing from the dataset"):
        Dataset.open(made.folder)


def test_a_file_that_the_manifest_does_not_know_is_told(made: Dataset) -> None:
    (made.folder / "train" / "more.parquet").write_bytes(b"")
    with pytest.raises(UserError, match="not one of the dataset's own"):
        Dataset.open(made.folder)


@pytest.mark.parametrize(
    "key, value", [("splits", []), ("surprise", 1), ("fields", {"text": "pickle"})]
)
def test_a_manifest_that_was_edited_is_told_with_the_place(
    made: Dataset, key: str, value: Any
) -> None:
    path = made.folder / "manifest.json"
    write_json(path, {**read_json(path), key: value})
    with pytest.raises(UserError, match=f"damaged at `{key}"):
        Dataset.open(made.folder)


def test_a_manifest_cannot_name_files_outside_its_folder(made: Dataset) -> None:
    path = made.folder / "manifest.json"
    tree = read_json(path)
    tree["splits"]["train"]["parts"][0]["name"] = "../../other/part-00000.parquet"
    write_json(path, tree)
    with pytest.raises(UserError, match=r"damaged at `splits.train.parts.0.name`"):
        Dataset.open(made.folder)


def test_a_manifest_of_a_later_format_is_told(made: Dataset) -> None:
    path = made.folder / "manifest.json"
    write_json(path, {**read_json(path), "format": 2})
    with pytest.raises(UserError, match="format 2"):
        Dataset.open(made.folder)


def test_refused_data_is_refused_again_when_it_is_opened(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", distinct(60, labels=["same"]))
    from luthier.data.prepare import prepare

    with pytest.raises(DataRefused, match="nothing is to be told apart"):
        prepare(source, tmp_path / "made")
    with pytest.raises(DataRefused, match="nothing is to be told apart"):
        Dataset.open(tmp_path / "made")


def test_the_parts_are_plain_parquet_for_other_tools(made: Dataset) -> None:
    table = pq.read_table(part_of(made))
    assert table.column_names == ["id", "derived_from", "text", "label"]


def duplicates(folder: Path) -> Dataset:
    rows = [
        {"text": "the caf\u00c3\u00a9 is open", "label": "a"},
        {"text": "nothing is wrong here", "label": "b"},
        {"text": "nothing is wrong here", "label": "b"},
    ]
    return prepared(folder, rows, clean=["fix_encoding", "drop_duplicates"], split=ALL_TRAIN)


def test_a_repaired_row_is_traced_from_the_row_that_was_collected(tmp_path: Path) -> None:
    collected = Row({"text": "the caf\u00c3\u00a9 is open", "label": "a"})
    kept = Row({"text": "the caf\u00e9 is open", "label": "a"})
    assert duplicates(tmp_path).trace(collected.id) == [
        Fate(id=kept.id, derived_from=(collected.id,), split="train")
    ]


def test_a_dropped_row_is_traced_to_the_step_and_the_row_it_repeats(tmp_path: Path) -> None:
    row = Row({"text": "nothing is wrong here", "label": "b"})
    kept, dropped = duplicates(tmp_path).trace(row.id)
    assert kept == Fate(id=row.id, derived_from=(), split="train")
    assert (dropped.step, dropped.reason) == ("drop_duplicates", "duplicate")
    assert dropped.because_of == row.id


def test_an_unknown_row_has_no_trace(made: Dataset) -> None:
    assert made.trace("0" * 32) == []


def test_what_was_dropped_is_told_in_order(tmp_path: Path) -> None:
    assert [fate.step for fate in duplicates(tmp_path).dropped()] == ["drop_duplicates"]


def test_dropped_rows_are_guarded_like_the_others(tmp_path: Path) -> None:
    dataset = duplicates(tmp_path)
    (dataset.folder / DROPPED).write_bytes(b"PAR1")
    with pytest.raises(UserError, match="cut or changed"):
        Dataset.open(dataset.folder)


def as_run(dataset: Dataset, folder: Path) -> Path:
    folder.mkdir()
    dataset.folder.rename(folder / "data")
    moved = Dataset(folder / "data", dataset.manifest)
    write_run_manifest(moved, folder / "data" / "manifest.json")
    return folder


def test_a_runs_manifest_holds_the_ids_of_every_split(made: Dataset, tmp_path: Path) -> None:
    wanted = {split: "".join(made.ids(split)) for split in made.splits}
    run = as_run(made, tmp_path / "run")
    tree = json.loads((run / "data" / "manifest.json").read_text("utf-8"))
    assert {name: split["ids"] for name, split in tree["splits"].items()} == wanted


def test_a_runs_dataset_opens_like_any_other(made: Dataset, tmp_path: Path) -> None:
    rows = list(made.rows("train"))
    run = as_run(made, tmp_path / "run")
    assert list(Dataset.open(run / "data").rows("train")) == rows


def test_a_runs_manifest_with_another_id_is_told(made: Dataset, tmp_path: Path) -> None:
    path = as_run(made, tmp_path / "run") / "data" / "manifest.json"
    tree = read_json(path)
    tree["splits"]["test"]["ids"] = "00" * 16 + tree["splits"]["test"]["ids"][32:]
    write_json(path, tree)
    with pytest.raises(UserError, match=r"damaged at `splits.test`"):
        Dataset.open(path.parent)


def test_a_row_leads_to_the_runs_that_saw_it(made: Dataset, tmp_path: Path) -> None:
    row = next(made.rows("validation"))
    run = as_run(made, tmp_path / "run")
    (tmp_path / "more").mkdir()
    other = as_run(prepared(tmp_path / "more", distinct(20, start=100)), tmp_path / "other")
    found = [(where, fate.split) for where, fate in runs_that_saw(row.id, [run, other])]
    assert found == [(run, "validation")]
