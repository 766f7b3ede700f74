"""What every metric on the menu must keep to, for every kind of answers that it judges."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.registry import Menu
from luthier.scoring.answers import (
    KINDS,
    ClassAnswers,
    LabelSetAnswers,
    NumberAnswers,
    TagAnswers,
    TextAnswers,
)
from luthier.scoring.metric import Metric
from tests.unit.scoring.random_answers import OF_KIND, counted, repeated, taken

MENU = Menu("luthier.scoring.metrics")
NAMES = [
    *("accuracy", "bleu", "calibration_error", "chrf", "exact_match", "f1", "hamming_loss"),
    *("mean_absolute_error", "mean_squared_error", "pass_at_k", "pearson", "perplexity"),
    *("precision", "r2", "recall", "relation_f1", "reward", "roc_auc", "rouge", "span_f1"),
    *("span_precision", "span_recall", "spearman", "squad_f1", "subset_accuracy", "ter"),
    "token_accuracy",
]
AVERAGES = [{"average": average} for average in ("macro", "micro", "weighted")]
OF_SPANS = [{}, {"average": "macro"}, {"type": "place"}, {"strict": True}]
OPTIONS: dict[str, list[Any]] = {
    **{name: AVERAGES for name in ("precision", "recall", "f1")},
    **{f"span_{name}": OF_SPANS for name in ("precision", "recall", "f1")},
    "rouge": [{"kind": kind} for kind in ("rouge1", "rouge2", "rougeL")],
    "pass_at_k": [{"k": 1}, {"k": 2}],
}
METRICS: list[Metric[Any]] = [
    MENU.build({name: options}) for name in MENU.names() for options in OPTIONS.get(name, [{}])
]
JUDGED = [(metric, kind) for metric in METRICS for kind in metric.judges]
each_judged = pytest.mark.parametrize(
    ("metric", "kind"),
    JUDGED,
    ids=[f"{metric.name()}-{kind.kind}" for metric, kind in JUDGED],
)
few = settings(max_examples=8)
TOLERANCE = 1e-9


def test_the_suite_found_the_whole_menu():
    assert MENU.names() == NAMES


def test_every_kind_of_answers_is_judged_and_no_pair_is_forgotten():
    assert {kind for _, kind in JUDGED} == set(KINDS.values())
    assert len(JUDGED) == len(METRICS) + 9 + 1  # three averages of three on two kinds; tokens


@pytest.mark.parametrize("name", MENU.names())
def test_it_is_documented_in_one_sentence(name):
    assert MENU.summary(name).endswith(".")


def test_no_two_share_a_name():
    names = [metric.name() for metric in METRICS]
    assert len(set(names)) == len(names)


@each_judged
@few
@given(data=st.data())
def test_it_is_a_number_of_its_unit_or_not_defined(metric, kind, data):
    value = metric.value(data.draw(OF_KIND[kind]()))
    low, high = {"share": (0, 1), "points": (0, math.inf)}.get(metric.unit, (-math.inf, math.inf))
    assert math.isnan(value) or low - TOLERANCE <= value <= high + TOLERANCE


@each_judged
@few
@given(data=st.data(), seed=st.integers(0, 99))
def test_the_replicates_are_the_values_one_by_one(metric, kind, data, seed):
    found = data.draw(OF_KIND[kind]())
    weights = np.random.default_rng(seed).integers(0, 4, (3, len(found))).astype(float)
    expected = [metric.value(found, row) for row in weights]
    replicates = metric.replicates(found, weights)
    assert replicates.shape == (3,)
    np.testing.assert_allclose(replicates, expected, atol=TOLERANCE)


@each_judged
@few
@given(data=st.data())
def test_a_weight_counts_how_often_a_row_is_there(metric, kind, data):
    found, times = data.draw(counted(kind))
    expected = metric.value(repeated(found, times))
    assert metric.value(found, times) == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


@each_judged
@few
@given(data=st.data(), seed=st.integers(0, 99))
def test_the_order_of_the_rows_does_not_matter(metric, kind, data, seed):
    found = data.draw(OF_KIND[kind]())
    shuffled = taken(found, np.random.default_rng(seed).permutation(len(found)))
    expected = metric.value(found)
    assert metric.value(shuffled) == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


@each_judged
@few
@given(data=st.data())
def test_the_share_of_the_right_rows_is_the_metric_if_it_tells_them(metric, kind, data):
    found = data.draw(OF_KIND[kind]())
    right = metric.right(found)
    assert right is None or metric.value(found) == pytest.approx(right.mean())


def perfect(kind):
    """Answers that are all right, and sure of it."""
    if kind is ClassAnswers:
        references = np.array([0, 1, 2, 1])
        return ClassAnswers(references, references, np.eye(3)[references], ["a", "b", "c"])
    if kind is LabelSetAnswers:
        references = np.array([[True, False], [True, True], [False, False]])
        return LabelSetAnswers(references, references, references.astype(float), ["a", "b"])
    if kind is NumberAnswers:
        references = np.array([0.5, -1.0, 3.0, 3.0])
        return NumberAnswers(references, references)
    if kind is TagAnswers:
        references = [["B-person", "I-person", "O"], ["O", "B-place"]]
        return TagAnswers(references, references, ["person", "place"])
    references = ["the cat sat on a mat", "and then it slept there"]
    ones, numbers = np.ones(2), ("tokens", "right", "samples", "passed", "reward")
    return TextAnswers(
        [[reference, "another"] for reference in references],
        references,
        {**{name: 5 * ones for name in numbers}, "nll": 0 * ones},
    )


@each_judged
def test_being_right_and_sure_every_time_is_best(metric, kind):
    best = {"perplexity": 1, "reward": 5}.get(metric.name(), 0 + metric.higher_is_better)
    scale = 100 if metric.unit == "points" else 1
    assert metric.value(perfect(kind)) == pytest.approx(scale * best)


@each_judged
def test_rows_without_any_weight_give_no_number(metric, kind):
    found = perfect(kind)
    assert math.isnan(metric.value(found, np.zeros(len(found))))


@pytest.mark.parametrize(
    "metric", [one for one in METRICS if TextAnswers in one.judges], ids=lambda one: one.name()
)
def test_texts_of_which_nothing_else_is_known_are_no_reason_to_fail(metric):
    needy = ("pass_at_1", "pass_at_2", "perplexity", "reward", "token_accuracy")
    value = metric.value(TextAnswers([["a"]], ["b"]))
    assert math.isnan(value) == (metric.name() in needy)


@each_judged
def test_only_sacrebleus_have_a_signature(metric, kind):
    assert (metric.signature(perfect(kind)) is not None) == (metric.unit == "points")
