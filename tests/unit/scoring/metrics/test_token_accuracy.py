import math

import numpy as np
import pytest
from hypothesis import assume, given
from seqeval.metrics import accuracy_score

from luthier.scoring.answers import TagAnswers, TextAnswers
from luthier.scoring.metrics.token_accuracy import TokenAccuracy
from tests.unit.scoring.random_answers import tags


@given(tags())
def test_of_tags_it_is_seqevals(answers):
    assume(any(answers.references))
    expected = accuracy_score(answers.references, answers.predictions)
    assert TokenAccuracy().value(answers) == pytest.approx(expected)


def test_of_texts_every_token_counts_alike():
    numbers = {"right": np.array([1.0, 9.0]), "tokens": np.array([1.0, 19.0])}
    assert TokenAccuracy().value(TextAnswers([["a"], ["b"]], ["a", "b"], numbers)) == 0.5


def test_without_any_token_it_is_not_defined():
    assert math.isnan(TokenAccuracy().value(TagAnswers([[]], [[]], [])))
