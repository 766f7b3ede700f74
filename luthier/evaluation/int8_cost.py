"""What 8 bits cost: the same validation rows asked before and after, and told in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.dataset import Dataset
from luthier.evaluation.predict import Model
from luthier.models.int8 import to_int8
from luthier.scoring.answers import Answers
from luthier.tasks.generation import Writing

_ROWS = 500
_WRITTEN_ROWS = 50
"""Of rows that are answered by writing: each takes as long as hundreds that are not."""


@dataclass(frozen=True, slots=True)
class Int8Cost:
    """A model before and after its weights were rounded to 8 bits, on the same rows.

    Attributes:
        rows: how many validation rows.
        equal: share of them that get the same answer.
        metric: the one that decides.
        values: of the metric, before and after.
        rows_a_second: before and after.
    """

    rows: int
    equal: float
    metric: str
    values: tuple[float, float]
    rows_a_second: tuple[float, float]

    @property
    def sentence(self) -> str:
        """All of it, for people."""
        before, after = self.values
        slow, fast = self.rows_a_second
        told = (
            f"int8 on {self.rows:,} validation rows: {self.equal:.1%} of the answers are the same, "
            f"{self.metric} {after:.4g} instead of {before:.4g}, "
            f"{fast:,.3g} rows a second instead of {slow:,.3g}."
        )
        return told if fast > slow else f"{told} It is slower on this machine: leave --int8 out."


def quantise(model: Model, dataset: Dataset) -> tuple[Model, Int8Cost | None]:
    """The model in 8 bits, and what that costs on validation rows; the test split is not read.

    Args:
        model: used up.
        dataset: of the run; without a validation split there is no cost to tell.

    Raises:
        UserError: the model is not on the processor.
    """
    if model.precision.device.type != "cpu":
        raise UserError("--int8: is for the processor, and this machine has a GPU. Leave it out.")
    rows = list(_validation(dataset, _WRITTEN_ROWS if isinstance(model.task, Writing) else _ROWS))
    if not rows:
        return replace(model, network=to_int8(model.network)), None
    before, slow = _asked(model, rows)
    rounded = replace(model, network=to_int8(model.network))
    after, fast = _asked(rounded, rows)
    equal = sum(
        before.answer(i)["prediction"] == after.answer(i)["prediction"] for i in range(len(rows))
    )
    metric: Any = next(m for m in model.task.metrics() if m.name() == model.task.primary)
    cost = Int8Cost(
        len(rows),
        equal / len(rows),
        metric.name(),
        (metric.value(before), metric.value(after)),
        (len(rows) / slow, len(rows) / fast),
    )
    return rounded, cost


def _validation(dataset: Dataset, most: int) -> Iterator[Row]:
    """At most so many rows of the validation split, evenly spread over it."""
    if "validation" not in dataset.splits:
        return
    there = dataset.num_rows("validation")
    wanted = {i * there // most for i in range(most)} if there > most else range(there)
    yield from (row for i, row in enumerate(dataset.rows("validation")) if i in wanted)


def _asked(model: Model, rows: list[Row]) -> tuple[Answers, float]:
    """The answers, and the seconds they took."""
    encoded = model.encode(rows)
    model.answers(model.encode(rows[:1]), rows[:1])  # what only the first pass has to do
    start = perf_counter()
    return model.answers(encoded, rows), perf_counter() - start
