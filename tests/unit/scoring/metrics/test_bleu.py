import pytest

from luthier.scoring.answers import TextAnswers
from luthier.scoring.metrics.bleu import Bleu


def test_half_of_the_words_are_punished_for_brevity():
    answers = TextAnswers([["a b c d e f g h"]], ["a b c d"])
    assert Bleu().value(answers) == pytest.approx(100 * 2.718281828459045**-1)


def test_case_counts_unless_told_otherwise():
    answers = TextAnswers([["a b c d"]], ["A B C D"])
    assert (Bleu().value(answers), Bleu(lowercase=True).value(answers)) == (0, pytest.approx(100))
