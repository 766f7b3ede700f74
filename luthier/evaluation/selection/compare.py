"""The verb behind `luthier select --compare`: quality over budget, beside random rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, final

import numpy as np

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.core.page import percent, score, signed, written_choice
from luthier.core.registry import Choice
from luthier.data.dataset import Dataset
from luthier.data.selection.pool import Numbers
from luthier.data.selector import Selector
from luthier.evaluation.linear import fit_linear
from luthier.evaluation.selection.lesson import Lesson
from luthier.evaluation.selection.scatter import Measured, measured
from luthier.evaluation.significance import holm
from luthier.scoring.answers import Bools, Floats

RANDOM = "random"
SELECTORS = (
    "balanced",
    {"diverse": {"method": "k_center"}},
    {"diverse": {"method": "facility_location"}},
    {"difficulty": {"prefer": "hard"}},
    {"difficulty": {"prefer": "middle"}},
    {"influence": {"targets": "label"}},
    "domain",
    {"distinct": {"threshold": 0.9}},
)
"""Those that need nothing but the rows and the frozen model."""
SHARES = (0.1, 0.3, 0.5)
SEEDS = 3

OnTrial = Callable[[int, int], None]
"""Told how many trials are done, and how many there are."""


def compare_selectors(
    dataset: Dataset,
    model: str,
    *,
    max_length: int = 256,
    selectors: Sequence[Any] = SELECTORS,
    shares: Sequence[float] = SHARES,
    seeds: int = SEEDS,
    say: Callable[[str], None],
    on_trial: OnTrial,
) -> dict[str, Any]:
    """Judge what selectors choose from the training rows by a linear head on frozen features.

    Each selector, budget and seed has a head of its own, whose accuracy is measured on half of the
    validation rows. The other half is what selectors that need targets may look at.

    Args:
        dataset: has a training and a validation split.
        model: the frozen model: catalog:name, a folder, or a hub id.
        max_length: tokens it reads of a row.
        selectors: as a recipe writes them, without budget; random is always among them.
        shares: budgets.
        seeds: how many times each selector chooses.
        say: takes lines for people.
        on_trial: told of every trial.

    Returns:
        what selection.json holds.

    Raises:
        UserError: a selector, its options or its needs are wrong; or the rows cannot be judged by.
    """
    budgets = sorted(set(shares))
    chosen = [Choice.parse(RANDOM), *map(Choice.parse, selectors)]
    chosen = [c for n, c in enumerate(chosen) if c not in chosen[:n]]
    built = [_built(choice, budgets[-1]) for choice in chosen]
    lesson = Lesson.open(dataset, model, max_length, say)
    trials = _Trials(lesson, budgets, seeds, on_trial, len(built))
    whole = trials.right(np.arange(len(lesson.codes)))
    tried = [trials.run(selector) for selector in built]
    report = {
        "model": model,
        "rows": len(lesson.codes),
        "judged_rows": len(lesson.judged_codes),
        "target_rows": len(lesson.targets),
        "metric": "accuracy",
        "seeds": seeds,
        "shares": list(budgets),
        "all_rows": _told(measured(whole[np.newaxis].astype(np.float64))),
        "selectors": [
            {"selector": c.written(), "name": written_choice(c.written()), "points": points}
            for c, points in zip(chosen, _points(tried, budgets), strict=True)
        ],
    }
    return report | {"lines": lines_of(report)}


@final
@dataclass
class _Trials:
    """Selections and what a head learns from them; equal selections are learnt from once."""

    lesson: Lesson
    shares: Sequence[float]
    seeds: int
    on_trial: OnTrial
    selectors: int
    done: int = 0
    _known: dict[bytes, Bools] = field(default_factory=dict)

    @property
    def sizes(self) -> list[int]:
        """How many rows each share is."""
        return [max(1, round(share * len(self.lesson.codes))) for share in self.shares]

    def run(self, selector: Selector) -> "Tried":
        """Let a selector choose with every seed, and judge every budget."""
        found = np.zeros((len(self.shares), self.seeds, len(self.lesson.judged_codes)))
        rows = np.zeros((len(self.shares), self.seeds))
        with TemporaryDirectory() as scratch:
            for seed in range(self.seeds):
                order = selector.select(self.lesson.pool(seed, Path(scratch)))
                for place, size in enumerate(self.sizes):
                    # A smaller budget takes the first of what a larger one takes.
                    found[place, seed] = self.right(order[:size])
                    rows[place, seed] = len(order[:size])
                    self.done += 1
                    self.on_trial(self.done, self.selectors * found.shape[0] * found.shape[1])
        return Tried(found, rows.mean(axis=1))

    def right(self, numbers: Numbers) -> Bools:
        """(V,) which judged rows a head answers right that has learnt from these rows."""
        rows = np.sort(numbers)
        key = rows.tobytes()
        if key not in self._known:
            lesson = self.lesson
            features, codes = lesson.features[rows], lesson.codes[rows]
            mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
            head = fit_linear((features - mean) / scale, codes, "classes", lesson.codes.max() + 1)
            answers = head((lesson.judged - mean) / scale).argmax(axis=1)
            self._known[key] = answers == lesson.judged_codes
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one selector came to.

    Attributes:
        right: (shares, seeds, V) which judged rows are answered right.
        rows: (shares,) how many rows it chose, in the mean over seeds: it may find fewer worth it.
    """

    right: Floats
    rows: Floats


