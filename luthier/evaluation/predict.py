"""Answers of a model: rows of like length together, given back in their own order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from luthier.core.chunks import chunks
from luthier.core.config import MENUS, Recipe, read_recipe
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.runs import Run
from luthier.models.load import dropout_settings, load_config, load_model, load_tokenizer, locate
from luthier.models.precision import Precision, attention_for, choose_precision
from luthier.tasks.encoded import Encoded, Indices, gather
from luthier.tasks.task import Task

_TOKENS = 8192
"""Positions per forward pass: enough to fill the processor's products, little enough to stay near
its caches."""
WINDOW = 4096
"""Rows encoded at a time from a stream; within a window they are sorted by length."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer to one row, and the probability the model gives it."""

    row: Row
    label: str
    score: float
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """A model with all that is needed to ask it: task, tokenizer, length, precision."""

    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    task: Task
    max_length: int
    precision: Precision

    def encode(self, rows: Iterable[Row], folder: Path | None = None) -> Encoded:
        """Rows as numbers, read as a stream; with a folder, kept there and memory-mapped."""
        return gather(
            (self.task.encode(c, self.tokenizer, self.max_length) for c in chunks(rows, 1024)),
            folder,
        )

    def probabilities(self, encoded: Encoded) -> Iterator[tuple[Indices, NDArray[np.float32]]]:
        """Row numbers and their probabilities (B, C), batch by batch, longest rows first.

        The longest batch comes first, so that a machine it does not fit says so at once.
        """
        self.network.eval()
        for rows in length_sorted(encoded.lengths):
            yield rows, self.answer(encoded, rows)

    def answer(self, encoded: Encoded, rows: Indices) -> NDArray[np.float32]:
        """The probabilities of some rows, in one forward pass: (B, C)."""
        batch = self.task.collate(encoded, rows, padding_of(self.tokenizer))
        inputs = {n: v.to(self.precision.device) for n, v in batch.items() if n != "labels"}
        with torch.inference_mode(), self.precision.autocast():
            logits = self.network(**inputs).logits
        return self.task.probabilities(logits)

    def predict(self, rows: Iterable[Row]) -> Iterator[Prediction]:
        """Answers in the order of the rows; memory holds one window of them."""
        labels = self.task.labels
        for window in chunks(rows, WINDOW):
            encoded = self.encode(window)
            found = np.empty((len(window), len(labels)), np.float32)
            for numbers, probabilities in self.probabilities(encoded):
                found[numbers] = probabilities
            for row, shares in zip(window, found, strict=True):
                best = int(shares.argmax())
                yield Prediction(row, labels[best], float(shares[best]), shares)


def load(folder: Path | str) -> Model:
    """The tuned model of a run folder, ready to predict.

    Raises:
        UserError: there is no such run, or it has not come to its model yet.
    """
    run = Run.open(Path(folder))
    if not run.model.is_dir():
        raise UserError(f"{run.folder}: has no model yet. Finish it with `luthier train --resume`.")
    recipe = read_recipe(run.recipe)
    task: Task = MENUS["task"].build(recipe.task)
    task.restore(load_config(str(run.model)))
    return assemble(recipe, task, str(run.model))


def load_base(recipe: Recipe, task: Task) -> Model:
    """The pretrained model of a recipe, with the task's head freshly drawn."""
    return assemble(recipe, task, locate(recipe.model.base))


def assemble(recipe: Recipe, task: Task, location: str) -> Model:
    """Weights from a place, and the rest from the recipe.

    Raises:
        UserError: the tokenizer has no padding token to fall back on, or `model.max_length` is
            more than the model has positions for.
    """
    tokenizer = load_tokenizer(location)
    config, settings = load_config(location), task.model_settings()
    _must_fit(recipe.model.max_length, config, tokenizer)
    if recipe.model.dropout is not None:
        settings |= dropout_settings(config, recipe.model.dropout)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
        settings = settings | {"pad_token_id": tokenizer.pad_token_id}
    precision = choose_precision(recipe.training.precision)
    settings["attn_implementation"] = attention_for(recipe.model.max_length, precision.device)
    network = load_model(location, task.auto_class, settings, seed=recipe.run.seed)
    torch.nn.Module.to(network, precision.device)
    return Model(network, tokenizer, task, recipe.model.max_length, precision)


def padding_of(tokenizer: PreTrainedTokenizerBase) -> Mapping[str, int]:
    """What each input column is padded with."""
    return {"input_ids": tokenizer.pad_token_id or 0}


def length_sorted(lengths: NDArray[np.int64], tokens: int = _TOKENS) -> Iterator[Indices]:
    """Row numbers in batches of at most `tokens` padded positions, longest rows first."""
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        width = max(1, int(lengths[order[start]]))
        end = start + max(1, tokens // width)
        yield order[start:end]
        start = end


def _must_fit(max_length: int, config: Any, tokenizer: PreTrainedTokenizerBase) -> None:
    # RoBERTa counts two positions more than its tokenizer allows: the smaller number holds.
    positions = min(getattr(config, "max_position_embeddings", 2**31), tokenizer.model_max_length)
    if max_length > positions:
        raise UserError(f"model.max_length: {max_length}, but the model takes {positions} tokens.")
