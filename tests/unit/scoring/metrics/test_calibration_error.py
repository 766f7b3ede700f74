import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.calibration import calibration_curve

from luthier.scoring.answers import ClassAnswers
from luthier.scoring.metrics.calibration_error import CalibrationError
from tests.unit.scoring.random_answers import counted, repeated, weighted


def by_the_definition(answers, weights, bins):
    error = 0.0
    confidence = answers.probabilities[np.arange(len(answers)), answers.predictions]
    right = (answers.references == answers.predictions).astype(float)
    edges = np.linspace(0, 1, bins + 1)
    for m in range(bins):
        inside = (confidence > edges[m]) & (confidence <= edges[m + 1])
        if m == 0:
            inside |= confidence == 0
        total = weights[inside].sum()
        if total:
            accuracy = (weights * right)[inside].sum() / total
            error += total * abs(accuracy - (weights * confidence)[inside].sum() / total)
    return error / weights.sum()


@pytest.mark.parametrize("bins", [1, 10, 15])
@given(case=weighted())
def test_it_is_the_equation_of_guo_and_others_with_weights(bins, case):
    answers, weights = case
    expected = by_the_definition(answers, weights, bins)
    value = CalibrationError(bins=bins).value(answers, weights)
    assert value == pytest.approx(expected, abs=1e-12)


@given(case=weighted())
def test_its_bins_are_those_of_scikit_learns_calibration_curve(case):
    answers, _ = case
    confidence = answers.probabilities[np.arange(len(answers)), answers.predictions]
    right = answers.references == answers.predictions
    accuracies, confidences = calibration_curve(right, confidence, n_bins=15, pos_label=True)
    edges = np.linspace(0, 1, 16)
    rows = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=15)
    expected = (rows[rows > 0] * np.abs(accuracies - confidences)).sum() / len(answers)
    assert CalibrationError().value(answers) == pytest.approx(expected, abs=1e-12)


@given(case=counted())
def test_a_row_of_weight_0_is_as_if_it_were_not_there(case):
    answers, times = case
    expected = CalibrationError().value(repeated(answers, times))
    assert CalibrationError().value(answers, times) == pytest.approx(expected, abs=1e-12)


def test_as_right_as_sure_is_no_error():
    probabilities = np.tile([0.75, 0.25], (4, 1))
    answers = ClassAnswers(np.array([0, 0, 0, 1]), np.zeros(4, int), probabilities, ["a", "b"])
    assert CalibrationError().value(answers) == pytest.approx(0, abs=1e-12)


def test_always_wrong_and_quite_sure_is_an_error_of_1():
    probabilities = np.tile([1.0, 0.0], (4, 1))
    answers = ClassAnswers(np.ones(4, int), np.zeros(4, int), probabilities, ["a", "b"])
    assert CalibrationError().value(answers) == 1.0


def test_without_any_weight_it_is_not_defined():
    answers = ClassAnswers(np.array([0]), np.array([0]), np.array([[0.9, 0.1]]), ["a", "b"])
    assert math.isnan(CalibrationError().value(answers, np.zeros(1)))


def test_less_is_better():
    assert not CalibrationError.higher_is_better
