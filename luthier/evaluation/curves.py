"""What happened during training, as curves short enough to draw."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from luthier.core.charts import Series

MAX_POINTS = 400
"""Of a curve; more than a screen has room for says nothing more."""


@dataclass(slots=True)
class Curve:
    """The values of one quantity by step; beyond `MAX_POINTS` neighbours are averaged.

    Memory stays flat however long the training: whenever twice as many points are held, each
    pair becomes its mean, and from then on as many values make one point.
    """

    points: list[tuple[float, float]] = field(default_factory=list)
    _values_per_point: int = 1
    _pending: list[tuple[float, float]] = field(default_factory=list)

    def add(self, step: float, value: float) -> None:
        """Add the next value; steps rise."""
        self._pending.append((step, value))
        if len(self._pending) == self._values_per_point:
            self.points.append(_mean(self._pending))
            self._pending.clear()
        if len(self.points) == 2 * MAX_POINTS:
            pairs = zip(self.points[::2], self.points[1::2], strict=True)
            self.points = [_mean(pair) for pair in pairs]
            self._values_per_point *= 2

    def drawn(self) -> list[tuple[float, float]]:
        """The points to draw, the last ones included."""
        return [*self.points, _mean(self._pending)] if self._pending else list(self.points)


@dataclass(frozen=True, slots=True)
class Training:
    """What metrics.jsonl tells.

    Attributes:
        loss: training loss by step.
        learning_rate: by step.
        validation: metric -> its values by step.
        last: the last line of training, with its step, epoch, tokens, seconds; None if none was.
    """

    loss: list[tuple[float, float]]
    learning_rate: list[tuple[float, float]]
    validation: dict[str, list[tuple[float, float]]]
    last: Mapping[str, Any] | None

    @property
    def end(self) -> float:
        """The last step that any curve has."""
        curves = (self.loss, *self.validation.values())
        return max(points[-1][0] for points in curves if points)

    def losses(self, training: str, validation: str) -> list[Series]:
        """Training and validation loss, under the names given, as far as there are any."""
        both = [(training, self.loss), (validation, self.validation.get("loss", []))]
        return [Series(name, points) for name, points in both if points]


def read_training(lines: Iterable[Mapping[str, Any]]) -> Training:
    """Sum up the lines of metrics.jsonl in one pass."""
    loss, learning_rate = Curve(), Curve()
    validation: dict[str, Curve] = {}
    last: Mapping[str, Any] | None = None
    for line in lines:
        step = line["step"]
        for name, value in line.get("validation", {}).items():
            if value is not None:
                validation.setdefault(name, Curve()).add(step, value)
        if "loss" in line:
            last = line
            loss.add(step, line["loss"])
            learning_rate.add(step, line["learning_rate"])
    drawn = {name: curve.drawn() for name, curve in validation.items()}
    return Training(loss.drawn(), learning_rate.drawn(), drawn, last)


def _mean(points: Iterable[tuple[float, float]]) -> tuple[float, float]:
    held = list(points)
    return sum(x for x, _ in held) / len(held), sum(y for _, y in held) / len(held)
