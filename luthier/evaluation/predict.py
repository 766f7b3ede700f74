"""Answers of a model: rows of like length together, given back in their own order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from luthier.core.chunks import chunks
from luthier.core.config import MENUS, Recipe, read_recipe
from luthier.core.errors import UserError
from luthier.core.files import read_json
from luthier.core.records import Row
from luthier.core.runs import Run
from luthier.models.adapter import Adapter
from luthier.models.frozen_weights import hold_frozen
from luthier.models.load import (
    dropout_settings,
    load_config,
    load_tokenizer,
    load_tuned,
    locate,
)
from luthier.models.network import Network
from luthier.models.precision import Precision, PrecisionName, at_hand, choose_precision
from luthier.models.row_attention import attention_for
from luthier.scoring.answers import Answers
from luthier.tasks.encoded import Encoded, Indices, gather
from luthier.tasks.task import Asked, Batch, Outputs, Task

_TOKENS = 8192 if torch.cuda.is_available() else 1024
"""Positions per forward pass: enough to fill products, few enough to stay in a processor's caches:
MiniLM in bf16 answers 1.7 times the rows with 1,024 that it answers with 8,192."""
WINDOW = 4096
"""Rows encoded at a time from a stream; within a window they are sorted by length."""

Rows = Callable[[], Iterable[Row]]
"""Opens a stream of rows anew; they are read once for each reader, never held."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model with all that is needed to ask it: task, tokenizer, length, precision."""

    network: Network
    tokenizer: PreTrainedTokenizerBase
    task: Task
    max_length: int
    precision: Precision
    seed: int = 0

    def encode(self, rows: Iterable[Row], folder: Path | None = None) -> Encoded:
        """Rows as numbers, read as a stream; with a folder, kept there and memory-mapped."""
        return gather(
            (self.task.encode(c, self.tokenizer, self.max_length) for c in chunks(rows, 1024)),
            folder,
        )

    def passes(self, encoded: Encoded) -> Iterator[tuple[Indices, Batch, Tensor]]:
        """Example numbers, their batch and the model's output, longest examples first.

        The longest batch comes first, so that a machine it does not fit says so at once.
        """
        self.network.eval()
        for rows in length_sorted(encoded.lengths):
            yield rows, *self.forward(encoded, rows)

    def forward(self, encoded: Encoded, rows: Indices) -> tuple[Batch, Tensor]:
        """The batch of some examples, and the model's output to it, in one forward pass."""
        batch = self.task.collate(encoded, rows, padding_of(self.tokenizer))
        batch = {name: values.to(self.precision.device) for name, values in batch.items()}
        with torch.inference_mode(), self.precision.autocast():
            return batch, self.task.forward(self.network, batch)

    def outputs(self, encoded: Encoded) -> Outputs:
        """What the task keeps of each example, in their order."""
        kept = Kept(len(encoded))
        for rows, batch, output in self.passes(encoded):
            kept.put(rows, self.task.read(output, batch))
        return kept.finish()

    def answers(self, encoded: Encoded, rows: Iterable[Row]) -> Answers:
        """The model's answers to rows, beside their references."""
        outputs, replies = self.outputs(encoded), self.replies(encoded)
        return self.task.answers(outputs, replies, encoded, rows)

    def replies(self, encoded: Encoded) -> Sequence[Any] | None:
        """What the model writes, if the task has it write."""
        self.network.eval()
        asked = Asked(
            self.network, self.tokenizer, self.max_length, self.precision.autocast, self.seed
        )
        return self.task.reply(asked, encoded)

    def predict(self, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
        """`prediction` and `score` of each row, in order; memory holds one window of them."""
        for window in chunks(rows, WINDOW):
            found = self.answers(self.encode(window), window)
            yield from (found.answer(i) for i in range(len(window)))


class Kept:
    """Growing results by example: numbers lie on disk, so that memory does not grow with them."""

    def __init__(self, size: int):
        self._size = size
        self._held: Any = None

    def put(self, rows: Indices, found: Outputs) -> None:
        """Keep what was found for some examples."""
        is_array = isinstance(found, np.ndarray)
        if self._held is None:
            shape = (self._size, *found.shape[1:]) if isinstance(found, np.ndarray) else ()
            self._held = mapped(shape) if is_array else [None] * self._size
        if is_array:
            self._held[rows] = found
        else:
            for row, one in zip(rows.tolist(), found, strict=True):
                self._held[row] = one

    def finish(self) -> Outputs:
        """Everything, in order."""
        return [] if self._held is None else self._held


def mapped(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """An array that lies in a nameless temporary file, so that memory does not grow with it."""
    if 0 in shape:
        return np.empty(shape, np.float32)
    with TemporaryFile() as file:  # the map outlives the handle, and the file has no name
        return np.memmap(file, np.float32, mode="w+", shape=shape)


def load(folder: Path | str) -> Model:
    """The tuned model of a run folder, ready to predict.

    Raises:
        UserError: there is no such run, or it has not come to its model yet.
    """
    run = Run.open(Path(folder))
    if not run.model.is_dir():
        raise UserError(f"{run.folder}: has no model yet. Finish it with `luthier train --resume`.")
    recipe = recipe_of(run)
    task: Task = MENUS["task"].build(recipe.task)
    task.restore(load_config(str(run.model)))
    return assemble(recipe, task, str(run.model))


def recipe_of(run: Run) -> Recipe:
    """The recipe of a run, with the precision that `auto` became when it was trained.

    On a machine that does not have that precision, fp32 stands for it.
    """
    recipe = read_recipe(run.recipe)
    if recipe.training.precision != "auto" or not run.environment.exists():
        return recipe
    return in_precision(recipe, at_hand(read_json(run.environment)["precision"]["name"]))


def in_precision(recipe: Recipe, name: PrecisionName) -> Recipe:
    """The same recipe, with its precision fixed."""
    training = recipe.training.model_copy(update={"precision": name})
    return recipe.model_copy(update={"training": training})


def load_base(recipe: Recipe, task: Task) -> Model:
    """The pretrained model of a recipe, with the task's head freshly drawn."""
    return assemble(recipe, task, locate(recipe.model.base))


def assemble(recipe: Recipe, task: Task, location: str) -> Model:
    """Weights from a place, and the rest from the recipe.

    Raises:
        UserError: such a model cannot do the task, or `model.max_length` is more than it has
            positions for.
    """
    tokenizer, config = load_tokenizer(location), load_config(location)
    adapter: Adapter = MENUS["adapter"].build(recipe.adapter)
    auto_class = task.suit(config, tokenizer)
    base, noted = locate(recipe.model.base), task.model_settings()
    # transformers takes no setting that its own class does not have; the others are noted later.
    own = load_config(base)
    settings = {name: value for name, value in noted.items() if hasattr(own, name)}
    settings |= adapter.load_settings()
    taken = adapter.virtual_tokens + task.new_tokens
    _must_fit(recipe.model.max_length, taken, config, tokenizer)
    if recipe.model.dropout is not None:
        settings |= dropout_settings(config, recipe.model.dropout)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
        settings["pad_token_id"] = tokenizer.pad_token_id
    precision = choose_precision(recipe.training.precision)
    settings["attn_implementation"] = attention_for(precision.device)
    network = load_tuned(location, base, auto_class, settings, seed=recipe.run.seed)
    for name, value in noted.items():
        setattr(network.config, name, value)
    torch.nn.Module.to(network, precision.device)
    hold_frozen(network, precision)
    return Model(network, tokenizer, task, recipe.model.max_length, precision, recipe.run.seed)


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


def _must_fit(max_length: int, taken: int, config: Any, tokenizer: PreTrainedTokenizerBase) -> None:
    # RoBERTa counts two positions more than its tokenizer allows: the smaller number holds.
    known = getattr(config, "max_position_embeddings", None)
    positions = min(known if isinstance(known, int) else 2**31, tokenizer.model_max_length)
    if max_length + taken > positions:
        more = f" and {taken} for the adapter or the answer" if taken else ""
        raise UserError(
            f"model.max_length: {max_length}{more}, but the model takes {positions} tokens."
        )
