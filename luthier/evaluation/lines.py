"""An evaluation as lines for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from luthier.evaluation.known_metrics import scales_of
from luthier.scoring.metric import Unit


def evaluation_lines(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """The verdicts, the deciding one first, then every metric beside the baselines'."""
    yield evaluation["verdict"]
    yield from (line for line in evaluation["verdicts"].values() if line != evaluation["verdict"])
    yield f"{evaluation['rows']:,} rows ({evaluation['split']}), 95 % intervals"
    names = ["tuned", *evaluation["baselines"]]
    columns = [evaluation["metrics"], *evaluation["baselines"].values()]
    yield f"{'':<22}" + "".join(f"{name:>26}" for name in names)
    scales = scales_of(evaluation["metrics"])
    for metric, scale in scales.items():
        marked = metric if scale.higher_is_better else f"{metric} ↓"
        cells = (_cell(column.get(metric), scale.unit) for column in columns)
        yield f"{marked:<22}" + "".join(f" {cell:>25}" for cell in cells)
    if not all(scale.higher_is_better for scale in scales.values()):
        yield "↓ lower is better"
    yield from (f"{metric}: {how}" for metric, how in evaluation.get("signatures", {}).items())
    lost = evaluation["truncated"]
    if lost["rows"]:
        yield f"{lost['rows']:,} rows were cut to max_length; {lost['tokens']:,} tokens were lost."


def told(value: float | None, unit: Unit) -> str:
    """A metric as a terminal shows it: a share by four digits, points by two, a number by four."""
    if value is None:
        return "-"
    if unit == "share":
        return f"{value:.4f}"
    if unit == "points":
        return f"{value:.2f}"
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.3e}"
    if abs(value) >= 10_000:
        return f"{value:,.0f}"
    text = np.format_float_positional(value, precision=4, fractional=False, min_digits=4)
    return text.rstrip(".")


def _cell(found: Mapping[str, float | None] | None, unit: Unit) -> str:
    if found is None or found["value"] is None:
        return "-"
    if found["low"] is None:
        return told(found["value"], unit)
    return f"{told(found['value'], unit)} ({told(found['low'], unit)}, {told(found['high'], unit)})"
