import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from luthier.core.errors import UserError
from luthier.scoring.answers import ClassAnswers
from luthier.scoring.metrics.f1 import F1
from luthier.scoring.metrics.relation_f1 import RelationF1
from tests.unit.scoring.random_answers import answers, weighted


def positives(found: ClassAnswers) -> list[int]:
    """The classes but the first, as far as any row is of them or was answered with them."""
    seen = np.union1d(found.references, found.predictions)
    return [number for number in seen.tolist() if number != 0]


@given(case=weighted(), average=st.sampled_from(["micro", "macro", "weighted"]))
def test_it_is_scikit_learns_f1_over_the_other_classes(case, average):
    found, weights = case
    labels = positives(found)
    assume(labels)
    expected = f1_score(
        found.references,
        found.predictions,
        labels=labels,
        average=average,
        sample_weight=weights,
        zero_division=0,
    )
    metric = RelationF1(negative=found.labels[0], average=average)
    assert metric.value(found, weights) == pytest.approx(expected)


@given(found=answers())
def test_without_a_class_to_leave_out_it_is_plain_f1(found):
    assert RelationF1().value(found) == F1(average="micro").value(found)


def test_a_class_that_there_is_not_gets_the_nearest():
    found = ClassAnswers(np.array([0]), np.array([0]), None, ["none", "some"])
    with pytest.raises(UserError, match="Did you mean `none`"):
        RelationF1(negative="non").value(found)


def test_its_name_tells_the_average():
    assert RelationF1(average="micro").name() == "relation_f1"
    assert RelationF1(average="macro").name() == "relation_f1_macro"
