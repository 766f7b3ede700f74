import pytest
from hypothesis import given
from sklearn.metrics import mean_absolute_error

from luthier.scoring.answers import NumberAnswers
from luthier.scoring.metrics.mean_absolute_error import MeanAbsoluteError
from tests.unit.scoring.random_answers import weighted


@given(weighted(NumberAnswers))
def test_it_is_scikit_learns(case):
    answers, weights = case
    expected = mean_absolute_error(answers.references, answers.predictions, sample_weight=weights)
    assert MeanAbsoluteError().value(answers, weights) == pytest.approx(expected)
