import math

import numpy as np
import pytest

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.pass_at_k import PassAtK


def ran(samples, passed):
    numbers = {"samples": np.array(samples, float), "passed": np.array(passed, float)}
    return TextAnswers([[]] * len(samples), [""] * len(samples), numbers)


def test_it_is_the_mean_of_the_estimates():
    assert PassAtK(k=2).value(ran([4, 4], [1, 4])) == pytest.approx((0.5 + 1) / 2)


def test_a_row_with_fewer_programs_than_k_makes_it_undefined():
    assert math.isnan(PassAtK(k=2).value(ran([4, 1], [1, 1])))


def test_one_program_each_is_right_or_wrong():
    assert PassAtK().right(ran([1, 1], [1, 0])).tolist() == [True, False]


def test_several_programs_each_are_neither():
    assert PassAtK().right(ran([1, 2], [1, 1])) is None


def test_its_name_tells_k():
    assert PassAtK(k=10).name() == "pass_at_10"
