import pytest
from hypothesis import given
from sklearn.metrics import hamming_loss

from luthier.scoring.answers import LabelSetAnswers
from luthier.scoring.metrics.hamming_loss import HammingLoss
from tests.unit.scoring.random_answers import weighted


@given(weighted(LabelSetAnswers))
def test_it_is_scikit_learns(case):
    answers, weights = case
    expected = hamming_loss(answers.references, answers.predictions, sample_weight=weights)
    assert HammingLoss().value(answers, weights) == pytest.approx(expected)
