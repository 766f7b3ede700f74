"""Keep the weights that were best on the validation split."""

from collections.abc import Mapping
from typing import Annotated, Any, final

from pydantic import Field

from luthier.training.callback import Callback, Loop
from luthier.training.checkpoints import load_best, save_best
from luthier.training.parts import Scores


@final
class KeepBest(Callback):
    """Keep the best weights by a validation metric; the run ends with them.

    Of equal values the first is kept: fewer steps, less fitted to the training rows.
    """

    def __init__(
        self,
        *,
        metric: Annotated[
            str | None, Field(description="a validation metric, or loss; else the task's own")
        ] = None,
    ):
        self.metric = metric
        self.best: float | None = None
        self.step = 0

    def on_evaluation(self, loop: Loop, scores: Scores) -> None:
        """Save the weights, if they are the best so far."""
        value = loop.goodness(scores, self.metric)
        if self.best is not None and value <= self.best:
            return
        self.best, self.step = value, loop.position.step
        save_best(loop, scores)

    def on_end(self, loop: Loop) -> None:
        """Go back to the best weights."""
        if self.best is not None:
            load_best(loop)

    def state(self) -> dict[str, Any]:
        """The best value so far, and its step."""
        return {"best": self.best, "step": self.step}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take both back."""
        self.best, self.step = state["best"], state["step"]
