import pytest
from hypothesis import given
from sklearn.metrics import mean_squared_error

from luthier.scoring.answers import NumberAnswers
from luthier.scoring.metrics.mean_squared_error import MeanSquaredError
from tests.unit.scoring.random_answers import weighted


@given(weighted(NumberAnswers))
def test_it_is_scikit_learns(case):
    answers, weights = case
    expected = mean_squared_error(answers.references, answers.predictions, sample_weight=weights)
    assert MeanSquaredError().value(answers, weights) == pytest.approx(expected)
