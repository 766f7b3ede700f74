"""Labels are counted, and equal texts with different labels are found."""

import math
from typing import Any

import pytest

from luthier.data.quality.labels import Conflicts, Labels


def labels(*given: Any) -> Labels:
    counted = Labels(["train"])
    counted.add("train", given)
    return counted


def test_labels_are_counted_by_split_from_the_most_frequent_down() -> None:
    counted = Labels(["train", "test"])
    counted.add("train", ["ham", "spam", "spam"])
    counted.add("test", ["eggs"])
    report = counted.report("label")
    assert report is not None
    assert report["counts"] == {
        "train": {"spam": 2, "ham": 1, "eggs": 0},
        "test": {"spam": 0, "ham": 0, "eggs": 1},
    }
    assert list(report["counts"]["train"]) == ["spam", "ham", "eggs"]


def test_each_label_of_a_list_counts_once_a_row() -> None:
    assert labels(["a", "b"], ["a", "a"]).counts["train"] == {"a": 2, "b": 1}


def test_an_empty_list_of_labels_is_counted() -> None:
    assert labels([], ["a"]).empty == 1


@pytest.mark.parametrize("whole", [1, 1.0, True])
def test_a_whole_number_is_a_class(whole: Any) -> None:
    assert labels(whole).counts["train"] == {str(whole): 1}


def test_labels_that_are_values_are_not_told_as_classes() -> None:
    assert labels(0.5, 1.0, 0.25).report("label") is None


def test_nan_and_missing_labels_are_counted_apart() -> None:
    counted = labels(math.nan, None, None, 1.0)
    assert (counted.nan, counted.missing) == (1, 2)


def test_labels_that_differ_in_case_or_space_are_variants() -> None:
    assert labels("Spam", "spam ", "ham", "sp am").case_variants() == [["Spam", "sp am", "spam "]]


def test_a_label_with_bytes_that_are_not_utf8_can_be_written() -> None:
    assert labels("caf\udce9").counts["train"] == {"caf\ufffd": 1}


def find(*rows: tuple[str, Any]) -> tuple[int, int, list[list[int]]]:
    conflicts = Conflicts()
    conflicts.add([text for text, _ in rows], [label for _, label in rows])
    found = conflicts.find()
    return found.texts, found.rows, [numbers.tolist() for numbers in found.examples]


def test_an_equal_text_with_another_label_is_a_conflict() -> None:
    assert find(("x", "a"), ("y", "a"), ("x", "b"), ("x", "a")) == (1, 3, [[0, 2, 3]])


def test_an_equal_text_with_the_same_label_is_none() -> None:
    assert find(("x", "a"), ("x", "a")) == (0, 0, [])


def test_the_order_of_a_list_of_labels_makes_no_conflict() -> None:
    assert find(("x", ["a", "b"]), ("x", ["b", "a"]))[0] == 0


def test_examples_are_the_first_five_texts_in_order() -> None:
    rows = [(f"text {n}", label) for n in range(9) for label in "ab"]
    texts, count, examples = find(*rows)
    assert (texts, count) == (9, 18)
    assert examples == [[2 * n, 2 * n + 1] for n in range(5)]


def test_without_rows_there_are_no_conflicts() -> None:
    assert find() == (0, 0, [])
