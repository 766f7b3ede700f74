import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from luthier.core.registry import Menu
from luthier.evaluation.significance import compare, holm, mcnemar, shift_test
from luthier.scoring.answers import ClassAnswers, NumberAnswers, TextAnswers

METRICS = Menu("luthier.scoring.metrics")


def answered(references, is_right, labels=("a", "b")):
    return ClassAnswers(references, np.where(is_right, references, 1 - references), None, labels)


def pair(only_ours, only_theirs, both, neither):
    """Two sides that are right on so many rows."""
    groups = [(1, 0, only_ours), (0, 1, only_theirs), (1, 1, both), (0, 0, neither)]
    ours = np.concatenate([np.full(times, us, bool) for us, _, times in groups])
    theirs = np.concatenate([np.full(times, them, bool) for _, them, times in groups])
    references = np.arange(len(ours)) % 2
    return answered(references, ours), answered(references, theirs)


def rights(*rows):
    """Which rows each side has right."""
    return tuple(side.references == side.predictions for side in pair(*rows))


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemars_p_value_is_the_exact_binomial_test(only_ours, only_theirs):
    trials = only_ours + only_theirs
    expected = binomtest(only_ours, trials).pvalue if trials else 1.0
    p_value = mcnemar(*rights(only_ours, only_theirs, 3, 2))
    assert p_value == pytest.approx(expected, rel=1e-9)


def test_mcnemars_p_value_is_exact_for_many_rows():
    expected = binomtest(20_300, 40_000).pvalue
    p_value = mcnemar(*rights(20_300, 19_700, 10, 10))
    assert p_value == pytest.approx(expected, rel=1e-6)


def test_accuracy_is_compared_by_mcnemar():
    ours, theirs = pair(30, 10, 100, 20)
    comparison = compare(METRICS.build("accuracy"), ours, theirs, seed=1)
    assert comparison.test == "McNemar"
    assert comparison.p_value == mcnemar(*rights(30, 10, 100, 20))


def test_any_other_metric_is_compared_by_the_paired_bootstrap():
    comparison = compare(METRICS.build("f1"), *pair(30, 10, 100, 20), seed=1, replicates=100)
    assert comparison.test == "paired bootstrap"


def test_the_difference_is_ours_minus_theirs_and_lies_in_its_interval():
    comparison = compare(METRICS.build("accuracy"), *pair(30, 10, 100, 20), seed=1)
    assert comparison.difference == pytest.approx(20 / 160)
    assert 0 < comparison.low < comparison.difference < comparison.high


def test_the_interval_is_that_of_a_paired_difference():
    comparison = compare(METRICS.build("accuracy"), *pair(30, 10, 100, 20), seed=1)
    deviation = math.sqrt(40 - 20**2 / 160) / 160
    assert comparison.high - comparison.low == pytest.approx(2 * 1.96 * deviation, rel=0.05)


@pytest.mark.parametrize("name", ["accuracy", "f1"])
def test_the_same_answers_do_not_differ(name):
    ours, _ = pair(30, 10, 100, 20)
    comparison = compare(METRICS.build(name), ours, ours, seed=1, replicates=100)
    assert (comparison.difference, comparison.low, comparison.high) == (0, 0, 0)
    assert comparison.p_value == 1


def test_the_same_seed_gives_the_same_comparison():
    once, again = (
        compare(METRICS.build("f1"), *pair(30, 10, 100, 20), seed=3, replicates=100)
        for _ in range(2)
    )
    assert once == again


def test_other_rows_cannot_be_compared():
    ours, theirs = pair(1, 1, 1, 1)
    other = ClassAnswers(1 - theirs.references, theirs.predictions, None, theirs.labels)
    with pytest.raises(AssertionError, match="not the same rows"):
        compare(METRICS.build("accuracy"), ours, other, seed=1)


def test_what_is_not_defined_has_no_p_value():
    references = np.zeros(4, int)
    side = ClassAnswers(references, references, np.full((4, 2), 0.5), ["a", "b"])
    comparison = compare(METRICS.build("roc_auc"), side, side, seed=1, replicates=10)
    assert comparison.record() == {
        "metric": "roc_auc",
        "test": "paired bootstrap",
        **dict.fromkeys(("difference", "low", "high", "p_value")),
        "higher_is_better": True,
        "unit": "share",
    }


