"""The loop, and nothing but the loop."""

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import torch
from torch import Tensor

from luthier.core.errors import UserError, did_you_mean
from luthier.core.runs import Run
from luthier.models.layers import train_mode
from luthier.tasks.task import Batch
from luthier.training.averaging import Averaging
from luthier.training.batching import Plan, Rows
from luthier.training.callback import Callback
from luthier.training.checkpoints import save_checkpoint, with_memory
from luthier.training.distributed import ALONE, Crew
from luthier.training.parts import Pace, Parts, Position, Scores
from luthier.training.sharding import norm_of

_SECONDS_TO_LOSE = 20.0
"""Of work between checkpoints at the ends of epochs: shorter epochs are not worth a file each."""


@dataclass(slots=True)
class _Window:
    """What has gathered since the last line of the log."""

    loss: float = 0.0
    weight: float = 0.0
    tokens: int = 0
    seconds: float = 0.0


@dataclass
class Trainer:
    """Steps through a plan: the same plan, weights and seed give the same weights, bit for bit.

    Nothing random is carried from step to step: batches are a function of (seed, epoch), dropout
    of (seed, step). So a run that is killed and resumed at a checkpoint ends as if it never was.

    The processes of a crew divide the rows of every step. Each of them holds all else that is here,
    and must decide alike: callbacks go by what all know, such as scores and steps, not by a clock.
    """

    parts: Parts
    plan: Plan
    pace: Pace
    callbacks: Sequence[Callback]
    run: Run
    crew: Crew = ALONE
    position: Position = field(default_factory=Position)
    is_stopping: bool = False
    loss: float = float("nan")

    def __post_init__(self) -> None:
        self._window = _Window()
        # Walking through all modules takes longer than a step of a small head.
        self._moving = [p for p in self.parts.model.parameters() if p.requires_grad]
        self._is_mode_known = False
        self._interrupted = False
        self._saved = time.monotonic()
        listeners = with_memory(self, self.callbacks)
        # Averages first: what is judged after a step has that step in it.
        self._listeners = sorted(listeners, key=lambda one: not isinstance(one, Averaging))
        parts = (self.parts.optimizer, *listeners)
        self._averages = [one for one in parts if isinstance(one, Averaging)]
        for average in self._averages:
            average.train()

    @property
    def epoch(self) -> float:
        """Epochs done, in fractions."""
        return self.position.step / self.plan.steps_per_epoch

    def fit(self) -> None:
        """Run from the present position to the end of the plan, or until a callback stops it.

        Raises:
            KeyboardInterrupt: after Ctrl-C, when the step is done and a checkpoint is saved.
            UserError: the loss is no number any more, the disk is full, or two average the weights.
        """
        if len(self._averages) > 1:
            raise UserError(
                "callbacks.average_weights: the weights are averaged already, by the optimizer or "
                "by another of its kind. Leave one of the two out."
            )
        try:
            self._tell(lambda callback: callback.on_start(self))
            with self._patient_interrupts():
                first = self.position.step // self.plan.steps_per_epoch
                for epoch in range(first, self.plan.last_epoch + 1):
                    if not self.is_stopping:
                        self._run_epoch(epoch)
            self._end_with_averages()
            self._tell(lambda callback: callback.on_end(self))
        finally:
            self._tell(lambda callback: callback.on_close())

    def stop(self) -> None:
        """Let the run end after this step; for callbacks."""
        self.is_stopping = True

    def evaluate(self) -> None:
        """Judge the validation split, log it, tell the callbacks."""
        assert self.parts.validate is not None
        for average in self._averages:
            average.eval()
        found = dict(self.parts.validate())
        scores = self.crew.once(lambda: found)
        self.run.log({**self._where(), "validation": scores})
        self._tell(lambda callback: callback.on_evaluation(self, scores))
        for average in self._averages:
            average.train()

    def goodness(self, scores: Scores, metric: str | None) -> float:
        """A validation metric (or `loss`; else the task's own), turned so that higher is better.

        Raises:
            UserError: there is no such metric.
        """
        name = metric or self.parts.task.chooses
        if name not in scores:
            raise UserError(f"callbacks: no metric `{name}`. {did_you_mean(name, scores)}")
        judged = self.parts.task.validation_metrics()
        rising = {m.name() for m in judged if m.higher_is_better}
        return scores[name] if name in rising else -scores[name]

    def _end_with_averages(self) -> None:
        for average in self._averages:
            average.eval()
        self._averages = []

    def _run_epoch(self, epoch: int) -> None:
        before = epoch * self.plan.steps_per_epoch
        done = self.position.step - before
        last = min(self.plan.steps_per_epoch, self.plan.num_steps - before)
        for number, rows in enumerate(self.plan.batches(epoch)[done:last], start=done + 1):
            self.step(rows)
            self._tell(lambda callback: callback.on_step(self))
            if number == last:
                self._tell(lambda callback: callback.on_epoch(self))
            self._save_if_due(ends_epoch=number == last)
            if self.is_stopping:
                return

    def step(self, rows: Rows) -> None:
        """One optimizer step on the rows of one batch, logged."""
        start = time.perf_counter()
        parts, position = self.parts, self.position
        _seed(_step_seed(self.plan.seed, position.step, self.crew.rank))
        factor = parts.schedule(position.step, self.pace.warmup_steps, self.plan.num_steps)
        for group in parts.optimizer.param_groups:
            group["lr"] = group["initial_lr"] * factor
        self._enter_training_mode()
        loss_sum, weight, tokens = self._gradients(rows)
        (loss_sum,) = self.crew.totals(loss_sum)
        self.crew.sum_gradients(self._moving)
        norm = self._clip()
        if not torch.isfinite(norm):
            raise UserError(
                f"the loss is no number any more at step {position.step + 1}. Lower "
                "training.learning_rate, or set training.precision: fp32."
            )
        parts.optimizer.step()
        parts.optimizer.zero_grad(set_to_none=True)
        position.step += 1
        position.tokens += tokens
        seconds = time.perf_counter() - start
        position.seconds += seconds
        self._log(loss_sum, weight, tokens, seconds, float(norm))

    def _enter_training_mode(self) -> None:
        """What judges the model leaves all of it in evaluation mode, so its root tells."""
        if not (self._is_mode_known and self.parts.model.training):
            train_mode(self.parts.model)
            self._is_mode_known = True

    def _gradients(self, rows: Rows) -> tuple[float, float, int]:
        """Sum the gradients of a step's micro batches, divided by the weight of the whole step.

        Returns:
            the sum of the losses in this process; weight and tokens of the whole step.
        """
        parts = self.parts
        batches = self._collated(rows)
        counted = [batch for batch, counts in batches if counts]
        weight, tokens = self.crew.totals(
            sum(parts.objective.weight(batch) for batch in counted),
            sum(int(batch["attention_mask"].sum()) for batch in counted),
        )
        # Rows that teach nothing may meet in a small batch: it moves nothing, rather than dividing
        # nothing by nothing.
        weight = weight or 1.0
        loss_sum = 0.0
        for batch, counts in batches:
            batch = {name: values.to(parts.precision.device) for name, values in batch.items()}
            with parts.precision.autocast():
                loss = parts.objective.loss_sum(parts.model, batch)
            (loss / (weight if counts else math.inf)).backward()
            loss_sum += loss.item() if counts else 0.0
        return loss_sum, weight, int(tokens)

    def _collated(self, rows: Rows) -> list[tuple[Batch, bool]]:
        """The micro batches of this process in a step, and whether they count.

        All processes make as many passes, since weights that lie in parts are put together in each.
        One that has no row left passes a row of another one, which does not count.
        """
        parts, crew = self.parts, self.crew
        return [
            (
                parts.task.collate(parts.train, micro if len(micro) else rows[:1], parts.padding),
                len(micro) > 0,
            )
            for micro in self.plan.micro_batches(rows, crew.rank, crew.size)
        ]

    def _clip(self) -> Tensor:
        moving = [p for p in self._moving if p.grad is not None]
        limit = self.pace.max_grad_norm or float("inf")
        return norm_of(torch.nn.utils.clip_grad_norm_(moving, limit))

    def _log(
        self, loss_sum: float, weight: float, tokens: int, seconds: float, grad_norm: float
    ) -> None:
        window = self._window
        window.loss += loss_sum
        window.weight += weight
        window.tokens += tokens
        window.seconds += seconds
        self.loss = window.loss / window.weight
        step = self.position.step
        if step % self.pace.log_every and step != self.plan.num_steps:
            return
        self.run.log(
            {
                **self._where(),
                "loss": self.loss,
                "learning_rate": max(g["lr"] for g in self.parts.optimizer.param_groups),
                "grad_norm": grad_norm,
                "tokens_per_second": round(window.tokens / window.seconds, 1),
                "seconds": round(self.position.seconds, 3),
            }
        )
        self._window = _Window()

    def _where(self) -> dict[str, Any]:
        position = self.position
        return {"step": position.step, "epoch": round(self.epoch, 4), "tokens": position.tokens}

    def _save_if_due(self, *, ends_epoch: bool) -> None:
        every, step = self.pace.save_every, self.position.step
        if every is None:
            is_due = ends_epoch and time.monotonic() - self._saved >= _SECONDS_TO_LOSE
        else:
            is_due = step % every == 0
        # The processes of a crew have their own clocks and signals, and save together.
        is_interrupted, is_wanted = self.crew.totals(self._interrupted, is_due)
        if is_wanted or is_interrupted or self.is_stopping or step == self.plan.num_steps:
            save_checkpoint(self, self.callbacks)
            self._saved = time.monotonic()
        if is_interrupted:
            raise KeyboardInterrupt

    def _tell(self, moment: Callable[[Callback], None]) -> None:
        for callback in self._listeners:
            moment(callback)

    @contextmanager
    def _patient_interrupts(self) -> Iterator[None]:
        """Ctrl-C lets the step end and a checkpoint be saved; a second one stops at once."""
        if threading.current_thread() is not threading.main_thread():
            yield  # signals reach the main thread only
            return

        def remember(number: int, frame: FrameType | None) -> None:
            self._interrupted = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        before = signal.signal(signal.SIGINT, remember)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _seed(seed: int) -> None:
    """What torch.manual_seed does, without asking devices that are not there: 0.7 ms a step."""
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)


def _step_seed(seed: int, step: int, rank: int) -> int:
    """A seed for each step and process: SplitMix64's odd constants spread neighbours apart."""
    spread = seed * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + rank * 0x94D049BB133111EB
    return spread % 2**63
