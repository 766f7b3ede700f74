import numpy as np
import pytest

from luthier.scoring.answers import ClassAnswers
from luthier.scoring.metrics.precision import Precision


def test_it_is_the_share_of_the_rows_answered_with_the_class_that_are_of_it():
    references, predictions = np.array([1, 1, 0, 0, 0, 0]), np.array([1, 0, 1, 1, 1, 0])
    answers = ClassAnswers(references, predictions, None, ["ham", "spam"])
    assert Precision().value(answers) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("average", "name"),
    [("binary", "precision"), ("macro", "precision_macro"), ("weighted", "precision_weighted")],
)
def test_its_name_tells_the_average(average, name):
    assert Precision(average=average).name() == name
