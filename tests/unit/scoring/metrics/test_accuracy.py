import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import accuracy_score

from luthier.scoring.answers import ClassAnswers
from luthier.scoring.metrics.accuracy import Accuracy
from tests.unit.scoring.random_answers import weighted


@given(weighted())
def test_it_is_scikit_learns_accuracy_with_sample_weights(case):
    answers, weights = case
    expected = accuracy_score(answers.references, answers.predictions, sample_weight=weights)
    assert Accuracy().value(answers, weights) == pytest.approx(expected, abs=1e-12)


@given(weighted())
def test_without_weights_every_row_counts_once(case):
    answers, _ = case
    expected = accuracy_score(answers.references, answers.predictions)
    assert Accuracy().value(answers) == pytest.approx(expected, abs=1e-12)


def test_without_any_weight_it_is_not_defined():
    answers = ClassAnswers(np.array([0, 1]), np.array([0, 1]), None, ["a", "b"])
    assert math.isnan(Accuracy().value(answers, np.zeros(2)))