def _built(choice: Choice, share: float) -> Selector:
    if {"count", "share", "tokens"} & set(choice.options):
        raise UserError(f"--selectors: {choice.name} has a budget already. Name it in --shares.")
    made: Selector = MENUS["select"].build({choice.name: {**choice.options, "share": share}})
    return made


def _points(tried: Sequence[Tried], shares: Sequence[float]) -> list[list[dict[str, Any]]]:
    """For each selector and share its quality, and how much more that is than random's."""
    random = tried[0].right
    gains = [[measured(one.right[n] - random[n]) for n in range(len(shares))] for one in tried[1:]]
    adjusted = iter(holm([gain.p_value for of_one in gains for gain in of_one]))
    told = [[_point(one, n, random, shares) for n in range(len(shares))] for one in tried]
    for points, of_one in zip(told[1:], gains, strict=True):
        for point, gain in zip(points, of_one, strict=True):
            p_values = {"p_value": gain.p_value, "p_value_adjusted": next(adjusted)}
            point["against_random"] = {**_told(gain), **p_values}
    return told


def _point(tried: Tried, place: int, random: Floats, shares: Sequence[float]) -> dict[str, Any]:
    quality = measured(tried.right[place])
    return {
        "share": shares[place],
        "rows": round(float(tried.rows[place])),
        **_told(quality),
        "random_share": _worth(quality.value, random.mean(axis=(1, 2)), shares),
    }


def _worth(value: float, random: Floats, shares: Sequence[float]) -> float | None:
    """The share of random rows of the same quality, between those drawn; None if beyond them."""
    rising = np.maximum.accumulate(random)
    if not rising[0] <= value <= rising[-1]:
        return None
    return float(np.interp(value, rising, shares))


def _told(found: Measured) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}


def lines_of(report: dict[str, Any]) -> list[str]:
    """The report in lines for a terminal."""
    opening = (
        f"{report['rows']:,} training rows; accuracy of a linear head on frozen features of "
        f"{report['model']}, on {report['judged_rows']:,} validation rows, {report['seeds']} "
        f"seeds; with all rows {score(report['all_rows']['value'])}."
    )
    lines = [opening]
    for one in report["selectors"]:
        parts = []
        for point in one["points"]:
            part = f"{percent(point['share'])}: {score(point['value'])}"
            if "against_random" in point:
                gain = point["against_random"]
                ends = f"{signed(gain['low'])} to {signed(gain['high'])}"
                part += f" ({signed(gain['value'])}, {ends})"
            parts.append(part)
        lines.append(f"{one['name']}: {'; '.join(parts)}")
    lines.append(_verdict(report))
    return lines


def _verdict(report: dict[str, Any]) -> str:
    better = [
        f"{one['name']} at {percent(point['share'])}"
        for one in report["selectors"][1:]
        for point in one["points"]
        if point["against_random"]["value"] > 0
        and point["against_random"]["p_value_adjusted"] < 0.05
    ]
    told = ", ".join(better) or "none"
    return f"Better than as many random rows, beyond chance (Holm, 5 %): {told}."
