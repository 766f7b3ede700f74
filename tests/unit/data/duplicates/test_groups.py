from pathlib import Path
from typing import Any

import numpy as np

from luthier.data.duplicates.groups import GroupReport, Groups
from luthier.data.duplicates.repeats import Repeats

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
NEAR = LONG + " fifteen"
TEXTS = ["alone here", LONG, NEAR, "twice is twice", "Twice is twice!", LONG, "alone there"]


def groups_of(folder: Path, codes: list[int]) -> Groups:
    repeats = Repeats(folder)
    for text in TEXTS:
        repeats.add(text)
    repeats.find()
    return Groups.gather(repeats, np.array(codes, np.int8), {"train": 0, "test": 1})


def told(groups: Groups, labels: str) -> dict[str, Any]:
    report = GroupReport(groups)
    report.add("train", TEXTS[:3], list(labels[:3]))
    report.add("train", TEXTS[3:], list(labels[3:]))
    return report.report()


def test_exact_and_near_duplicates_are_one_group_and_the_largest_comes_first(
    tmp_path: Path,
) -> None:
    groups = groups_of(tmp_path, [0] * 7)
    assert groups.numbers["train"].tolist() == [-1, 0, 0, 1, 1, 0, -1]
    assert groups.sizes.tolist() == [3, 2]


def test_rows_that_were_left_out_join_nothing(tmp_path: Path) -> None:
    groups = groups_of(tmp_path, [0, 0, -1, 0, -1, 0, 0])
    assert groups.numbers["train"].tolist() == [-1, 0, -1, 0, -1]


def test_each_split_knows_the_groups_of_its_own_rows(tmp_path: Path) -> None:
    groups = groups_of(tmp_path, [0, 0, 1, 0, 0, 1, 1])
    assert groups.numbers["train"].tolist() == [-1, 0, 1, 1]
    assert groups.numbers["test"].tolist() == [0, 0, -1]


def test_groups_are_told_with_labels_and_texts(tmp_path: Path) -> None:
    report = told(groups_of(tmp_path, [0] * 7), "aabccba")
    first, second = report["largest"]
    assert first == {
        "rows": 3,
        "splits": {"train": 3},
        "labels": {"b": 2, "a": 1},
        "texts": [LONG, NEAR],
    }
    assert second["labels"] == {"c": 2}
    assert (report["groups"], report["rows"]) == (2, 5)
    assert (report["across_splits"], report["across_labels"]) == (0, 1)
    assert [size["groups"] for size in report["sizes"]] == [1, 1, 0, 0, 0, 0, 0]


def test_a_group_in_two_splits_is_counted(tmp_path: Path) -> None:
    report = GroupReport(groups_of(tmp_path, [0, 0, 1, 0, 0, 1, 1]))
    report.add("train", ["alone here", LONG, "twice is twice", "Twice is twice!"], [None] * 4)
    report.add("test", [NEAR, LONG, "alone there"], [None] * 3)
    assert report.report()["across_splits"] == 1


def test_rows_that_augmenters_added_are_in_no_group(tmp_path: Path) -> None:
    report = GroupReport(groups_of(tmp_path, [0] * 7))
    report.add("train", [*TEXTS, LONG], ["a"] * 8)
    assert report.report()["rows"] == 5
