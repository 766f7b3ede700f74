import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.registry import Menu
from luthier.evaluation import bootstrap
from luthier.evaluation.bootstrap import (
    Interval,
    affordable,
    intervals,
    percentile_interval,
    resampled,
)
from luthier.scoring.answers import ClassAnswers, LabelSetAnswers, TextAnswers
from luthier.scoring.standard import label_set_metrics, metrics_of, standard_metrics
from tests.unit.scoring.random_answers import OF_KIND, answers

METRICS = Menu("luthier.scoring.metrics")


def simulated(generator, rows=300):
    """Two classes of equal share; the score of class 1 is normal about 0 or 1."""
    references = generator.integers(0, 2, rows)
    scores = generator.normal(references.astype(float))
    positive = 1 / (1 + np.exp(0.5 - scores))
    probabilities = np.stack([1 - positive, positive], axis=1)
    return ClassAnswers(references, (scores > 0.5).astype(int), probabilities, ["a", "b"])


# P(score > 1/2 | class 1) = Phi(1/2); AUC = Phi(1 / sqrt 2).
@pytest.mark.parametrize(
    ("name", "truth"), [("accuracy", 0.691462), ("f1", 0.691462), ("roc_auc", 0.760250)]
)
def test_the_interval_covers_the_truth_in_about_95_of_100_repetitions(name, truth):
    generator = np.random.default_rng(7)
    metric = METRICS.build(name)
    covered = 0
    for repetition in range(500):
        found = simulated(generator)
        interval = intervals([metric], found, seed=repetition, replicates=200)[name]
        covered += interval.low <= truth <= interval.high
    assert 0.92 <= covered / 500 <= 0.97


@settings(max_examples=30)
@given(answers())
def test_the_value_lies_in_its_interval(found):
    measured = intervals(standard_metrics(len(found.labels)), found, seed=1, replicates=20)
    for interval in measured.values():
        assert math.isnan(interval.value) or interval.low <= interval.value <= interval.high


def test_the_same_seed_gives_the_same_intervals():
    found = simulated(np.random.default_rng(0))
    once, again = (intervals(standard_metrics(2), found, seed=5, replicates=50) for _ in range(2))
    assert once == again


def test_another_seed_gives_other_intervals():
    found = simulated(np.random.default_rng(0))
    once, other = (
        intervals(standard_metrics(2), found, seed=seed, replicates=50) for seed in (5, 6)
    )
    assert once["f1"] != other["f1"]


def test_the_intervals_do_not_depend_on_the_size_of_a_chunk(monkeypatch):
    found = simulated(np.random.default_rng(0))
    whole = intervals(standard_metrics(2), found, seed=5, replicates=50)
    monkeypatch.setattr(bootstrap, "_CHUNK_ELEMENTS", 1)
    assert intervals(standard_metrics(2), found, seed=5, replicates=50) == whole


def test_a_metric_has_the_same_interval_alone_as_among_others():
    found = simulated(np.random.default_rng(0))
    among = intervals(standard_metrics(2), found, seed=5, replicates=50)
    for metric in standard_metrics(2):
        alone = intervals([metric], found, seed=5, replicates=50)
        assert alone[metric.name()] == among[metric.name()]


def test_a_single_row_has_an_interval_of_one_point():
    found = ClassAnswers(np.array([1]), np.array([1]), np.array([[0.2, 0.8]]), ["a", "b"])
    interval = intervals([METRICS.build("accuracy")], found, seed=1, replicates=10)["accuracy"]
    assert interval == Interval(1.0, 1.0, 1.0, 10)


def test_no_row_is_our_own_fault():
    nothing = ClassAnswers(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 2)), ["a", "b"])
    with pytest.raises(AssertionError, match="no row"):
        intervals(standard_metrics(2), nothing, seed=1)


def test_the_weights_count_as_many_draws_as_there_are_rows():
    found = simulated(np.random.default_rng(0), rows=30)
    weights = np.concatenate(list(resampled(found, 1, 40)))
    assert weights.shape == (40, 30)
    assert (weights.sum(axis=1) == 30).all()


def test_very_many_rows_and_classes_get_fewer_replicates_and_say_so(monkeypatch):
    monkeypatch.setattr(bootstrap, "MAX_VISITS", 100 * 300)
    monkeypatch.setattr(bootstrap, "MIN_REPLICATES", 10)
    found = simulated(np.random.default_rng(0), rows=300)
    measured = intervals(standard_metrics(2), found, seed=1)
    assert {name: interval.replicates for name, interval in measured.items()} == {
        **dict.fromkeys(("accuracy", "precision", "recall", "f1"), 100),
        **dict.fromkeys(("f1_macro", "f1_micro", "f1_weighted"), 100),
        **dict.fromkeys(("roc_auc", "calibration_error"), 50),
    }


