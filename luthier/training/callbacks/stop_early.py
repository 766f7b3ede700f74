"""Stop when the validation split has not got better for some evaluations."""

from collections.abc import Mapping
from typing import Annotated, Any, final

from pydantic import Field

from luthier.training.callback import Callback, Loop
from luthier.training.parts import Scores


@final
class StopEarly(Callback):
    """Stop after `patience` evaluations without a gain of more than `min_gain`."""

    def __init__(
        self,
        *,
        patience: Annotated[int, Field(ge=1, description="evaluations without gain")] = 3,
        min_gain: Annotated[float, Field(ge=0, description="what counts as better")] = 0.0,
        metric: Annotated[
            str | None, Field(description="a validation metric, or loss; else the task's own")
        ] = None,
    ):
        self.patience = patience
        self.min_gain = min_gain
        self.metric = metric
        self.best: float | None = None
        self.waited = 0

    def on_evaluation(self, loop: Loop, scores: Scores) -> None:
        """Count the evaluations since the last gain."""
        value = loop.goodness(scores, self.metric)
        if self.best is None or value > self.best + self.min_gain:
            self.best, self.waited = value, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            loop.stop()

    def state(self) -> dict[str, Any]:
        """The best value, and how long ago it was."""
        return {"best": self.best, "waited": self.waited}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take both back."""
        self.best, self.waited = state["best"], state["waited"]
