"""What is asked of a model and how its answers are judged: the contract of `library/`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from numpy.typing import NDArray
from tokenizers import Encoding
from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

from luthier.core.records import Row
from luthier.data.text.readable import readable
from luthier.models.network import Network
from luthier.scoring.answers import Answers
from luthier.scoring.metric import Metric
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices
from luthier.tasks.pieces import encodings, goes_to_rust

Batch = dict[str, torch.Tensor]
Outputs = NDArray[Any] | Sequence[Any]
"""What is kept of each example after a forward pass: numbers (N, ...), or N objects."""


TARGET_FIELDS = frozenset(
    {"label", "tags", "score", "completion", "answers", "tests", "entry_point"}
)
"""The canonical fields that hold what is asked for, or judge it; all others the model sees."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The M things that the loss asks of a batch.

    Attributes:
        kind: which losses fit: one of C classes, any number of C labels, or a number.
        labels: (M,) class numbers; (M, C) 0 or 1 for label sets; (M,) numbers.
        weights: (M,) how much each counts; None if all count 1.
    """

    kind: Literal["classes", "label_sets", "numbers"]
    labels: torch.Tensor
    weights: torch.Tensor | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A model that is asked something, with what belongs to it.

    Attributes:
        network: the model, in evaluation mode.
        tokenizer: its own.
        max_length: tokens it reads of a row.
        autocast: the context its forward passes run in.
        seed: for answers that are drawn.
        keys: of each answer that is drawn, beside the seed; else its number.
    """

    network: Network
    tokenizer: PreTrainedTokenizerBase
    max_length: int
    autocast: Callable[[], AbstractContextManager[object]]
    seed: int
    keys: Sequence[int] | None = None


