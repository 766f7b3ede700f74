"""The verb `prepare`: a folder that is whole, accounts for every row, and comes out the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import DataRefused, UserError
from luthier.data import prepare as module
from luthier.data.dataset import Dataset
from luthier.data.prepare import prepare, preview
from tests.datasets import distinct, write_rows


@pytest.fixture
def rows(tmp_path: Path) -> str:
    return write_rows(tmp_path / "rows.jsonl", distinct(60))


def messy(path: Path) -> str:
    """Twenty rows, a repeat of one of them, and one in the wrong charset."""
    bad = {"text": "the caf\u00c3\u00a9 of the wrong charset", "label": "ham"}
    return write_rows(path, [*distinct(20), distinct(1)[0], bad])


def test_a_dataset_is_written_and_opens(rows: str, tmp_path: Path) -> None:
    made = prepare(rows, tmp_path / "made")
    assert len(Dataset.open(tmp_path / "made")) == len(made) == 60
    assert sorted(file.name for file in (tmp_path / "made").iterdir()) == [
        "README.md",
        "dropped.parquet",
        "manifest.json",
        "report.html",
        "report.json",
        "test",
        "train",
        "validation",
    ]


def test_the_report_in_the_folder_is_that_of_the_dataset(rows: str, tmp_path: Path) -> None:
    report = prepare(rows, tmp_path / "made").report
    assert report["source"] == [rows]
    assert report["rows"] == 60
    assert "text" in report["recognised"]


def test_the_manifest_says_how_it_was_made(rows: str, tmp_path: Path) -> None:
    recipe = {"data": {"source": rows, "clean": "drop_near_duplicates"}, "run": {"seed": 3}}
    made = prepare(recipe, tmp_path / "made").manifest.made
    assert (made.sources, made.seed, made.rows) == ([rows], 3, 60)
    assert "threshold" in made.data["clean"][0]["drop_near_duplicates"]


def test_the_same_sources_and_seed_give_the_same_folder_byte_by_byte(
    rows: str, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        prepare({"data": {"source": rows, "clean": ["fix_encoding"]}}, tmp_path / name)
    for one in sorted((tmp_path / "one").rglob("*.*")):
        two = tmp_path / "two" / one.relative_to(tmp_path / "one")
        assert one.read_bytes() == two.read_bytes(), one.name


def test_the_seed_can_be_given_apart_from_the_recipe(rows: str, tmp_path: Path) -> None:
    first, second = (prepare(rows, tmp_path / str(seed), seed=seed) for seed in (1, 2))
    assert list(first.ids("test")) != list(second.ids("test"))


def test_every_collected_row_is_kept_or_accounted_for(tmp_path: Path) -> None:
    source = messy(tmp_path / "messy.jsonl")
    recipe = {"data": {"source": source, "clean": ["fix_encoding", "drop_duplicates"]}}
    made = prepare(recipe, tmp_path / "made", check=False)
    assert made.manifest.made.rows == 22
    assert len(made) + len(list(made.dropped())) == 22
    assert made.manifest.dropped.rows == 1


def test_the_steps_end_with_the_split(tmp_path: Path) -> None:
    recipe = {"data": {"source": messy(tmp_path / "m.jsonl"), "clean": ["fix_encoding"]}}
    steps = prepare(recipe, tmp_path / "made", check=False).report["steps"]
    assert [(step["name"], step["changed"]) for step in steps] == [
        ("fix_encoding", 1),
        ("split", 0),
    ]


def test_a_row_left_out_by_the_split_is_traced_to_its_cause(rows: str, tmp_path: Path) -> None:
    test = write_rows(tmp_path / "test.jsonl", distinct(6))
    split = {"validation": 0, "test": test}
    made = prepare({"data": {"source": rows, "split": split}}, tmp_path / "made", check=False)
    held = next(made.rows("test"))
    fates = made.trace(held.id)
    assert [(fate.split, fate.step, fate.because_of) for fate in fates] == [
        ("test", None, None),
        (None, "split", held.id),
    ]


def test_refused_data_leaves_the_report_but_no_dataset(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", distinct(60, labels=["ham"]))
    with pytest.raises(DataRefused, match="`ham`"):
        prepare(source, tmp_path / "made")
    report = json.loads((tmp_path / "made" / "report.json").read_text("utf-8"))
    assert len(report["faults"]) == 1
    assert (tmp_path / "made" / "report.html").exists()
    with pytest.raises(DataRefused):
        Dataset.open(tmp_path / "made")


def test_unchecked_data_may_have_faults(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", distinct(60, labels=["ham"]))
    made = prepare(source, tmp_path / "made", check=False)
    assert len(made.report["faults"]) == 1
    assert len(Dataset.open(tmp_path / "made")) == 60


def test_the_recipes_limit_is_used_with_a_tokenizer(rows: str, tmp_path: Path) -> None:
    recipe = {"data": {"source": rows}, "model": {"base": "any", "max_length": 8}}
    made = prepare(recipe, tmp_path / "made", count_tokens=lambda texts: [9 for _ in texts])
    assert made.report["lengths"]["max_length"] == 8
    assert made.report["lengths"]["truncated"]["tokens"] == 60


def test_an_older_dataset_is_replaced(rows: str, tmp_path: Path) -> None:
    prepare(rows, tmp_path / "made")
    more = write_rows(tmp_path / "more.jsonl", distinct(80))
    prepare(more, tmp_path / "made")
    assert len(Dataset.open(tmp_path / "made")) == 80


def test_a_dataset_can_be_prepared_anew_from_itself(rows: str, tmp_path: Path) -> None:
    first = prepare(rows, tmp_path / "made")
    ids = sorted(row_id for split in first.splits for row_id in first.ids(split))
    again = prepare(str(tmp_path / "made"), tmp_path / "made")
    assert sorted(row_id for split in again.splits for row_id in again.ids(split)) == ids


def test_a_folder_with_other_files_is_left_alone(rows: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(UserError, match=r"such as thesis.txt"):
        prepare(rows, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text("utf-8") == "years of work"


def test_a_file_in_the_place_of_the_folder_is_told(rows: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a file stands there"):
        prepare(rows, Path(rows))


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    source.write_text('{"text": "a", "label": "b"}\n' * 200 + '{"text": "cut', "utf-8")
    with pytest.raises(UserError, match=r"rows.jsonl"):
        prepare(str(source), tmp_path / "out" / "made")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_group_that_no_row_has_is_told(rows: str, tmp_path: Path) -> None:
    recipe = {"data": {"source": rows, "split": {"group": "author"}}}
    with pytest.raises(UserError, match="author"):
        prepare(recipe, tmp_path / "made")


def test_a_group_that_no_row_of_a_dataset_has_is_told(rows: str, tmp_path: Path) -> None:
    prepare(rows, tmp_path / "made")
    recipe = {"data": {"source": str(tmp_path / "made"), "split": {"group": "author"}}}
    with pytest.raises(UserError, match=r"data.split.group: no row has `author`"):
        prepare(recipe, tmp_path / "again")


def test_progress_is_told_by_stage(
    rows: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_EVERY", 25)
    told: list[tuple[str, int, int | None]] = []
    prepare(rows, tmp_path / "made", on_progress=lambda *seen: told.append(seen))
    assert told == [
        ("read", 25, None),
        ("read", 50, None),
        ("compare", 0, 60),
        ("write", 0, 60),
        ("write", 25, 60),
        ("write", 50, 60),
    ]


def test_a_preview_tells_what_the_cleaners_would_do_and_writes_nothing(tmp_path: Path) -> None:
    source = messy(tmp_path / "messy.jsonl")
    before = sorted(tmp_path.iterdir())
    recipe: dict[str, Any] = {"data": {"source": source, "clean": ["fix_encoding"]}}
    seen = preview(recipe)
    assert seen["rows"] == 22
    assert seen["steps"][0]["examples"][0]["after"] == "the caf\u00e9 of the wrong charset"
    assert sorted(tmp_path.iterdir()) == before
