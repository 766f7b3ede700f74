import math

import numpy as np
import pytest
from hypothesis import assume, given
from scipy.stats import spearmanr

from luthier.scoring.answers import NumberAnswers
from luthier.scoring.metrics.spearman import Spearman
from tests.unit.scoring.metrics.test_pearson import defined
from tests.unit.scoring.random_answers import counted, numbers, repeated


@given(numbers())
def test_it_is_scipys_with_ties(answers):
    assume(defined(answers))
    expected = spearmanr(answers.references, answers.predictions).statistic
    assert Spearman().value(answers) == pytest.approx(expected, abs=1e-12)


@given(counted(NumberAnswers))
def test_the_ranks_are_those_among_the_rows_written_out(case):
    answers, times = case
    resampled = repeated(answers, times)
    assume(defined(resampled))
    expected = spearmanr(resampled.references, resampled.predictions).statistic
    assert Spearman().value(answers, times) == pytest.approx(expected, abs=1e-12)


def test_replicates_of_many_rows_are_scipys():
    generator = np.random.default_rng(0)
    references = generator.normal(size=300).round(1)
    answers = NumberAnswers(references, references + generator.normal(size=300))
    rows = generator.integers(0, 300, (5, 300))
    weights = np.array([np.bincount(row, minlength=300) for row in rows], float)
    expected = [spearmanr(references[row], answers.predictions[row]).statistic for row in rows]
    np.testing.assert_allclose(Spearman().replicates(answers, weights), expected, atol=1e-12)


@pytest.mark.parametrize("columns", [([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [0, 0, 0]), ([1], [2])])
def test_it_is_not_defined_where_one_side_never_changes(columns):
    answers = NumberAnswers(*(np.array(column, float) for column in columns))
    assert math.isnan(Spearman().value(answers))


def test_a_prediction_that_is_no_number_makes_it_undefined():
    answers = NumberAnswers(np.array([1.0, 2.0, 3.0]), np.array([1.0, math.nan, 3.0]))
    assert math.isnan(Spearman().value(answers))
