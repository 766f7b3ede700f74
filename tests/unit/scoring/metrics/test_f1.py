import numpy as np
import pytest

from luthier.scoring.answers import ClassAnswers
from luthier.scoring.metrics.f1 import F1


def test_it_is_the_harmonic_mean_of_precision_and_recall():
    references, predictions = np.array([1, 1, 0, 0, 0, 0]), np.array([1, 0, 1, 1, 1, 0])
    answers = ClassAnswers(references, predictions, None, ["ham", "spam"])
    assert F1().value(answers) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("average", "name"), [("binary", "f1"), ("macro", "f1_macro"), ("weighted", "f1_weighted")]
)
def test_its_name_tells_the_average(average, name):
    assert F1(average=average).name() == name
