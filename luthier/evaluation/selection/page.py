"""The comparison of selectors as people read it: a chart for each, a table, how it was judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luthier.core.charts import Series
from luthier.core.files import write_json
from luthier.core.page import Language, write_page

TEMPLATE = "evaluation/templates/selection.html"
PAGE, REPORT = "selection.html", "selection.json"


@dataclass(frozen=True, slots=True)
class Charted:
    """One selector beside random rows.

    Attributes:
        name: of the selector, with its options.
        lines: its own, then random's; x is the budget in percent.
        points: its points as selection.json tells them.
        better: the budgets at which it beats random beyond chance.
        worse: those at which random beats it.
    """

    name: str
    lines: list[Series]
    points: list[Mapping[str, Any]]
    better: list[float]
    worse: list[float]


def write_comparison(report: Mapping[str, Any], folder: Path, *, language: Language) -> Path:
    """Write selection.json and the page that shows it into a folder; gives the page back.

    Raises:
        UserError: the disk is full or may not be written.
    """
    write_json(folder / REPORT, report)
    random, *others = report["selectors"]
    charted = [
        Charted(
            one["name"],
            [_line(one), _line(random)],
            one["points"],
            *(_beyond_chance(one, sign) for sign in (1, -1)),
        )
        for one in others
    ]
    ends = [p[end] for one in report["selectors"] for p in one["points"] for end in ("low", "high")]
    return write_page(
        folder / PAGE,
        TEMPLATE,
        language=language,
        report=report,
        random=random,
        charted=charted,
        over=[*ends, report["all_rows"]["value"]],
        end=100 * max(report["shares"]),
    )


def _line(one: Mapping[str, Any]) -> Series:
    points = one["points"]
    return Series(
        one["name"],
        [(100 * point["share"], point["value"]) for point in points],
        [(point["low"], point["high"]) for point in points],
    )


def _beyond_chance(one: Mapping[str, Any], sign: int) -> list[float]:
    return [
        point["share"]
        for point in one["points"]
        if sign * point["against_random"]["value"] > 0
        and point["against_random"]["p_value_adjusted"] < 0.05
    ]
