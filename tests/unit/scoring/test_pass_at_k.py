import math
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.scoring.pass_at_k import pass_at_k


@given(st.integers(1, 60), st.data())
def test_it_is_the_share_of_draws_with_a_program_that_passes(n, data):
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    assert pass_at_k(n, c, k) == pytest.approx(1 - comb(n - c, k) / comb(n, k))


def test_it_is_given_for_many_tasks_at_once():
    np.testing.assert_allclose(pass_at_k([10, 10, 10], [0, 5, 10], 1), [0, 0.5, 1])


def test_fewer_programs_than_k_say_nothing():
    assert math.isnan(pass_at_k(3, 3, 4))


def test_many_programs_overflow_nothing():
    assert pass_at_k(100_000, 1, 1000) == pytest.approx(0.01)
