"""What every metric on the menu must keep to."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.registry import Menu
from luthier.scoring.metric import Answers, Metric
from tests.unit.scoring.random_answers import answers, counted, repeated

MENU = Menu("luthier.scoring.metrics")
AVERAGED = ("precision", "recall", "f1")
CHOICES = [
    *(name for name in MENU.names() if name not in AVERAGED),
    *({name: {"average": average}} for name in AVERAGED for average in ("macro", "weighted")),
]
METRICS = [MENU.build(choice) for choice in CHOICES]
each_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name())


def test_the_suite_found_the_whole_menu():
    assert MENU.names() == [
        *("accuracy", "calibration_error", "f1", "precision", "recall", "roc_auc")
    ]


@pytest.mark.parametrize("name", MENU.names())
def test_it_is_documented_in_one_sentence(name):
    assert MENU.summary(name).endswith(".")


def test_no_two_share_a_name():
    names = [MENU.build(choice).name() for choice in CHOICES]
    assert len(set(names)) == len(names)


@each_metric
@given(found=answers())
def test_it_lies_between_0_and_1_or_is_not_defined(metric: Metric, found):
    value = metric.value(found)
    assert math.isnan(value) or -1e-12 <= value <= 1 + 1e-12


@each_metric
@given(found=answers(complete=True), seed=st.integers(0, 99))
def test_the_replicates_are_the_values_one_by_one(metric: Metric, found, seed):
    weights = np.random.default_rng(seed).integers(0, 4, (3, len(found))).astype(float)
    expected = [metric.value(found, row) for row in weights]
    replicates = metric.replicates(found, weights)
    assert replicates.shape == (3,)
    np.testing.assert_allclose(replicates, expected, atol=1e-12)


@each_metric
@given(case=counted())
def test_a_weight_counts_how_often_a_row_is_there(metric: Metric, case):
    found, times = case
    expected = metric.value(repeated(found, times))
    assert metric.value(found, times) == pytest.approx(expected, abs=1e-12, nan_ok=True)


@each_metric
@given(found=answers(), seed=st.integers(0, 99))
def test_the_order_of_the_rows_does_not_matter(metric: Metric, found, seed):
    order = np.random.default_rng(seed).permutation(len(found))
    shuffled = Answers(
        found.references[order],
        found.predictions[order],
        found.probabilities[order],
        found.labels,
        found.positive,
    )
    expected = metric.value(found)
    assert metric.value(shuffled) == pytest.approx(expected, abs=1e-12, nan_ok=True)


@each_metric
@given(num_labels=st.integers(2, 5), times=st.integers(1, 4))
@settings(max_examples=20)
def test_being_right_and_sure_every_time_is_best(metric: Metric, num_labels, times):
    references = np.tile(np.arange(num_labels), times)
    labels = [str(i) for i in range(num_labels)]
    found = Answers(references, references, np.eye(num_labels)[references], labels)
    assert metric.value(found) == pytest.approx(1 if metric.higher_is_better else 0)


@each_metric
def test_rows_without_any_weight_give_no_number(metric: Metric):
    references = np.array([0, 1, 2])
    found = Answers(references, references, np.eye(3), ["a", "b", "c"])
    assert math.isnan(metric.value(found, np.zeros(3)))
