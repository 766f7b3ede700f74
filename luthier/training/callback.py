"""What happens beside the loop: the contract of `callbacks/`."""

from abc import ABC
from collections.abc import Mapping
from typing import Any, Protocol

from torch import Tensor

from luthier.core.runs import Run
from luthier.training.batching import Plan
from luthier.training.distributed import Crew
from luthier.training.parts import Parts, Position, Scores


class Loop(Protocol):
    """The trainer, as callbacks see it."""

    parts: Parts
    plan: Plan
    run: Run
    crew: Crew
    position: Position
    loss: float
    is_stopping: bool

    @property
    def epoch(self) -> float:
        """Epochs done, in fractions."""

    def stop(self) -> None:
        """Let the run end after this step."""

    def evaluate(self) -> None:
        """Judge the validation split now."""

    def goodness(self, scores: Scores, metric: str | None) -> float:
        """A validation metric (or `loss`; else the task's own), turned so that higher is better.

        Raises:
            UserError: there is no such metric.
        """


class Callback(ABC):  # noqa: B024 - every moment is optional
    """Six moments of a run. A callback may read the loop, log, and ask it to stop."""

    def on_start(self, loop: Loop) -> None:  # noqa: B027
        """Before the first step, and again after a resume."""

    def on_step(self, loop: Loop) -> None:  # noqa: B027
        """After every optimizer step."""

    def on_epoch(self, loop: Loop) -> None:  # noqa: B027
        """After the last step of an epoch, and after the last step of the run."""

    def on_evaluation(self, loop: Loop, scores: Scores) -> None:  # noqa: B027
        """After the validation split was judged: metric -> value. The model is as it was judged."""

    def on_end(self, loop: Loop) -> None:  # noqa: B027
        """After the last step; the model holds the weights it ends with."""

    def on_close(self) -> None:  # noqa: B027
        """When the loop is left, however that came about."""

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to remember, as JSON."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:  # noqa: B027
        """Take back what `state` gave."""

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint has to remember beside it."""
        return {}

    def restore_tensors(self, tensors: Mapping[str, Tensor]) -> None:  # noqa: B027
        """Take back what `tensors` gave."""
