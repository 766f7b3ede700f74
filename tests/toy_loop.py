"""A training loop over a tiny BERT and made-up rows, for tests of how weights move."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, final

import numpy as np
import torch
from transformers import BertConfig, BertForSequenceClassification, PreTrainedModel

from luthier.core.config import MENUS
from luthier.core.runs import Run
from luthier.models.precision import Precision
from luthier.training.batching import Plan
from luthier.training.callback import Callback, Loop
from luthier.training.checkpoints import moving_weights
from luthier.training.parts import Pace, Parts
from luthier.training.trainer import Trainer

ROWS, LENGTH = 48, 6
RATES = {"sgd": 0.1, "rmsprop": 1e-3}
"""Optimizers that want another rate than Adam's."""


class Killed(Exception):
    pass


@final
class Kill(Callback):
    """Ends the run at a step, as a kill would; a step of 0 never comes."""

    def __init__(self, step: int = 0):
        self.step = step

    def on_step(self, loop: Loop) -> None:
        if loop.position.step == self.step:
            raise Killed


class _Task:
    """Tells whether a row begins with an even token."""

    chooses = "loss"

    def __init__(self) -> None:
        self.tokens = torch.randint(5, 50, (ROWS, LENGTH), generator=torch.manual_seed(3))

    def validation_metrics(self) -> tuple[()]:
        return ()

    def collate(self, encoded: Any, rows: Any, padding: Any) -> dict[str, torch.Tensor]:
        tokens = self.tokens[torch.as_tensor(rows)]
        return {
            "input_ids": tokens,
            "attention_mask": torch.ones_like(tokens),
            "labels": tokens[:, 0] % 2,
        }


class _Objective:
    def weight(self, batch: dict[str, torch.Tensor]) -> float:
        return len(batch["labels"])

    def loss_sum(self, model: PreTrainedModel, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        logits = model(batch["input_ids"], batch["attention_mask"]).logits
        return torch.nn.functional.cross_entropy(logits, batch["labels"], reduction="sum")


def toy_model(*, dropout: float = 0.1, layers: int = 2) -> BertForSequenceClassification:
    torch.manual_seed(0)
    return BertForSequenceClassification(
        BertConfig(
            vocab_size=50,
            hidden_size=16,
            num_hidden_layers=layers,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=8,
            initializer_range=0.2,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout,
        )
    )


def freeze_all_but(model: torch.nn.Module, *parts: str) -> set[str]:
    """Let move only what has one of the parts in its name; the names of that."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(any(part in name for part in parts))
    return {name for name, p in model.named_parameters() if p.requires_grad}


def toy_trainer(
    folder: Path,
    *,
    optimizer: Any = "adamw",
    schedule: Any = "constant",
    callbacks: Sequence[Callback] = (),
    model: PreTrainedModel | None = None,
    learning_rate: float | None = None,
    save_every: int | None = None,
    **plan: Any,
) -> Trainer:
    """A loop of 3 steps an epoch; validation is the loss on all rows, without dropout."""
    model = model or toy_model()
    task: Any = _Task()
    objective: Any = _Objective()
    name = optimizer if isinstance(optimizer, str) else next(iter(optimizer))
    rate = learning_rate or RATES.get(name, 3e-3)
    moves = MENUS["optimizer"].build(optimizer)(model, rate)
    for group in moves.param_groups:
        group.setdefault("initial_lr", group["lr"])
    batch = task.collate(None, np.arange(ROWS), None)

    def validate() -> dict[str, float]:
        model.eval()
        with torch.inference_mode():
            return {"loss": float(objective.loss_sum(model, batch)) / ROWS}

    encoded: Any = SimpleNamespace()
    cpu = Precision("fp32", torch.device("cpu"), "a test")
    parts = Parts(
        model=model,
        task=task,
        objective=objective,
        optimizer=moves,
        schedule=MENUS["schedule"].build(schedule),
        train=encoded,
        padding={},
        precision=cpu,
        validate=validate,
    )
    folder.mkdir(parents=True, exist_ok=True)
    return Trainer(
        parts,
        Plan(
            np.full(ROWS, LENGTH),
            **{"batch_size": 16, "micro_batch_size": 16, "num_epochs": 4, "seed": 7} | plan,
        ),
        Pace(warmup_steps=2, max_grad_norm=1.0, log_every=1, save_every=save_every),
        list(callbacks),
        Run(folder),
    )


def copied_weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    return {name: p.clone() for name, p in moving_weights(trainer.parts.model).items()}


def same_weights(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
