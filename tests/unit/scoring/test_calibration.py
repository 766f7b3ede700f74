import numpy as np
import pytest

from luthier.scoring.answers import ClassAnswers
from luthier.scoring.calibration import bin_edges, bin_numbers, confidences


def test_the_confidence_is_that_of_the_answer_even_if_another_class_has_more():
    probabilities = np.array([[0.3, 0.7], [0.6, 0.4]])
    answers = ClassAnswers(np.array([0, 0]), np.array([0, 0]), probabilities, ["a", "b"])
    assert confidences(answers).tolist() == [0.3, 0.6]


@pytest.mark.parametrize(("confidence", "number"), [(0.0, 0), (0.2, 0), (0.21, 1), (1.0, 4)])
def test_a_bin_holds_its_upper_end_and_the_first_one_0_as_well(confidence, number):
    assert bin_numbers(np.array([confidence]), 5).tolist() == [number]


def test_the_bins_have_equal_width_from_0_to_1():
    np.testing.assert_allclose(bin_edges(4), [0, 0.25, 0.5, 0.75, 1])
