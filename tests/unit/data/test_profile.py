"""The data report says what is in the data, what is strange, and what is wrong."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import DataRefused
from luthier.data.dataset import Dataset
from luthier.data.profile import profile
from luthier.data.quality.refusals import refuse
from tests.datasets import distinct, prepared

ALL_TRAIN = {"validation": 0, "test": 0}
HALF = {"validation": 0, "test": 0.5}


def report_of(folder: Path, rows: list[Any], **data: Any) -> dict[str, Any]:
    return profile(prepared(folder, rows, **data))


def has(sentences: list[str], *parts: str) -> bool:
    return any(all(part in sentence for part in parts) for sentence in sentences)


def test_a_report_has_all_that_the_page_shows_and_is_json(tmp_path: Path) -> None:
    report = report_of(tmp_path, distinct(40))
    assert list(report) == [
        "source",
        "recognised",
        "rows",
        "splits",
        "labels",
        "conflicts",
        "lengths",
        "languages",
        "quality",
        "samples",
        "groups",
        "duplicates",
        "steps",
        "augment",
        "personal",
        "topics",
        "origins",
        "repeat",
        "warnings",
        "faults",
    ]
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_clean_data_has_no_faults(tmp_path: Path) -> None:
    report = report_of(tmp_path, distinct(60))
    assert report["faults"] == []
    refuse(report)


def test_rows_without_labels_have_no_labels_to_report(tmp_path: Path) -> None:
    report = report_of(tmp_path, [{"text": f"only {n} text {n}"} for n in range(40)])
    assert report["labels"] is None
    assert report["faults"] == []


def test_conflicts_are_told_with_text_and_labels(tmp_path: Path) -> None:
    rows = [*distinct(20), {"text": "same", "label": "ham"}, {"text": "same", "label": "spam"}]
    report = report_of(tmp_path, rows, split=ALL_TRAIN)
    assert report["conflicts"] == {
        "texts": 1,
        "rows": 2,
        "examples": [{"text": "same", "labels": ["ham", "spam"]}],
    }
    assert has(report["warnings"], "Equal texts", "1 text, 2 rows")


def test_conflicts_are_found_across_splits_too(tmp_path: Path) -> None:
    test = tmp_path / "test.jsonl"
    test.write_text(json.dumps({"text": "same", "label": "ham"}) + "\n", "utf-8")
    rows = [*distinct(20), {"text": "same", "label": "spam"}]
    dataset = prepared(tmp_path, rows, split={"validation": 0, "test": str(test)})
    assert dataset.num_rows("test") == 1
    assert profile(dataset)["conflicts"]["texts"] == 0  # the training row was left out


def test_tokens_are_counted_with_what_counts_them(tmp_path: Path) -> None:
    dataset = prepared(tmp_path, [{"text": "a b c d", "label": n} for n in "xyz"], split=ALL_TRAIN)
    report = profile(
        dataset, max_length=3, count_tokens=lambda texts: [len(t.split()) for t in texts]
    )
    assert report["lengths"]["truncated"]["tokens"] == 3
    assert has(report["warnings"], "25.0% of all tokens", "model.max_length: 4")


def test_another_field_can_be_the_label(tmp_path: Path) -> None:
    rows = [{**row, "kind": f"k{n % 3}"} for n, row in enumerate(distinct(12))]
    dataset = prepared(tmp_path, rows, split={**ALL_TRAIN, "group": "kind"})
    report = profile(dataset, label_field="kind")
    assert report["labels"]["counts"] == {"train": {"k0": 4, "k1": 4, "k2": 4}}


# --- what refuses ---------------------------------------------------------------------------------


def test_data_of_which_nothing_is_left_is_refused(tmp_path: Path) -> None:
    test = tmp_path / "test.jsonl"
    test.write_text("".join(json.dumps(row) + "\n" for row in distinct(20)), "utf-8")
    report = report_of(tmp_path, distinct(20), split={"validation": 0, "test": str(test)})
    assert has(report["faults"], "There is not one training row")


def test_an_empty_split_is_refused_with_what_to_do(tmp_path: Path) -> None:
    report = report_of(tmp_path, distinct(4), split={"validation": 0, "test": 0.01})
    assert has(report["faults"], "test split is empty", "4 rows", "set it to 0")


def test_a_single_label_is_refused_by_name(tmp_path: Path) -> None:
    report = report_of(tmp_path, distinct(60, labels=["ham"]))
    assert has(report["faults"], "`ham`", "nothing is to be told apart")


def test_a_label_that_training_lacks_is_refused_by_name(tmp_path: Path) -> None:
    test = tmp_path / "test.jsonl"
    test.write_text(json.dumps({"text": "wholly new here", "label": "eggs"}) + "\n", "utf-8")
    report = report_of(tmp_path, distinct(20), split={"validation": 0, "test": str(test)})
    assert has(report["faults"], "No training row has the label `eggs`", "1 row of test")


def test_a_label_that_is_nan_is_refused(tmp_path: Path) -> None:
    rows = [{**row, "label": float(n % 2)} for n, row in enumerate(distinct(20))]
    rows[3]["label"] = math.nan
    report = profile(as_written(tmp_path / "made", rows))
    assert has(report["faults"], "1 row with NaN as label")


def as_written(folder: Path, rows: list[Any]) -> Dataset:
    """A dataset of rows that no source would let through."""
    from luthier.core.records import Row
    from luthier.data.storage.columns import Columns
    from luthier.data.storage.manifest import Made, Manifest
    from luthier.data.storage.parts import DroppedWriter, SplitWriter

    folder.mkdir()
    columns = Columns()
    for fields in rows:
        columns.learn(fields)
    writer = SplitWriter(folder / "train", columns)
    for fields in rows:
        writer.add(Row(fields).id, (), fields, 10)
    made = Made(sources=[], recognised="", data={"source": []}, seed=7, rows=len(rows), steps=[])
    manifest = Manifest(
        made=made,
        fields=columns.kinds,
        splits={"train": writer.close()},
        dropped=DroppedWriter(folder).close(),
        duplicates={"within": {}, "across": []},
    )
    return Dataset(folder, manifest)


def test_rows_without_a_label_among_others_are_refused(tmp_path: Path) -> None:
    rows = [*distinct(5), {"text": "no label here"}]
    report = profile(as_written(tmp_path / "made", rows))
    assert has(report["faults"], "1 row without a label")


def test_text_that_is_not_utf8_is_refused_with_the_cleaner_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(b"text,label\n" + b"".join(b"caf\xe9 %d,%d\n" % (n, n % 2) for n in range(9)))
    from luthier.data.prepare import prepare

    recipe = {"data": {"source": str(path), "split": ALL_TRAIN}}
    with pytest.raises(DataRefused, match="fix_encoding"):
        prepare(recipe, tmp_path / "made")


def test_a_test_split_that_overlaps_training_is_refused(tmp_path: Path) -> None:
    dataset = prepared(tmp_path, distinct(60), split=HALF)
    across = [{"splits": ["train", "test"], "exact": 3, "near": 4}]
    manifest = dataset.manifest.model_copy(
        update={"duplicates": {**dataset.manifest.duplicates, "across": across}}
    )
    report = profile(Dataset(dataset.folder, manifest))
    assert has(report["faults"], "Rows of train that repeat rows of test: 7, 3 of them")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    report = report_of(
        tmp_path, distinct(5, labels=["ham"]), split={"validation": 0.01, "test": 0.01}
    )
    with pytest.raises(DataRefused) as refused:
        refuse(report)
    assert len(refused.value.faults) == 3
    assert refused.value.exit_code == 2


# --- what warns -----------------------------------------------------------------------------------


def test_labels_that_differ_in_case_are_warned_of(tmp_path: Path) -> None:
    report = report_of(tmp_path, distinct(60, labels=["Spam", "spam", "ham"]), split=ALL_TRAIN)
    assert report["labels"]["case_variants"] == [["Spam", "spam"]]
    assert has(report["warnings"], "`Spam`, `spam`", "case")


def test_strong_imbalance_is_warned_of_with_the_ratio(tmp_path: Path) -> None:
    rows = distinct(50, labels=["ham"]) + distinct(2, labels=["spam"], start=50)
    report = report_of(tmp_path, rows, split=ALL_TRAIN)
    assert has(report["warnings"], "25 times as many rows of `ham` as of `spam`")


def test_repeats_within_a_split_are_warned_of(tmp_path: Path) -> None:
    rows = distinct(20) + distinct(3)
    report = report_of(tmp_path, rows, split=ALL_TRAIN)
    assert report["duplicates"]["within"] == {"train": {"exact": 3, "near": 0}}
    assert has(report["warnings"], "repeat another of it: 3 (13.0%)", "drop_duplicates")


def test_a_small_test_split_is_warned_of_with_its_interval(tmp_path: Path) -> None:
    report = report_of(tmp_path, distinct(80), split=HALF)
    rows = report["splits"]["test"]["rows"]
    half = 100 * 1.96 * (0.25 / rows) ** 0.5
    assert has(report["warnings"], f"The test split has {rows} rows", f"±{half:.0f} points")


def test_a_missing_test_split_is_warned_of(tmp_path: Path) -> None:
    report = report_of(tmp_path, distinct(20), split=ALL_TRAIN)
    assert has(report["warnings"], "no test split")


def test_rows_kept_out_of_training_are_told(tmp_path: Path) -> None:
    test = tmp_path / "test.jsonl"
    test.write_text("".join(json.dumps(row) + "\n" for row in distinct(4)), "utf-8")
    report = report_of(tmp_path, distinct(20), split={"validation": 0, "test": str(test)})
    assert report["steps"][-1]["dropped"] == {"near-duplicate of a test row": 4}
    assert has(report["warnings"], "stays honest: 4 rows")


def test_rows_without_text_are_warned_of(tmp_path: Path) -> None:
    rows = [*distinct(5), {"text": "  ", "label": "ham"}]
    report = profile(as_written(tmp_path / "made", rows))
    assert has(report["warnings"], "1 row without any text")
