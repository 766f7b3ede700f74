"""How a metric rises while a model is trained, on a clock that stands still while it is asked."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from luthier.training.validate import validate

Curve = list[tuple[float, float]]
"""Seconds of training, and the metric on the validation rows then."""


@dataclass(slots=True)
class Follower:
    """Takes values of the metric, and notes what it cost to get them.

    The clock knows differences only: a training is taken to end with its last value, so that
    what was done before its first step is counted as well.
    """

    paused: float = 0.0
    seen: list[tuple[float, float]] = field(default_factory=list)

    def take(self, ask: Callable[[], float]) -> float:
        """Ask for the metric, off the clock."""
        start = time.perf_counter()
        value = ask()
        self.seen.append((start - self.paused, value))
        self.paused += time.perf_counter() - start
        return value

    def curve(self, train_seconds: float) -> Curve:
        """What was seen, in seconds of training, which without the pauses lasted so long."""
        shift = train_seconds - self.seen[-1][0] if self.seen else 0.0
        return [(moment + shift, value) for moment, value in self.seen]


@contextmanager
def following_validations(follower: Follower, primary: str) -> Iterator[None]:
    """Have Luthier's own validations noted."""

    def noted(*arguments: Any) -> Any:
        scores: dict[str, float] = {}

        def ask() -> float:
            scores.update(validate(*arguments))
            return scores[primary]

        follower.take(ask)
        return scores

    with patch("luthier.training.setup.validate", noted):
        yield
