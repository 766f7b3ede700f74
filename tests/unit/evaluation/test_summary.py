import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from luthier.evaluation.summary import calibration, per_class, summary
from luthier.scoring.answers import (
    KINDS,
    ClassAnswers,
    NumberAnswers,
    TagAnswers,
    TextAnswers,
)
from luthier.scoring.confusion import class_counts
from luthier.scoring.metrics.calibration_error import CalibrationError
from tests.unit.scoring.random_answers import OF_KIND, answers, label_sets, numbers


@given(answers())
def test_the_classes_are_scikit_learns_table(found):
    expected = precision_recall_fscore_support(
        found.references, found.predictions, labels=range(len(found.labels)), zero_division=0
    )
    table = per_class(class_counts(found), list(found.labels))
    assert list(table) == list(found.labels)
    for row, *columns in zip(table.values(), *expected, strict=True):
        assert list(row.values()) == pytest.approx(columns)


@given(answers())
def test_the_bins_add_up_to_the_calibration_error(found):
    parts = calibration(found)
    total = sum(bin["rows"] * abs(bin["accuracy"] - bin["confidence"]) for bin in parts["bins"])
    assert parts["error"] == pytest.approx(CalibrationError().value(found), abs=1e-12)
    assert total / len(found) == pytest.approx(parts["error"], abs=1e-12)


@given(answers())
def test_every_row_lies_in_one_bin(found):
    bins = calibration(found)["bins"]
    assert sum(bin["rows"] for bin in bins) == len(found)
    assert all(bin["rows"] > 0 for bin in bins)


def test_every_kind_of_answers_is_summarised_here():
    assert OF_KIND.keys() == set(KINDS.values())


@pytest.mark.parametrize("kind", list(OF_KIND), ids=lambda kind: kind.kind)
@settings(max_examples=40)
@given(data=st.data())
def test_all_of_it_is_json_and_what_every_kind_has_is_there(kind, data):
    written = summary(data.draw(OF_KIND[kind]()))
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert {"labels", "positive", "confusion", "per_class", "calibration"} <= set(written)


def test_a_row_of_the_confusion_matrix_is_a_true_class():
    found = ClassAnswers(np.array([0, 0, 1]), np.array([1, 0, 1]), None, ["ham", "spam"])
    assert summary(found)["confusion"] == [[1, 1], [0, 1]]


def test_the_positive_class_is_told_by_name():
    found = ClassAnswers(np.array([0]), np.array([0]), None, ["spam", "ham"], positive=0)
    assert summary(found)["positive"] == "spam"


def test_among_three_classes_none_is_positive():
    found = ClassAnswers(np.array([0]), np.array([0]), None, ["a", "b", "c"])
    assert summary(found)["positive"] is None


def test_without_probabilities_there_is_no_calibration():
    found = ClassAnswers(np.array([0]), np.array([0]), None, ["a", "b"])
    assert summary(found)["calibration"] is None


@given(label_sets())
def test_the_labels_of_sets_are_scikit_learns_table(found):
    table = summary(found)["per_class"]
    expected = [
        precision_recall_fscore_support(
            found.references[:, number],
            found.predictions[:, number],
            average="binary",
            zero_division=0,
        )[:3]
        for number in range(found.width)
    ]
    for row, numbers_of_label in zip(table.values(), expected, strict=True):
        assert list(row.values())[:3] == pytest.approx(numbers_of_label)


@given(label_sets())
def test_the_decisions_and_the_sizes_of_sets_add_up(found):
    told = summary(found)
    decisions, rows = told["decisions"], told["labels_per_row"]
    given_labels = sum(size * times for size, times in enumerate(rows["prediction"]))
    assert decisions["true_positives"] + decisions["false_positives"] == given_labels
    missed = (found.references & ~found.predictions).sum()
    assert decisions["false_negatives"] == missed
    assert sum(rows["reference"]) == sum(rows["prediction"]) == len(found)


def test_residuals_are_told_by_quantiles():
    found = NumberAnswers(np.zeros(101), np.arange(101.0))
    assert summary(found)["residuals"] == pytest.approx(
        {
            "mean": 50,
            "least": 0,
            "p05": 5,
            "median": 50,
            "p95": 95,
            "most": 100,
            "deviation": np.arange(101).std(),
        }
    )


def test_of_many_numbers_some_dots_are_shown_and_the_ends_among_them():
    references = np.random.default_rng(0).permutation(2000).astype(float)
    dots = summary(NumberAnswers(references, -references))["dots"]
    assert len(dots) == 500
    assert (dots[0], dots[-1]) == ([0, 0], [1999, -1999])


@given(numbers())
def test_groups_hold_every_row_in_the_order_of_predictions(found):
    groups = summary(found)["groups"]
    assert sum(group["rows"] for group in groups) == len(found)
    means = [group["prediction"] for group in groups]
    assert means == sorted(means)
    total = sum(group["rows"] * group["reference"] for group in groups)
    assert total == pytest.approx(found.references.sum(), abs=1e-9)


def test_entities_are_told_by_type_and_by_whom_they_were_taken_for():
    found = TagAnswers(
        [["B-a", "I-a", "O", "B-b", "B-a"]], [["B-a", "I-a", "B-b", "B-a", "O"]], ["a", "b"]
    )
    told = summary(found)
    assert told["labels"] == ["a", "b"]
    assert told["per_class"]["a"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
    assert told["taken_for"] == {"types": ["a", "b"], "counts": [[1, 0, 1], [1, 0, 0], [0, 1, 0]]}


def test_texts_are_told_by_their_lengths_and_numbers():
    found = TextAnswers(
        [["four"], ["二字"], []],
        ["", "ab", ""],
        {"nll": np.array([1.0, 2, 3]), "x": np.full(3, np.inf)},
    )
    told = summary(found)
    assert told["characters"]["reference"]["mean"] == 2
    assert told["characters"]["prediction"]["most"] == 2
    assert told["empty"] == {"reference": 1, "prediction": 2}
    assert told["numbers"] == {"nll": 2, "x": None}
