"""Judge the validation split after every epoch, or every so many steps."""

from typing import Annotated, final

from pydantic import Field

from luthier.training.callback import Callback, Loop


@final
class Evaluate(Callback):
    """Judge the validation split; the numbers go to metrics.jsonl and to the other callbacks."""

    def __init__(
        self,
        *,
        every: Annotated[int | None, Field(ge=1, description="steps; else after an epoch")] = None,
    ):
        self.every = every

    def on_step(self, loop: Loop) -> None:
        """Judge, if the steps are what is counted."""
        if self.every is not None and loop.position.step % self.every == 0:
            loop.evaluate()

    def on_epoch(self, loop: Loop) -> None:
        """Judge, if the epochs are what is counted, and always at the end of the run."""
        is_last = loop.position.step == loop.plan.num_steps
        if self.every is None or (is_last and loop.position.step % self.every):
            loop.evaluate()