def test_however_many_the_rows_some_replicates_are_drawn(monkeypatch):
    monkeypatch.setattr(bootstrap, "MAX_VISITS", 1)
    found = simulated(np.random.default_rng(0))
    assert affordable(METRICS.build("accuracy"), found, 1000) == bootstrap.MIN_REPLICATES


def test_replicates_that_are_not_defined_are_left_out():
    interval = percentile_interval(0.5, np.array([0.4, math.nan, 0.6]), 0.95)
    assert interval.replicates == 2
    assert interval.low == pytest.approx(0.405)


def test_the_interval_is_widened_to_hold_the_value():
    assert percentile_interval(0.1, np.array([0.2, 0.3]), 0.95).low == 0.1


def test_what_is_not_defined_is_null_in_the_record():
    assert percentile_interval(math.nan, np.array([0.2]), 0.95).record() == {
        "value": None,
        "low": None,
        "high": None,
    }


def test_what_no_number_holds_is_null_in_the_record():
    assert percentile_interval(math.inf, np.array([0.2]), 0.95).record()["value"] is None


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("label_sets", [{"f1": {"average": "macro"}}, "subset_accuracy"]),
        ("numbers", ["pearson", "spearman", "mean_absolute_error"]),
        ("tags", ["span_f1", "token_accuracy"]),
        ("texts", ["bleu", "rouge", "squad_f1", "perplexity"]),
    ],
)
@settings(max_examples=10)
@given(data=st.data())
def test_answers_of_any_kind_have_intervals(kind, names, data):
    strategy = next(make for found, make in OF_KIND.items() if found.kind == kind)
    metrics = metrics_of(names)
    measured = intervals(metrics, data.draw(strategy()), seed=1, replicates=20)
    assert list(measured) == [metric.name() for metric in metrics]
    for interval in measured.values():
        assert math.isnan(interval.value) or interval.low <= interval.value <= interval.high


def test_metrics_that_share_a_pass_over_label_sets_have_the_same_intervals_alone():
    sets = np.random.default_rng(0).random((2, 40, 3)) < 0.5
    found = LabelSetAnswers(sets[0], sets[1], None, list("abc"))
    among = intervals(label_set_metrics(), found, seed=5, replicates=50)
    for metric in label_set_metrics():
        assert intervals([metric], found, seed=5, replicates=50)[metric.name()] == pytest.approx(
            among[metric.name()]
        )


def test_groups_are_drawn_whole():
    found = simulated(np.random.default_rng(0), rows=6)
    groups = np.array([7, 7, 3, 3, 3, 9])
    weights = np.concatenate(list(resampled(found, 1, 200, groups)))
    assert np.array_equal(weights[:, 0], weights[:, 1])
    assert np.array_equal(weights[:, 2], weights[:, 4])
    assert (weights[:, [0, 2, 5]].sum(axis=1) == 3).all()
    assert weights[:, [0, 2, 5]].mean(axis=0) == pytest.approx(np.ones(3), abs=0.2)


def test_groups_of_one_row_each_are_rows():
    found = simulated(np.random.default_rng(0), rows=30)
    alone, grouped = (
        np.concatenate(list(resampled(found, 1, 10, groups)))
        for groups in (None, np.arange(30)[::-1])
    )
    assert np.array_equal(alone, grouped[:, ::-1])


def test_with_groups_the_interval_covers_the_truth_in_about_95_of_100_repetitions():
    generator = np.random.default_rng(7)
    metric = METRICS.build("exact_match")
    groups = np.repeat(np.arange(60), 5)
    covered = dict.fromkeys((True, False), 0)
    for repetition in range(300):
        # A paragraph is easy or hard, and with it all of its questions.
        easy = generator.choice([0.3, 0.9], 60).repeat(5)
        predictions = np.where(generator.random(300) < easy, "yes", "no").tolist()
        found = TextAnswers([["yes"]] * 300, predictions)
        for grouped in covered:
            interval = intervals(
                [metric],
                found,
                seed=repetition,
                replicates=200,
                groups=groups if grouped else None,
            )["exact_match"]
            covered[grouped] += interval.low <= 0.6 <= interval.high
    assert 0.91 <= covered[True] / 300 <= 0.98
    assert covered[False] / 300 < 0.9
