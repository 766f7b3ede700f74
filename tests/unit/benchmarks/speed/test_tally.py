from typing import Any

import pytest

from benchmarks.speed.suites import Contender, Goal, Item
from benchmarks.speed.tally import (
    Spread,
    agreement,
    common_target,
    figures,
    quality_holds,
    ratio,
    seconds_to,
    tallied,
)


def run(name: str, seed: int, seconds: float, **more: Any) -> dict[str, Any]:
    metric = {"name": "accuracy", "higher_is_better": True, "value": 0.8, "low": 0.7, "high": 0.9}
    return {
        "contender": name,
        "seed": seed,
        "train_seconds": seconds,
        "process_seconds": seconds + 10,
        "peak_memory_bytes": 1000,
        "rows": 100,
        "tokens": 1000,
        "supervised_tokens": None,
        "flops": 2000.0,
        "metric": metric,
        "labels": None,
        "threads": 2,
        **more,
    }


def judged(value: float, *, higher_is_better: bool = True) -> dict[str, Any]:
    metric = {"value": value, "low": value - 1, "high": value + 1}
    return run("A", 1, 1.0, metric={**metric, "higher_is_better": higher_is_better})


def test_figures_are_medians_with_their_range() -> None:
    found = figures([run("A", 1, 1.0), run("A", 2, 2.0), run("A", 3, 4.0)], rate=10_000)
    assert found["rows_per_second"] == Spread(50, 25, 100)
    assert found["share_of_bf16_rate"] == Spread(0.1, 0.05, 0.2)
    assert found["supervised_tokens_per_second"] is None


def test_a_ratio_is_taken_seed_by_seed() -> None:
    ours, theirs = [run("A", 1, 1.0), run("A", 2, 4.0)], [run("B", 1, 3.0), run("B", 2, 8.0)]
    assert ratio(ours, theirs, "speed") == Spread(2.5, 2, 3)
    assert ratio(ours, theirs, "memory") == Spread(1, 1, 1)


@pytest.mark.parametrize(
    ("theirs", "higher_is_better", "holds"),
    [(5.9, True, True), (6.1, True, False), (4.1, False, True), (3.9, False, False)],
)
def test_quality_holds_unless_theirs_is_better_beyond_our_interval(
    theirs: float, higher_is_better: bool, holds: bool
) -> None:
    ours = [judged(5.0, higher_is_better=higher_is_better)]
    assert quality_holds(ours, [judged(theirs)]) is holds


def test_without_a_metric_nothing_is_said_of_quality() -> None:
    assert quality_holds([run("A", 1, 1.0, metric=None)], [judged(1.0)]) is None


def test_agreement_is_the_share_of_equal_labels() -> None:
    assert agreement(["a", "b", "c", "d"], ["a", "b", "c", "x"]) == 0.75


def test_an_item_knows_its_goals_and_drops_the_labels() -> None:
    contenders = (Contender("A", "ours"), Contender("B", "trainer"))
    goals = (Goal("speed", "B", at_least=3), Goal("share", None, at_least=0.5))
    item = Item("i", "An item", "banking77", 10, {}, contenders, goals)
    runs = [run("A", 7, 1.0, labels=["x", "y"]), run("B", 7, 2.0, labels=["x", "z"])]
    stock = {"rows": 10, "test_rows": 5, "rates": {"bfloat16": 4000.0, "float32": 1.0}}
    found = tallied(item, runs, [stock])
    assert [goal["is_met"] for goal in found["goals"]] == [False, True]
    assert found["notes"] == ["B gives 50.00% of the rows the label that A gives."]
    assert found["contenders"][1]["speed"] == {"median": 2.0, "low": 2.0, "high": 2.0}
    assert "labels" not in found["runs"][0]


def test_the_target_is_one_that_all_reached_and_the_first_to_reach_it_is_soonest() -> None:
    slow = run("A", 1, 9.0, curve=[(3.0, 0.2), (6.0, 0.7), (9.0, 0.6)])
    fast = run("B", 1, 3.0, curve=[(1.0, 0.7), (2.0, 0.8), (3.0, 0.9)])
    assert common_target([slow, fast]) == 0.7
    assert [seconds_to(0.7, one) for one in (slow, fast)] == [6.0, 1.0]


def test_runs_that_were_not_followed_have_no_target() -> None:
    assert common_target([run("A", 1, 1.0, curve=[])]) is None
