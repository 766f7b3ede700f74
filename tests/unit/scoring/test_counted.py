import math

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.metrics import f1_score, precision_score, recall_score

from luthier.core.errors import UserError
from luthier.scoring import confusion
from luthier.scoring.answers import ClassAnswers, LabelSetAnswers
from luthier.scoring.metrics.f1 import F1
from luthier.scoring.metrics.precision import Precision
from luthier.scoring.metrics.recall import Recall
from tests.unit.scoring.random_answers import counted, repeated, weighted

each_metric = pytest.mark.parametrize(
    ("metric", "scikit_learn"),
    [(Precision, precision_score), (Recall, recall_score), (F1, f1_score)],
)
each_average = pytest.mark.parametrize("average", ["macro", "micro", "weighted"])


@each_metric
@each_average
@given(case=weighted())
def test_each_average_is_scikit_learns_with_sample_weights(metric, scikit_learn, average, case):
    answers, weights = case
    expected = scikit_learn(
        answers.references,
        answers.predictions,
        average=average,
        sample_weight=weights,
        zero_division=0,
    )
    value = metric(average=average).value(answers, weights)
    assert value == pytest.approx(expected, abs=1e-12)


@each_metric
@given(case=weighted(most=2))
def test_the_binary_one_is_scikit_learns_of_the_positive_class(metric, scikit_learn, case):
    answers, weights = case
    expected = scikit_learn(
        answers.references == answers.positive,
        answers.predictions == answers.positive,
        sample_weight=weights,
        zero_division=0,
    )
    assert metric().value(answers, weights) == pytest.approx(expected, abs=1e-12)


@each_metric
@each_average
@given(case=counted())
def test_a_row_of_weight_0_is_as_if_it_were_not_there(metric, scikit_learn, average, case):
    answers, times = case
    resampled = repeated(answers, times)
    expected = scikit_learn(
        resampled.references, resampled.predictions, average=average, zero_division=0
    )
    value = metric(average=average).value(answers, times)
    assert value == pytest.approx(expected, abs=1e-12)


@each_metric
@each_average
def test_without_any_weight_it_is_not_defined(metric, scikit_learn, average):
    answers = ClassAnswers(np.array([0, 1]), np.array([0, 1]), None, ["a", "b"])
    assert math.isnan(metric(average=average).value(answers, np.zeros(2)))


@each_metric
def test_binary_is_refused_for_three_classes_with_the_remedy(metric, scikit_learn):
    answers = ClassAnswers(np.array([0, 1, 2]), np.array([0, 1, 2]), None, ["a", "b", "c"])
    with pytest.raises(UserError, match=r"the data has 3\. Choose `average: macro`"):
        metric().value(answers)


@each_metric
@each_average
@settings(max_examples=30)
@given(case=weighted(LabelSetAnswers))
def test_each_average_of_label_sets_is_scikit_learns(metric, scikit_learn, average, case):
    answers, weights = case
    # Of a single label scikit-learn takes the column for two classes.
    one = answers.width == 1
    expected = scikit_learn(
        answers.references[:, 0] if one else answers.references,
        answers.predictions[:, 0] if one else answers.predictions,
        average="binary" if one else average,
        sample_weight=weights,
        zero_division=0,
    )
    value = metric(average=average).value(answers, weights)
    assert value == pytest.approx(expected, abs=1e-12)


@each_metric
def test_macro_over_label_sets_counts_a_label_that_is_nowhere(metric, scikit_learn):
    sets = np.array([[True, False], [True, False]])
    answers = LabelSetAnswers(sets, sets, None, ["a", "b"])
    assert metric(average="macro").value(answers) == 0.5


@each_metric
def test_binary_is_refused_for_label_sets_with_the_remedy(metric, scikit_learn):
    sets = np.array([[True, False], [True, False]])
    answers = LabelSetAnswers(sets, sets, None, ["a", "b"])
    with pytest.raises(UserError, match=r"any number of labels a row\. Choose `average: macro`"):
        metric().value(answers)


def test_very_many_label_sets_are_added_up_in_blocks(monkeypatch):
    sets = np.random.default_rng(0).random((2, 50, 3)) < 0.5
    answers = LabelSetAnswers(sets[0], sets[1], None, list("abc"))
    weights = np.random.default_rng(1).random((4, 50))
    whole = F1(average="macro").replicates(answers, weights)
    monkeypatch.setattr(confusion, "_BLOCK_ELEMENTS", 20)
    np.testing.assert_allclose(F1(average="macro").replicates(answers, weights), whole)
