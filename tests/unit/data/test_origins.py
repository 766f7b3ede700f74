"""Sources apart by the split they are meant for."""

from pathlib import Path
from typing import Any

import pytest

from luthier.core.config import DataSection
from luthier.core.errors import UserError
from luthier.data.origins import origins, source_names
from luthier.data.sources.file import File
from tests.datasets import distinct, prepared, write_rows


def section(**data: Any) -> DataSection:
    return DataSection.model_validate(data)


@pytest.fixture
def rows(tmp_path: Path) -> str:
    return write_rows(tmp_path / "some.jsonl", distinct(6))


def test_rows_of_test_come_first_then_validation_then_the_rest(tmp_path: Path, rows: str) -> None:
    test = write_rows(tmp_path / "t.jsonl", distinct(1, start=10))
    validation = write_rows(tmp_path / "v.jsonl", distinct(1, start=20))
    split = {"validation": validation, "test": test}
    found = origins(section(source=rows, split=split))
    assert [origin.split for origin in found] == ["test", "validation", None]
    assert [len(list(origin.rows)) for origin in found] == [1, 1, 6]


def test_shares_make_one_origin(rows: str) -> None:
    (found,) = origins(section(source=rows))
    assert found.split is None


def test_several_sources_are_read_one_after_another(tmp_path: Path, rows: str) -> None:
    more = write_rows(tmp_path / "more.jsonl", distinct(2, start=6))
    (found,) = origins(section(source=[rows, more]))
    assert [row["text"] for row in found.rows] == [row["text"] for row in distinct(8)]


def test_a_dataset_is_a_source_that_keeps_its_lineage(tmp_path: Path) -> None:
    wrong = [{"text": f"caf\u00c3\u00a9 {n}", "label": "ab"[n % 2]} for n in range(8)]
    dataset = prepared(tmp_path, wrong, clean=["fix_encoding"], split={"validation": 0, "test": 0})
    (found,) = origins(section(source=str(dataset.folder)))
    assert list(found.rows) == list(dataset.rows("train"))
    assert all(row.derived_from for row in dataset.rows("train"))


def test_datasets_and_files_mix_in_their_order(tmp_path: Path, rows: str) -> None:
    dataset = prepared(tmp_path, distinct(5, start=50), split={"validation": 0, "test": 0})
    (found,) = origins(section(source=[str(dataset.folder), rows]))
    assert [row["text"].split()[0] for row in found.rows] == [
        *(f"row{n}" for n in range(50, 55)),
        *(f"row{n}" for n in range(6)),
    ]


def test_a_test_source_of_another_shape_is_refused(tmp_path: Path, rows: str) -> None:
    unlabelled = write_rows(tmp_path / "t.jsonl", [{"text": "no label"}])
    with pytest.raises(UserError, match=r"data.split.test: its rows have no label"):
        origins(section(source=rows, split={"test": unlabelled}))


def test_sources_are_named_as_they_were_written(rows: str) -> None:
    data = section(source=[rows, {"file": {"path": "x.csv"}}], split={"test": "t.csv"})
    assert source_names(data) == [rows, "x.csv", "t.csv"]


def test_what_a_source_left_out_is_told_once_its_rows_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n')
    monkeypatch.setattr(File, "left_out", lambda self: ["Left out 1 of 2."])
    (origin,) = origins(section(source=str(tmp_path / "a.jsonl")))
    assert "Left out 1 of 2." not in origin.sentences
    list(origin.rows)
    assert origin.sentences[-1] == "Left out 1 of 2."
