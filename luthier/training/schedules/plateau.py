"""Rise linearly over the warm-up, stay, and fall by a factor when validation gets no better."""

from collections.abc import Mapping
from typing import Annotated, Any, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.training.callback import Callback, Loop
from luthier.training.parts import Scores


@final
class Plateau(Callback):
    """Lower the rate after more than `patience` evaluations without a gain of over `min_gain`.

    The same as torch's `ReduceLROnPlateau` with an absolute threshold. After each lowering the
    patience is full again.
    """

    def __init__(
        self,
        *,
        factor: Annotated[float, Field(gt=0, lt=1, description="the rate's, each time")] = 0.5,
        patience: Annotated[int, Field(ge=0, description="evaluations without gain, borne")] = 1,
        min_gain: Annotated[float, Field(ge=0, description="what counts as better")] = 0.0,
        min_ratio: Annotated[float, Field(ge=0, lt=1, description="the lowest factor")] = 0.0,
        metric: Annotated[
            str | None, Field(description="a validation metric, or loss; else the task's own")
        ] = None,
    ):
        self.factor = factor
        self.patience = patience
        self.min_gain = min_gain
        self.min_ratio = min_ratio
        self.metric = metric
        self.ratio = 1.0
        self.best: float | None = None
        self.waited = 0

    def __call__(self, step: int, warmup_steps: int, num_steps: int) -> float:
        """The factor: step / warmup, then the ratio that the evaluations so far have led to."""
        return step / warmup_steps if step < warmup_steps else self.ratio

    def on_start(self, loop: Loop) -> None:
        """Refuse a run that is never judged.

        Raises:
            UserError: there is no validation split.
        """
        if loop.parts.validate is None:
            raise UserError("training.schedule: plateau needs a share for data.split.validation.")

    def on_evaluation(self, loop: Loop, scores: Scores) -> None:
        """Count the evaluations since the last gain, and lower the rate when they are too many."""
        value = loop.goodness(scores, self.metric)
        if self.best is None or value > self.best + self.min_gain:
            self.best, self.waited = value, 0
            return
        self.waited += 1
        if self.waited > self.patience:
            self.ratio, self.waited = max(self.min_ratio, self.ratio * self.factor), 0

    def state(self) -> dict[str, Any]:
        """The ratio, the best value, and how long ago it was."""
        return {"ratio": self.ratio, "best": self.best, "waited": self.waited}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take all three back."""
        self.ratio, self.best, self.waited = state["ratio"], state["best"], state["waited"]
