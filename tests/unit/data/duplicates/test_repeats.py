"""Which rows repeat which."""

from pathlib import Path

import numpy as np
import pytest

from luthier.data.duplicates.repeats import NONE, Repeats

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
NEAR = f"{LONG} sixteen"
OTHER = "a wholly different text about something else that shares not a word with the rest"
SPLITS = {"train": 0, "test": 2}


@pytest.fixture
def repeats(tmp_path: Path) -> Repeats:
    found = Repeats(tmp_path)
    for text in [LONG, OTHER, LONG, LONG.upper(), NEAR, OTHER]:
        found.add(text)
    found.find()
    return found


def test_equal_texts_and_those_that_differ_in_case_are_one_class(repeats: Repeats) -> None:
    assert repeats.classes.tolist() == [0, 1, 0, 0, 4, 1]


def test_classes_of_nearly_the_same_text_are_linked(repeats: Repeats) -> None:
    assert repeats.links.T.tolist() == [[0, 4]]


def test_a_class_touches_the_rows_in_it_and_those_linked_to_it(repeats: Repeats) -> None:
    only_near = np.array([False, False, False, False, True, False])
    touching = repeats.touching(only_near)
    assert touching[[0, 4]].tolist() == [4, 4]
    assert touching[1] == NONE


def test_repeats_within_a_split_count_each_row_that_repeats_another(repeats: Repeats) -> None:
    counts = repeats.count(np.zeros(6, np.int8), {"train": 0})
    assert counts["within"] == {"train": {"exact": 2, "near": 2}}


def test_repeats_across_splits_count_the_rows_of_the_first(repeats: Repeats) -> None:
    codes = np.array([0, 0, 2, 0, 0, 0], np.int8)
    assert repeats.count(codes, SPLITS)["across"] == [
        {"splits": ["train", "test"], "exact": 1, "near": 2}
    ]


def test_rows_without_a_split_do_not_count(repeats: Repeats) -> None:
    counts = repeats.count(np.array([0, -1, -1, -1, -1, -1], np.int8), SPLITS)
    assert counts["within"] == {
        "train": {"exact": 0, "near": 0},
        "test": {"exact": 0, "near": 0},
    }
    assert counts["across"] == [{"splits": ["train", "test"], "exact": 0, "near": 0}]


def test_without_rows_there_is_nothing_to_find(tmp_path: Path) -> None:
    empty = Repeats(tmp_path)
    empty.find()
    counts = empty.count(np.empty(0, np.int8), SPLITS)
    assert counts["across"][0] == {"splits": ["train", "test"], "exact": 0, "near": 0}
