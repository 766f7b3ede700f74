"""What a run was found to be worth, as its report and its card read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from luthier.core.files import read_json
from luthier.core.runs import Run
from luthier.evaluation.known_metrics import scales_of
from luthier.evaluation.verdict import LEVEL

Evaluation = Mapping[str, Any]
"""The content of evaluation.json."""

Outcome = Literal["better", "unclear", "worse"]

_PARTS = (
    *("baselines", "comparison", "verdict", "labels", "positive", "truncated", "signatures"),
    *("confusion", "per_class", "calibration"),
    *("decisions", "labels_per_row"),
    *("residuals", "dots", "groups"),
    "taken_for",
    *("characters", "empty", "numbers"),
)
"""What evaluation.json has only where the kind of answers and the data allow it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One system on the chart: the tuned model, or a baseline."""

    name: str
    metrics: Mapping[str, Mapping[str, float | None]]


def read_evaluation(run: Run) -> Evaluation | None:
    """A run's evaluation.json, its optional parts filled up with None; None if there is none.

    Runs of before there were other kinds are of `classes`.
    """
    found = read_optional(run.evaluation)
    return {"kind": "classes", **dict.fromkeys(_PARTS), **found} if found else None


def outcome(evaluation: Evaluation) -> Outcome | None:
    """Whether tuning helped; None if that was not compared, or is not defined.

    The rule is that of `verdict`: better or worse is only a difference whose 95 % interval leaves
    out 0 and whose p-value is below 0.05.
    """
    comparison = evaluation.get("comparison")
    if not comparison or comparison["low"] is None or comparison["p_value"] is None:
        return None
    if comparison["low"] <= 0 <= comparison["high"] or comparison["p_value"] >= LEVEL:
        return "unclear"
    is_gain = (comparison["low"] > 0) == comparison.get("higher_is_better", True)
    return "better" if is_gain else "worse"


def systems(evaluation: Evaluation) -> list[Judged]:
    """The tuned model, then the baselines, the best by the primary metric first."""
    primary = evaluation["primary"]
    sign = 1 if scales_of([primary])[primary].higher_is_better else -1
    baselines = [Judged(name, found) for name, found in (evaluation["baselines"] or {}).items()]
    baselines.sort(key=lambda system: -_goodness(system, primary, sign))
    return [Judged("tuned", evaluation["metrics"]), *baselines]


def _goodness(system: Judged, metric: str, sign: int) -> float:
    value = system.metrics.get(metric, {}).get("value")
    return float("-inf") if value is None else sign * value


def read_optional(path: Path) -> Any:
    """A JSON file that a run may do without; None if it does."""
    return read_json(path) if path.exists() else None
