"""Show how far the run is: a bar with speed, time left and loss; plain lines off a terminal."""

import time
from typing import Annotated, final

from pydantic import Field
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bar,
)

from luthier.training.callback import Callback, Loop
from luthier.training.parts import Scores


@final
class Progress(Callback):
    """Show progress on standard error; `every` bounds how often a plain line is printed."""

    def __init__(
        self, *, every: Annotated[float, Field(gt=0, description="seconds between lines")] = 10.0
    ):
        self.every = every
        self._console = Console(stderr=True, highlight=False)
        self._bar: Bar | None = None
        self._task = TaskID(0)
        self._last = 0.0
        self._scores = ""
        self._first_tokens = 0
        self._first_seconds = 0.0

    def on_start(self, loop: Loop) -> None:
        """Draw the bar, where there is a terminal."""
        position = loop.position
        self._console.quiet = not loop.run.writes
        self._first_tokens, self._first_seconds = position.tokens, position.seconds
        if not self._console.is_terminal:
            return
        self._bar = Bar(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=self._console,
        )
        self._bar.start()
        self._task = self._bar.add_task("", total=loop.plan.num_steps, completed=position.step)

    def on_step(self, loop: Loop) -> None:
        """Move on."""
        facts = self._facts(loop)
        if self._bar is not None:
            self._bar.update(self._task, completed=loop.position.step, description=facts)
        elif time.monotonic() - self._last >= self.every:
            self._last = time.monotonic()
            self._console.print(
                f"step {loop.position.step} of {loop.plan.num_steps}  {facts}", soft_wrap=True
            )

    def on_evaluation(self, loop: Loop, scores: Scores) -> None:
        """Tell how the validation split came out."""
        names = (loop.parts.task.primary, "loss")  # what needs written answers is not known yet
        told = [f"{name} {scores[name]:.4f}" for name in names if name in scores]
        self._scores = told[0]
        self._console.print(f"epoch {loop.epoch:.2f}: validation {', '.join(told)}", soft_wrap=True)

    def on_close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _facts(self, loop: Loop) -> str:
        seconds = loop.position.seconds - self._first_seconds
        speed = (loop.position.tokens - self._first_tokens) / seconds if seconds else 0.0
        return f"loss {loop.loss:.4f}  {speed:,.0f} tokens/s  {self._scores}".rstrip()
