import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import accuracy_score

from luthier.scoring.answers import LabelSetAnswers
from luthier.scoring.metrics.subset_accuracy import SubsetAccuracy
from tests.unit.scoring.random_answers import weighted


@given(weighted(LabelSetAnswers))
def test_it_is_scikit_learns_accuracy_of_label_sets(case):
    answers, weights = case
    expected = accuracy_score(answers.references, answers.predictions, sample_weight=weights)
    assert SubsetAccuracy().value(answers, weights) == pytest.approx(expected)


def test_one_wrong_label_makes_the_row_wrong():
    references = np.array([[True, False], [True, True], [False, False]])
    predictions = np.array([[True, False], [True, False], [False, False]])
    answers = LabelSetAnswers(references, predictions, None, ["a", "b"])
    assert SubsetAccuracy().right(answers).tolist() == [True, False, True]