class Task(ABC):
    """One kind of question: the data it needs, the head it puts on a model, the metrics it has.

    Its life: made from the recipe; `learn` from the training rows (or `restore` from a tuned
    model), `suit` the model; then `encode` rows and `collate` batches. In training, `targets` and
    `logits` meet in the loss; else `read` keeps what `answers` makes answers of.
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]]
    """The canonical fields a training row must have: any one of these sets, the usual one first."""
    baselines: ClassVar[tuple[str, ...]]
    """What a tuned model has to beat, by their names in the menu of baselines."""

    def learn(self, train: Iterable[Row]) -> None:  # noqa: B027 - many have nothing to learn
        """Take from the training rows what the task has to know, such as the labels.

        Raises:
            UserError: an option of the task does not fit the rows.
        """

    def restore(self, config: PreTrainedConfig) -> None:  # noqa: B027
        """Take the same from the configuration of a tuned model.

        Raises:
            UserError: the model was not tuned for this task.
        """

    @abstractmethod
    def suit(self, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> str:
        """Choose how a model of this kind does the task; the class of transformers with its head.

        Raises:
            UserError: such a model cannot do it.
        """

    def begin(self, network: PreTrainedModel) -> None:  # noqa: B027
        """Set what a fresh head can know of the training rows before the first step."""

    def model_settings(self) -> dict[str, Any]:
        """What goes into the model's configuration, so that plain transformers knows it too."""
        return {}

    @abstractmethod
    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Rows as tokens and targets, cut to `max_length`; a row may lack its target."""

    def must_learn(self, train: Encoded) -> None:  # noqa: B027
        """Make sure that every training example asks something of the model.

        Raises:
            UserError: some do not, such as a conversation cut before its answer.
        """

    @abstractmethod
    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """Some encoded examples as one padded batch: the model's inputs and the targets."""

    @abstractmethod
    def forward(self, model: Network, batch: Batch) -> Any:
        """The model's output that `logits` and `read` are made of: a tensor, or a `Projection`."""

    @abstractmethod
    def targets(self, batch: Batch) -> Targets:
        """What the loss asks of a batch; examples without a target are left out."""

    def owners(self, batch: Batch) -> torch.Tensor | None:
        """(M,) which example of the batch each target belongs to; None if nobody needs to know."""
        return None

    @abstractmethod
    def logits(self, output: Any, batch: Batch) -> torch.Tensor:
        """The model's answers to the targets, in their order: (M, C), or (M,) for numbers."""

    @abstractmethod
    def read(self, output: Any, batch: Batch) -> Outputs:
        """What is kept of each of the B examples, on the CPU."""

    def reply(self, asked: Asked, encoded: Encoded) -> Sequence[Any] | None:
        """Texts that the model writes, one an example; None for a task that writes none."""
        return None

    @abstractmethod
    def answers(
        self,
        outputs: Outputs,
        replies: Sequence[Any] | None,
        encoded: Encoded,
        rows: Iterable[Row],
    ) -> Answers:
        """What was answered to each row, beside its reference as far as it has one.

        Args:
            outputs: of all examples, in order, as `read` gave them.
            replies: as `reply` gave them; None where nothing was written (during training).
            encoded: the examples; `encoded.parts` tells which belong to which row.
            rows: the rows themselves.
        """

    @property
    def needs_calibration(self) -> bool:
        """Whether there is anything that `calibrate` would choose."""
        return False

    def calibrate(  # noqa: B027
        self, outputs: Outputs, encoded: Encoded, rows: Callable[[], Iterable[Row]]
    ) -> None:
        """Choose what is chosen on validation rows once training is over, such as thresholds."""

    @abstractmethod
    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """What the model sees of a row, and what the loss asks of it, for people to read."""

    @abstractmethod
    def metrics(self) -> list[Metric[Any]]:
        """How answers are judged."""

    def validation_metrics(self) -> list[Metric[Any]]:
        """How answers are judged during training, where no texts are written."""
        return self.metrics()

    @property
    @abstractmethod
    def primary(self) -> str:
        """The metric that decides about the verdict."""

    @property
    def chooses(self) -> str:
        """The validation metric (or `loss`) that chooses the best checkpoint and stops early."""
        return self.primary

    @property
    def new_tokens(self) -> int:
        """How many of the model's positions an answer may take behind what it reads."""
        return 0

    @property
    def asked(self) -> Sequence[Sequence[str]]:
        """The fields of a row that is asked, without what is asked for; as `shapes` has them."""
        return [[name for name in shape if name not in TARGET_FIELDS] for shape in self.shapes]

    def question_of(self, row: Row) -> dict[str, Any]:
        """What the model is asked of a row, without what is asked for."""
        return {name: value for name, value in row.fields.items() if name not in TARGET_FIELDS}

    @property
    def labels(self) -> Sequence[str]:
        """The label names, in the order of the model's output; none for most tasks."""
        return ()


def tokenize(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    pairs: Sequence[str] | None,
    max_length: int,
) -> tuple[dict[str, list[list[int]]], list[int]]:
    """Tokens with the model's special tokens, cut to `max_length`, and the lengths before the cut.

    All rows are tokenized in one call in Rust. What is too long is cut by the tokenizer's own rule,
    so that special tokens stay where the model expects them.
    """
    wanted = [name for name in tokenizer.model_input_names if name != "attention_mask"]
    if pairs is None:
        wanted = [name for name in wanted if name != "token_type_ids"]  # all zero, as by default
    first = [readable(text) for text in texts]
    if wanted == ["input_ids"] and pairs is None and goes_to_rust(tokenizer):
        side = tokenizer.truncation_side
        ids, lengths = _cut_texts(
            encodings(first, tokenizer, special_tokens=True), max_length, side
        )
        return {"input_ids": ids}, lengths
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


def _cut_texts(
    found: Sequence[Encoding], max_length: int, side: str
) -> tuple[list[list[int]], list[int]]:
    """Tokens of texts, those of too long ones cut at one side, and the lengths before the cut.

    The special tokens round a text stay: where they stand is the same for all texts.
    """
    ids = [one.ids for one in found]
    lengths = [len(one) for one in ids]
    long = [i for i, length in enumerate(lengths) if length > max_length]
    if long:
        is_special = found[long[0]].special_tokens_mask
        before, behind = is_special.index(0), is_special[::-1].index(0)
        first = max_length - behind if side == "right" else before
        for i in long:
            ids[i] = [*ids[i][:first], *ids[i][lengths[i] - max_length + first :]]
    return ids, lengths
