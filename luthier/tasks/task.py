"""What is asked of a model and how its answers are judged: the contract of `library/`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedConfig, PreTrainedTokenizerBase

from luthier.core.records import Row
from luthier.data.text.readable import readable
from luthier.scoring.metric import Metric
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices

Batch = dict[str, torch.Tensor]


class Task(ABC):
    """One kind of question: the data it needs, the head it puts on a model, the metrics it has.

    Its life: made from the recipe; `learn` from the training rows (or `restore` from a tuned
    model); then `encode` rows, `collate` batches, read `probabilities` out of the model's output.
    """

    auto_class: ClassVar[str]
    """The class of transformers that puts the head on."""
    fields: ClassVar[tuple[str, ...]]
    """The canonical fields a training row must have."""

    @abstractmethod
    def learn(self, train: Iterable[Row]) -> None:
        """Take from the training rows what the task has to know, such as the labels."""

    @abstractmethod
    def restore(self, config: PreTrainedConfig) -> None:
        """Take the same from the configuration of a tuned model.

        Raises:
            UserError: the model was not tuned for this task.
        """

    @abstractmethod
    def model_settings(self) -> dict[str, Any]:
        """What goes into the model's configuration, so that plain transformers knows it too."""

    @abstractmethod
    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Rows as tokens and targets, cut to `max_length`; a row may lack its target."""

    @abstractmethod
    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """Some encoded rows as one padded batch, targets under `labels`."""

    @abstractmethod
    def probabilities(self, logits: torch.Tensor) -> NDArray[np.float32]:
        """The model's output as probabilities of the labels: (B, C)."""

    @abstractmethod
    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """What the model sees of a row, and what the loss asks of it, for people to read."""

    @abstractmethod
    def metrics(self) -> list[Metric]:
        """How answers are judged."""

    @property
    @abstractmethod
    def primary(self) -> str:
        """The metric that decides: best checkpoint, early stop, verdict."""

    @property
    @abstractmethod
    def positive(self) -> int:
        """Of two labels, the number of the one that precision, recall and F1 speak of."""

    @property
    @abstractmethod
    def labels(self) -> list[str]:
        """The label names, in the order of the model's output."""


def tokenize(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    pairs: Sequence[str] | None,
    max_length: int,
) -> tuple[dict[str, list[list[int]]], list[int]]:
    """Tokens with the model's special tokens, cut to `max_length`, and the lengths before the cut.

    All rows are tokenized in one call in Rust; the few that are too long are cut in a second, by
    the tokenizer's own rule, so that special tokens stay where the model expects them.
    """
    wanted = [name for name in tokenizer.model_input_names if name != "attention_mask"]
    if pairs is None:
        wanted = [name for name in wanted if name != "token_type_ids"]  # all zero, as by default
    first = [readable(text) for text in texts]
    second = None if pairs is None else [readable(text) for text in pairs]
    encoding = tokenizer(first, second, return_attention_mask=False, verbose=False)
    tokens = {name: encoding[name] for name in wanted}
    lengths = [len(ids) for ids in tokens["input_ids"]]
    long = [i for i, length in enumerate(lengths) if length > max_length]
    if long:
        cut = tokenizer(
            [first[i] for i in long],
            None if second is None else [second[i] for i in long],
            truncation=True,
            max_length=max_length,
            return_attention_mask=False,
        )
        for name in wanted:
            for i, short in zip(long, cut[name], strict=True):
                tokens[name][i] = short
    return tokens, lengths
