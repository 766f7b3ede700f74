"""A task on a tiny model of any family: its batches, its loss, a few steps of training."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from luthier.core.config import MENUS
from luthier.core.records import Row
from luthier.evaluation.predict import Model
from luthier.models.precision import choose_precision
from luthier.scoring.answers import Answers
from luthier.tasks.encoded import Encoded, gather
from luthier.tasks.task import Batch, Task
from tests.tiny import config_of, make_model, tokenizer_of

Gradients = dict[str, torch.Tensor]


@dataclass
class TinyTask:
    task: Task
    tokenizer: PreTrainedTokenizerBase
    model: PreTrainedModel
    max_length: int = 64

    def encode(self, rows: Sequence[Row]) -> Encoded:
        return gather([self.task.encode(rows, self.tokenizer, self.max_length)])

    def batch(self, rows: Sequence[Row]) -> Batch:
        encoded = self.encode(rows)
        padding = {"input_ids": self.tokenizer.pad_token_id}
        return self.task.collate(encoded, np.arange(len(encoded)), padding)

    def answers(self, rows: Sequence[Row]) -> Answers:
        precision = choose_precision("fp32")
        asked = Model(self.model, self.tokenizer, self.task, self.max_length, precision)
        return asked.answers(asked.encode(rows), rows)

    def loss(self, *parts: Sequence[Row]) -> tuple[float, Gradients]:
        """Loss and gradients of a step whose rows come in so many micro batches."""
        objective = MENUS["objective"].build("supervised")
        objective.prepare(self.task, self.encode([row for part in parts for row in part]))
        batches = [self.batch(part) for part in parts]
        weight = sum(objective.weight(batch) for batch in batches)
        self.model.zero_grad()
        total = 0.0
        for batch in batches:
            loss = objective.loss_sum(self.model, batch) / weight
            loss.backward()
            total += loss.item()
        return total, gradients(self.model)

    def their_loss(self, rows: Sequence[Row], *, without: str = "") -> tuple[float, Gradients]:
        """The loss that transformers computes by itself, and its gradients.

        Args:
            without: what of a batch is the task's alone.
        """
        batch = {name: values for name, values in self.batch(rows).items() if name != without}
        self.model.zero_grad()
        loss = self.model(**batch).loss
        loss.backward()
        return loss.item(), gradients(self.model)

    def train(self, rows: Sequence[Row], steps: int = 15) -> tuple[float, float]:
        """The loss before and after some steps."""
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=5e-3)
        losses = []
        for _ in range(steps):
            losses.append(self.loss(rows)[0])
            optimizer.step()
        return losses[0], self.loss(rows)[0]


def tiny_task(choice: Any, family: str, rows: Sequence[Row], **options: Any) -> TinyTask:
    task: Task = MENUS["task"].build(choice)
    task.learn(rows)
    tokenizer = tokenizer_of(family)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    auto_class = task.suit(config_of(family), tokenizer)
    model = make_model(family, auto_class, **task.model_settings())
    return TinyTask(task, tokenizer, model, **options)


def gradients(model: PreTrainedModel) -> Gradients:
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def assert_same(ours: tuple[float, Gradients], theirs: tuple[float, Gradients]) -> None:
    assert abs(ours[0] - theirs[0]) < 1e-5
    assert ours[1].keys() == theirs[1].keys()
    for name, gradient in theirs[1].items():
        torch.testing.assert_close(ours[1][name], gradient, rtol=1e-4, atol=1e-6)
