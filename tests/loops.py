"""Parts of a training loop over a tiny model and a few mails, without a recipe around them."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from luthier.core.config import MENUS
from luthier.core.records import Row
from luthier.core.runs import Run
from luthier.evaluation.predict import Model, padding_of
from luthier.models.load import load_config, load_model, load_tokenizer
from luthier.models.precision import choose_precision
from luthier.training.batching import Plan
from luthier.training.callback import Callback
from luthier.training.parts import Pace, Parts
from luthier.training.trainer import Trainer
from luthier.training.validate import validate


def read_mails(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(fields) for fields in csv.DictReader(file)]


def make_model(bert: Path, rows: Sequence[Row], *, dropout: float | None = None) -> Model:
    task = MENUS["task"].build("text_classification")
    task.learn(rows)
    settings: dict[str, Any] = task.model_settings()
    if dropout is not None:
        settings |= {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout}
    tokenizer = load_tokenizer(str(bert))
    head = task.suit(load_config(str(bert)), tokenizer)
    network = load_model(str(bert), head, settings, seed=7)
    return Model(network, tokenizer, task, 32, choose_precision("fp32"))


def make_trainer(
    model: Model,
    rows: Sequence[Row],
    folder: Path,
    *,
    validation: Sequence[Row] = (),
    callbacks: Sequence[Callback] = (),
    objective: Any = "supervised",
    optimizer: Any = "adamw",
    learning_rate: float = 1e-3,
    schedule: Any = "linear",
    warmup_steps: int = 2,
    **plan: Any,
) -> Trainer:
    encoded = model.encode(rows)
    held_out = model.encode(validation) if validation else None
    loss = MENUS["objective"].build(objective)
    loss.prepare(model.task, encoded)
    moves = MENUS["optimizer"].build(optimizer)(model.network, learning_rate)
    for group in moves.param_groups:
        group.setdefault("initial_lr", group["lr"])
    parts = Parts(
        model=model.network,
        task=model.task,
        objective=loss,
        optimizer=moves,
        schedule=MENUS["schedule"].build(schedule),
        train=encoded,
        padding=padding_of(model.tokenizer),
        precision=model.precision,
        validate=None
        if held_out is None
        else lambda: validate(model, held_out, lambda: validation),
    )
    settings = {"batch_size": 16, "micro_batch_size": 16, "num_epochs": 2, "seed": 7} | plan
    folder.mkdir(parents=True, exist_ok=True)
    return Trainer(
        parts,
        Plan(lengths=encoded.lengths, **settings),
        Pace(warmup_steps=warmup_steps, max_grad_norm=1.0, log_every=1, save_every=None),
        list(callbacks),
        Run(folder),
    )


def losses(trainer: Trainer) -> list[float]:
    return [line["loss"] for line in trainer.run.logged() if "loss" in line]
