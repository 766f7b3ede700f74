import math

import numpy as np
import pytest
from hypothesis import assume, given
from scipy.stats import pearsonr

from luthier.scoring.answers import NumberAnswers
from luthier.scoring.metrics.pearson import Pearson
from tests.unit.scoring.random_answers import counted, repeated


def defined(answers):
    return min(np.ptp(answers.references), np.ptp(answers.predictions)) > 0


@given(counted(NumberAnswers))
def test_it_is_scipys_of_the_rows_written_out(case):
    answers, times = case
    resampled = repeated(answers, times)
    assume(defined(resampled))
    expected = pearsonr(resampled.references, resampled.predictions).statistic
    assert Pearson().value(answers, times) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("columns", [([1, 1, 1], [1, 2, 3]), ([1, 2, 3], 3 * [0.1]), ([1], [2])])
def test_it_is_not_defined_where_one_side_never_changes(columns):
    answers = NumberAnswers(*(np.array(column, float) for column in columns))
    assert math.isnan(Pearson().value(answers))


def test_it_is_not_defined_where_only_one_row_has_weight():
    answers = NumberAnswers(np.array([0.3, 0.7, 1.1]), np.array([0.2, 0.5, 0.9]))
    assert math.isnan(Pearson().value(answers, np.array([0.0, 0.0, 3.0])))


def test_a_large_mean_costs_no_digits():
    generator = np.random.default_rng(0)
    references = generator.normal(1e8, 1, 500)
    answers = NumberAnswers(references, references + generator.normal(0, 1, 500))
    expected = pearsonr(references, answers.predictions).statistic
    assert Pearson().value(answers) == pytest.approx(expected, abs=1e-9)
