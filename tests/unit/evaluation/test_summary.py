import json

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import precision_recall_fscore_support

from luthier.evaluation.summary import calibration, per_class, summary
from luthier.scoring.metric import Answers
from luthier.scoring.metrics.calibration_error import CalibrationError
from tests.unit.scoring.random_answers import answers


@given(answers())
def test_the_classes_are_scikit_learns_table(found):
    expected = precision_recall_fscore_support(
        found.references, found.predictions, labels=range(len(found.labels)), zero_division=0
    )
    table = per_class(found)
    assert list(table) == list(found.labels)
    for row, *numbers in zip(table.values(), *expected, strict=True):
        assert list(row.values()) == pytest.approx(numbers)


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


@given(answers())
def test_all_of_it_is_json(found):
    written = summary(found)
    assert json.loads(json.dumps(written, allow_nan=False)) == written


def test_a_row_of_the_confusion_matrix_is_a_true_class():
    found = Answers(np.array([0, 0, 1]), np.array([1, 0, 1]), None, ["ham", "spam"])
    assert summary(found)["confusion"] == [[1, 1], [0, 1]]


def test_the_positive_class_is_told_by_name():
    found = Answers(np.array([0]), np.array([0]), None, ["spam", "ham"], positive=0)
    assert summary(found)["positive"] == "spam"


def test_among_three_classes_none_is_positive():
    found = Answers(np.array([0]), np.array([0]), None, ["a", "b", "c"])
    assert summary(found)["positive"] is None


def test_without_probabilities_there_is_no_calibration():
    found = Answers(np.array([0]), np.array([0]), None, ["a", "b"])
    assert summary(found)["calibration"] is None
