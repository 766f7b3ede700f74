import math

import numpy as np
import pytest

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.perplexity import Perplexity


def known(nll, tokens):
    numbers = {"nll": np.array(nll), "tokens": np.array(tokens)}
    return TextAnswers([["a"]] * len(nll), ["b"] * len(nll), numbers)


def test_it_is_e_to_the_mean_loss_of_a_token_not_of_a_row():
    answers = known([2.0, 8.0], [1.0, 9.0])
    assert Perplexity().value(answers) == pytest.approx(math.e)


def test_a_guess_among_four_has_perplexity_four():
    assert Perplexity().value(known([3 * math.log(4)], [3.0])) == pytest.approx(4)


@pytest.mark.parametrize(("nll", "tokens"), [([0.0], [0.0]), ([1e4], [1.0]), ([math.inf], [1.0])])
def test_without_tokens_or_beyond_what_a_number_holds_it_is_not_defined(nll, tokens):
    assert math.isnan(Perplexity().value(known(nll, tokens)))
