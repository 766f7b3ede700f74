import numpy as np
import pytest

from luthier.scoring.moments import centred, spread


def test_values_lie_about_their_median_within_one():
    assert centred(np.array([10.0, 30.0, 14.0])).tolist() == [-0.25, 1, 0]


def test_equal_values_become_0():
    assert centred(np.full(3, 0.1)).tolist() == [0, 0, 0]


def test_the_spread_is_the_weighted_sum_of_squares_about_the_mean():
    values, weights = np.array([1.0, 2.0, 4.0]), np.array([[1.0, 2.0, 0.5]])
    found = spread(weights.sum(axis=1), weights @ values, weights @ values**2)
    mean = np.average(values, weights=weights[0])
    assert found == pytest.approx(weights[0] @ (values - mean) ** 2)


@pytest.mark.parametrize("times", [0, 1, 3])
def test_equal_values_have_no_spread(times):
    value, weight = 0.37, np.array([float(times)])
    assert np.isnan(spread(weight, weight * value, weight * value**2)).all()
