import numpy as np
import pytest

from luthier.scoring.answers import ClassAnswers
from luthier.scoring.metrics.recall import Recall


def test_it_is_the_share_of_the_rows_of_the_class_that_were_found():
    references, predictions = np.array([1, 1, 0, 0, 0, 0]), np.array([1, 0, 1, 1, 1, 0])
    answers = ClassAnswers(references, predictions, None, ["ham", "spam"])
    assert Recall().value(answers) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("average", "name"),
    [("binary", "recall"), ("macro", "recall_macro"), ("weighted", "recall_weighted")],
)
def test_its_name_tells_the_average(average, name):
    assert Recall(average=average).name() == name
