"""Say which of two or more labels a text (or a pair of texts) has."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from transformers import PreTrainedConfig, PreTrainedTokenizerBase

from luthier.core.errors import UserError, did_you_mean
from luthier.core.records import Row
from luthier.scoring.metric import Metric
from luthier.scoring.standard import standard_metrics
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices
from luthier.tasks.task import Batch, Task, tokenize

_NAME = "text_classification"
UNLABELLED = -100
"""The class of a row whose label is not known; torch's cross-entropy leaves it out."""


@final
class TextClassification(Task):
    """One of C labels a text; text pairs are read together, as the model was pretrained to."""

    auto_class: ClassVar[str] = "AutoModelForSequenceClassification"
    fields: ClassVar[tuple[str, ...]] = ("text", "label")

    def __init__(
        self,
        *,
        positive: Annotated[
            str | None, Field(description="of two labels, the one F1 speaks of; else the second")
        ] = None,
        metric: Annotated[
            str | None, Field(description="what decides; else f1 for two labels, accuracy for more")
        ] = None,
    ):
        self._positive = positive
        self._metric = metric
        self._labels: list[str] = []

    @property
    def labels(self) -> list[str]:
        """The label names, sorted; numbers by value."""
        return self._labels

    @property
    def positive(self) -> int:
        """The class that precision, recall and F1 of two labels speak of."""
        return 1 if self._positive is None else self._labels.index(self._positive)

    def learn(self, train: Iterable[Row]) -> None:
        """Collect the labels of the training rows.

        Raises:
            UserError: `positive` or `metric` is none of the names there are.
        """
        labels = {_name(row["label"]) for row in train}
        self._set_labels(sorted(labels, key=_by_value))

    def restore(self, config: PreTrainedConfig) -> None:
        """Read the labels from a tuned model's configuration."""
        names = getattr(config, "id2label", None)
        if not names:
            raise UserError(f"the model was not tuned for {_NAME}: its config.json has no labels.")
        self._set_labels([name for _, name in sorted(names.items())])

    def _set_labels(self, labels: list[str]) -> None:
        self._labels = labels
        if self._positive is not None and self._positive not in labels:
            hint = did_you_mean(self._positive, labels)
            raise UserError(f"task.{_NAME}.positive: no label `{self._positive}`. {hint}")
        names = [metric.name() for metric in self.metrics()]
        if self._metric is not None and self._metric not in names:
            hint = did_you_mean(self._metric, names)
            raise UserError(f"task.{_NAME}.metric: no metric `{self._metric}`. {hint}")

    def model_settings(self) -> dict[str, Any]:
        """The labels, in the form transformers keeps them."""
        return {
            "num_labels": len(self._labels),
            "id2label": dict(enumerate(self._labels)),
            "label2id": {label: i for i, label in enumerate(self._labels)},
            "problem_type": "single_label_classification",
        }

    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Tokens of the text (pair), and the class; `UNLABELLED` where there is none."""
        pairs = [row["text_pair"] for row in rows] if "text_pair" in rows[0].fields else None
        tokens, lengths = tokenize(tokenizer, [row["text"] for row in rows], pairs, max_length)
        classes = {label: i for i, label in enumerate(self._labels)}
        targets = [classes.get(str(row.get("label")), UNLABELLED) for row in rows]
        return EncodedBatch(tokens, {"labels": targets}, lengths, [row.id for row in rows])

    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """`input_ids`, `attention_mask` (B, L), `labels` (B,)."""
        batch = {name: torch.from_numpy(c) for name, c in encoded.padded(rows, padding).items()}
        batch["labels"] = torch.from_numpy(encoded.values["labels"][rows].astype(np.int64))
        return batch

    def probabilities(self, logits: torch.Tensor) -> NDArray[np.float32]:
        """Softmax, in fp32."""
        result: NDArray[np.float32] = logits.float().softmax(dim=-1).cpu().numpy()
        return result

    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """The tokens the model sees, as text, and the label the loss asks for."""
        encoded = self.encode([row], tokenizer, max_length)
        seen = tokenizer.decode(encoded.tokens["input_ids"][0])
        cut = encoded.full_lengths[0] - len(encoded.tokens["input_ids"][0])
        return f"{seen}{f' … {cut} tokens cut off' if cut else ''} → [{row.get('label')}]"

    def metrics(self) -> list[Metric]:
        """The standard ones for this many labels."""
        return standard_metrics(len(self._labels))

    @property
    def primary(self) -> str:
        """F1 of the positive label for two labels, accuracy for more."""
        return self._metric or ("f1" if len(self._labels) == 2 else "accuracy")


def _name(label: Any) -> str:
    if isinstance(label, list):
        raise UserError(f"task.{_NAME}: rows with several labels are not served; give one label.")
    return str(label)


def _by_value(label: str) -> tuple[int, float, str]:
    try:
        return (0, float(label), label)
    except ValueError:
        return (1, 0.0, label)
