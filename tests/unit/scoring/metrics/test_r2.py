import math

import numpy as np
import pytest
from hypothesis import assume, given
from sklearn.metrics import r2_score

from luthier.scoring.answers import NumberAnswers
from luthier.scoring.metrics.r2 import R2
from tests.unit.scoring.random_answers import weighted


@given(weighted(NumberAnswers))
def test_it_is_scikit_learns(case):
    answers, weights = case
    assume(np.ptp(answers.references) > 0)
    expected = r2_score(answers.references, answers.predictions, sample_weight=weights)
    assert R2().value(answers, weights) == pytest.approx(expected, abs=1e-9)


def test_it_is_not_defined_where_all_references_are_equal():
    answers = NumberAnswers(np.full(3, 0.1), np.array([0.1, 0.2, 0.3]))
    assert math.isnan(R2().value(answers))


def test_a_large_mean_costs_no_digits():
    generator = np.random.default_rng(0)
    references = generator.normal(1e6, 1, 200)
    answers = NumberAnswers(references, references + generator.normal(0, 0.5, 200))
    expected = r2_score(references, answers.predictions)
    assert R2().value(answers) == pytest.approx(expected, rel=1e-9)
