"""The metric that decides about a verdict: the task's usual one, or the one a recipe names."""

from collections.abc import Sequence
from typing import Any

from luthier.core.errors import UserError, did_you_mean
from luthier.scoring.metric import Metric


def must_be_among(chosen: str | None, metrics: Sequence[Metric[Any]], task: str) -> None:
    """Make sure that there is such a metric.

    Raises:
        UserError: there is none; the nearest is told.
    """
    names = [metric.name() for metric in metrics]
    if chosen is not None and chosen not in names:
        hint = did_you_mean(chosen, names)
        raise UserError(f"task.{task}.metric: no metric `{chosen}`. {hint}")