@pytest.mark.parametrize(("name", "most"), [("accuracy", 0.05), ("f1", 0.07)])
def test_equally_good_sides_raise_no_more_false_alarms_than_the_level(name, most):
    generator = np.random.default_rng(11)
    metric = METRICS.build(name)
    alarms = 0
    for repetition in range(400):
        references = generator.integers(0, 2, 200)
        difficulty = generator.uniform(0.6, 1, 200)
        ours, theirs = (answered(references, generator.random(200) < difficulty) for _ in "ab")
        p_value = compare(metric, ours, theirs, seed=repetition, replicates=199).p_value
        alarms += p_value < 0.05
    assert alarms / 400 <= most


@pytest.mark.parametrize("name", ["accuracy", "f1"])
def test_a_gain_of_ten_points_is_found_on_500_rows(name):
    generator = np.random.default_rng(3)
    references = generator.integers(0, 2, 500)
    ours, theirs = (answered(references, generator.random(500) < p) for p in (0.9, 0.8))
    comparison = compare(METRICS.build(name), ours, theirs, seed=1, replicates=999)
    assert comparison.low > 0
    assert comparison.p_value < 0.01


def test_the_shift_test_counts_what_is_as_far_from_the_difference_as_that_is_from_0():
    replicates = np.array([0.0, 0.1, 0.2, 0.3, 0.5])
    assert shift_test(0.2, replicates) == pytest.approx((1 + 2) / 6)


def test_a_p_value_of_the_bootstrap_is_never_0():
    assert shift_test(0.5, np.full(99, 0.5)) == pytest.approx(0.01)


def test_holm_adjusts_as_in_a_worked_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p_values):
    adjusted = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
    ranked = [adjusted[i] for i in sorted(range(len(p_values)), key=p_values.__getitem__)]
    assert ranked == sorted(ranked)


def test_a_number_comes_with_its_unit_and_both_values():
    references = np.arange(30.0)
    ours, theirs = (NumberAnswers(references, references + off) for off in (1.0, 2.0))
    comparison = compare(METRICS.build("mean_squared_error"), ours, theirs, seed=1, replicates=50)
    assert (comparison.unit, comparison.ours, comparison.theirs) == ("number", 1, 4)
    assert (comparison.difference, comparison.higher_is_better) == (-3, False)
    assert comparison.test == "paired bootstrap"


def test_large_numbers_are_compared_up_to_rounding_as_well():
    references = np.arange(20.0)
    ours = NumberAnswers(references, references + 1e7 / 3)
    theirs = NumberAnswers(references, references)
    comparison = compare(METRICS.build("mean_squared_error"), ours, theirs, seed=1, replicates=99)
    assert comparison.p_value == pytest.approx(0.01)


def asked(rights):
    """Ten questions about each paragraph, all of them right or all wrong."""
    predictions = [word for right in rights for word in 10 * ["yes" if right else "no"]]
    return TextAnswers([["yes"]] * len(predictions), predictions)


def test_exact_match_is_compared_by_mcnemar():
    ours, theirs = asked([1, 1, 1]), asked([1, 0, 1])
    comparison = compare(METRICS.build("exact_match"), ours, theirs, seed=1, replicates=10)
    assert comparison.test == "McNemar"
    assert comparison.p_value == pytest.approx(2 / 2**10)


def test_rows_that_come_in_groups_are_no_such_strong_evidence():
    ours, theirs = asked([1, 1, 1, 0]), asked([1, 0, 1, 1])
    better = asked([1, 1, 1, 1])
    groups = np.repeat(np.arange(4), 10)
    metric = METRICS.build("exact_match")
    even = compare(metric, ours, theirs, seed=1, groups=groups)
    ahead = compare(metric, better, theirs, seed=1, groups=groups)
    assert (even.test, ahead.test) == ("paired bootstrap", "paired bootstrap")
    assert even.p_value > 0.5
    assert ahead.low == 0
    assert compare(metric, better, theirs, seed=1).low > 0


def test_groups_raise_no_more_false_alarms_than_the_level():
    generator = np.random.default_rng(5)
    metric, groups = METRICS.build("exact_match"), np.repeat(np.arange(50), 4)
    alarms = 0
    for repetition in range(300):
        ours, theirs = (
            TextAnswers([["yes"]] * 200, np.where(right.repeat(4), "yes", "no").tolist())
            for right in generator.random((2, 50)) < 0.7
        )
        found = compare(metric, ours, theirs, seed=repetition, replicates=199, groups=groups)
        alarms += found.p_value < 0.05
    assert alarms / 300 <= 0.08
