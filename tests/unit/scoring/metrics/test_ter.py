import pytest

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.ter import Ter


def test_one_of_four_words_to_replace_is_25():
    assert Ter().value(TextAnswers([["a b c d"]], ["a b c x"])) == pytest.approx(25)


def test_a_text_that_is_far_too_long_costs_more_than_100():
    assert Ter().value(TextAnswers([["a"]], ["b c d"])) == pytest.approx(300)
