"""From single measurements to medians, ranges and ratios, and to whether a goal is met."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.speed.suites import Contender, Goal, Item, Measure

Found = Mapping[str, Any]
"""A measurement as `measured.Measured` is written, with `contender` and `seed`."""
_COMPARED: tuple[Measure, ...] = ("speed", "memory")


@dataclass(frozen=True, slots=True)
class Spread:
    """The median over seeds, and the range."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float | None]) -> "Spread | None":
        """Of at least one value; None if there is none."""
        known = [value for value in values if value is not None]
        return cls(median(known), min(known), max(known)) if known else None

    def record(self) -> dict[str, float]:
        """For bench.json."""
        return {"median": self.value, "low": self.low, "high": self.high}


def of_contender(runs: Sequence[Found], name: str) -> list[Found]:
    """The measurements of one contender, by seed."""
    return sorted((r for r in runs if r["contender"] == name), key=lambda run: int(run["seed"]))


def figures(runs: Sequence[Found], rate: float) -> dict[str, Spread | None]:
    """What one contender's measurements say, each figure over its seeds.

    Args:
        runs: of one contender.
        rate: the machine's FLOP/s in bf16 products.
    """

    def a_second(name: str) -> Spread | None:
        counts = [(run[name], run["train_seconds"]) for run in runs]
        return Spread.of(None if count is None else count / spent for count, spent in counts)

    flops = a_second("flops")
    return {
        "rows_per_second": a_second("rows"),
        "tokens_per_second": a_second("tokens"),
        "supervised_tokens_per_second": a_second("supervised_tokens"),
        "train_seconds": Spread.of(run["train_seconds"] for run in runs),
        "process_seconds": Spread.of(run["process_seconds"] for run in runs),
        "peak_memory_bytes": Spread.of(run["peak_memory_bytes"] for run in runs),
        "share_of_bf16_rate": flops
        and Spread(flops.value / rate, flops.low / rate, flops.high / rate),
        "metric": Spread.of(run["metric"] and run["metric"]["value"] for run in runs),
    }


def ratio(ours: Sequence[Found], theirs: Sequence[Found], measure: Measure) -> Spread | None:
    """A measure of one contender beside another's, seed by seed: those ran one after the other."""
    pairs = list(zip(ours, theirs, strict=True))
    if measure == "memory":
        return Spread.of(a["peak_memory_bytes"] / b["peak_memory_bytes"] for a, b in pairs)
    if measure == "cost":
        return Spread.of(a["train_seconds"] / b["train_seconds"] for a, b in pairs)
    return Spread.of(b["train_seconds"] / a["train_seconds"] for a, b in pairs)


def common_target(runs: Sequence[Found]) -> float | None:
    """The best value that every followed run came to: the least of their bests."""
    if not all(run.get("curve") for run in runs):
        return None
    curves = [[float(value) for _, value in run["curve"]] for run in runs]
    if runs[0]["metric"]["higher_is_better"]:
        return min(max(values) for values in curves)
    return max(min(values) for values in curves)


def seconds_to(target: float, run: Found) -> float:
    """Seconds of training until a followed run first was at the target or better."""
    sign = 1 if run["metric"]["higher_is_better"] else -1
    return next(float(spent) for spent, value in run["curve"] if sign * (value - target) >= 0)


def outcome(goal: Goal, runs: Sequence[Found], first: str, rate: float) -> dict[str, Any]:
    """A goal, what was measured, and whether its median meets it."""
    ours = of_contender(runs, first)
    if goal.against is None:
        found = figures(ours, rate)["share_of_bf16_rate"]
    else:
        found = ratio(ours, of_contender(runs, goal.against), goal.measure)
    return {
        "goal": goal.written(),
        "against": goal.against,
        "measured": found and found.record(),
        "is_met": found is not None and goal.is_met(found.value),
    }


def quality_holds(ours: Sequence[Found], theirs: Sequence[Found]) -> bool | None:
    """Whether our metric is not worse than theirs beyond its interval; None without a metric.

    The interval is ours, of 95 %, over test rows, its ends the medians over seeds.
    """
    mine = [run["metric"] for run in ours if run["metric"]]
    others = [run["metric"] for run in theirs if run["metric"]]
    if not mine or not others:
        return None
    their_value: float = median(metric["value"] for metric in others)
    if mine[0]["higher_is_better"]:
        return bool(their_value <= median(metric["high"] for metric in mine))
    return bool(their_value >= median(metric["low"] for metric in mine))


def agreement(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of equal labels of the same rows."""
    equal = sum(a == b for a, b in zip(one, other, strict=True))
    return equal / len(one) if one else math.nan


def tallied(item: Item, runs: Sequence[Found], stocks: Sequence[Found]) -> dict[str, Any]:
    """An item as bench.json has it: figures by contender, goals, and every single measurement.

    Args:
        item: what was done.
        runs: every measurement.
        stocks: what was told of the rows and of the machine, by number of rows.
    """
    rate = median(stock["rates"]["bfloat16"] for stock in stocks)
    first = item.contenders[0].name
    return {
        "name": item.name,
        "title": item.title,
        "rows": stocks[0]["rows"],
        "test_rows": stocks[0]["test_rows"],
        "seeds": sorted({run["seed"] for run in runs}),
        "recipe": dict(item.recipe),
        "threads": runs[0]["threads"],
        "rates": {**stocks[0]["rates"], "bfloat16": rate},
        "contenders": [_contender(one, runs, first, rate) for one in item.contenders],
        "target": common_target(runs),
        "goals": [outcome(goal, runs, first, rate) for goal in item.goals],
        "notes": _agreements(item, runs),
        "runs": [{key: value for key, value in run.items() if key != "labels"} for run in runs],
    }


def _contender(
    contender: Contender, runs: Sequence[Found], first: str, rate: float
) -> dict[str, Any]:
    ours, own = of_contender(runs, first), of_contender(runs, contender.name)
    is_other = contender.name != first
    target = common_target(runs)
    reached = None if target is None else Spread.of(seconds_to(target, run) for run in own)
    compared = {name: ratio(ours, own, name) for name in _COMPARED}
    return {
        "name": contender.name,
        "program": contender.program,
        "options": dict(contender.options),
        "figures": {name: one and one.record() for name, one in figures(own, rate).items()},
        "metric": own[0]["metric"],
        **{name: one.record() if one and is_other else None for name, one in compared.items()},
        "seconds_to_target": reached and reached.record(),
        "quality_holds": quality_holds(ours, own) if is_other else None,
    }


def _agreements(item: Item, runs: Sequence[Found]) -> list[str]:
    """How often the labels of predictions are the first contender's."""
    first, *others = (of_contender(runs, contender.name)[0] for contender in item.contenders)
    return [
        f"{other['contender']} gives {agreement(first['labels'], other['labels']):.2%} of the rows "
        f"the label that {first['contender']} gives."
        for other in others
        if first["labels"] is not None and other["labels"] is not None
    ]
