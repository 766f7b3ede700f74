"""Say which of two or more labels a text (or a pair of texts) has: one of them, or any number."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

from luthier.core.errors import UserError, did_you_mean
from luthier.core.records import Row
from luthier.models.head import head_parameters
from luthier.scoring.answers import Answers, Bools, ClassAnswers, Floats, LabelSetAnswers
from luthier.scoring.metric import Metric
from luthier.scoring.standard import label_set_metrics, standard_metrics
from luthier.tasks.classes import (
    UNKNOWN,
    by_value,
    class_settings,
    names_in_config,
    written_names,
)
from luthier.tasks.classification import TARGETS, Classification
from luthier.tasks.deciding import must_be_among
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices
from luthier.tasks.task import Batch, Outputs, Targets
from luthier.tasks.text_pairs import encode_texts, render_texts
from luthier.tasks.thresholds import best_thresholds

_NAME = "text_classification"


@final
class TextClassification(Classification):
    """One of C labels a text, or any number of them; pairs are read together, as in pretraining.

    Rows whose label is a list make it a task of label sets: every label is then asked for by
    itself, and given where its probability reaches a threshold that is chosen on validation rows.
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("text", "label"),)
    baselines: ClassVar[tuple[str, ...]] = ("majority", "tfidf", "base_model")

    def __init__(
        self,
        *,
        positive: Annotated[
            str | None, Field(description="of two labels, the one F1 speaks of; else the second")
        ] = None,
        metric: Annotated[
            str | None,
            Field(description="what decides; else f1 for two labels, accuracy for more, f1_macro"),
        ] = None,
        several: Annotated[
            bool | None, Field(description="several labels a text; else as the rows have it")
        ] = None,
        threshold: Annotated[
            float | Literal["tuned", "tuned_each"],
            Field(description="probability that gives a label: a number, or best on validation"),
        ] = "tuned",
    ):
        self._positive = positive
        self._metric = metric
        self._several = several
        self._threshold = threshold
        self._labels: list[str] = []
        self._shares: dict[str, float] = {}
        self._thresholds: Floats = np.zeros(0)

    @property
    def labels(self) -> list[str]:
        """The label names, sorted; numbers by value."""
        return self._labels

    def learn(self, train: Iterable[Row]) -> None:
        """Collect the labels of the training rows.

        Raises:
            UserError: `positive` or `metric` is none of the names there are.
        """
        counts: Counter[str] = Counter()
        rows = 0
        for row in train:
            rows += 1
            if self._several is None:
                self._several = isinstance(row["label"], list)
            counts.update(set(self._names(row["label"])))
        self._set_labels(sorted(counts, key=by_value))
        self._shares = {label: count / rows for label, count in counts.items()}

    def begin(self, network: PreTrainedModel) -> None:
        """Start the head of label sets at the labels' shares, as a bias of log(p / (1 - p)).

        Most labels are rare. A head that starts at one half is first pushed towards "none of them"
        for every text alike, hard enough to drive the layers below into saturation (Lin et al.,
        2017, section 3.3, begin so for the same reason). Decoders' heads have no bias.
        """
        if self._several:
            shares = torch.tensor([self._shares[label] for label in self._labels])
            parameters = dict(network.named_parameters())
            names = head_parameters(network)
            head = [parameters[name] for name in parameters if name in names]
            biases = [parameter for parameter in head if parameter.shape == shares.shape]
            for bias in biases[-1:]:
                bias.data.copy_(shares.clamp(0.001, 0.999).logit())

    def restore(self, config: PreTrainedConfig) -> None:
        """Read the labels from a tuned model's configuration."""
        self._several = config.problem_type == "multi_label_classification"
        self._set_labels(names_in_config(config, _NAME))
        self._thresholds = np.array(getattr(config, "label_thresholds", None) or self._thresholds)

    def _names(self, label: Any) -> list[str]:
        names = written_names(label)
        if not self._several and isinstance(label, list):
            raise UserError(
                f"{_NAME}: the row with the label {label} has a list, others have one name. Write "
                "lists everywhere, or set `several: true`."
            )
        return names

    def _set_labels(self, labels: list[str]) -> None:
        self._labels = labels
        start = self._threshold if isinstance(self._threshold, float) else 0.5
        self._thresholds = np.full(len(labels), start)
        if self._positive is not None and self._positive not in labels:
            hint = did_you_mean(self._positive, labels)
            raise UserError(f"task.{_NAME}.positive: no label `{self._positive}`. {hint}")
        must_be_among(self._metric, self.metrics(), _NAME)

    def suit(self, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> str:
        """Any model: an encoder is read at its first token, a decoder at the last of the text."""
        return "AutoModelForSequenceClassification"

    def model_settings(self) -> dict[str, Any]:
        """The labels, in the form transformers keeps them, and the thresholds."""
        kind = "multi_label" if self._several else "single_label"
        settings = {**class_settings(self._labels), "problem_type": f"{kind}_classification"}
        if self._several:
            settings["label_thresholds"] = self._thresholds.tolist()
        return settings

    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Tokens of the text (pair), and the class or the set; `UNKNOWN` where there is none."""
        batch = encode_texts(rows, tokenizer, max_length)
        numbers = {label: i for i, label in enumerate(self._labels)}
        if self._several:
            batch.values[TARGETS] = self._sets(rows, UNKNOWN).tolist()
        else:
            batch.values[TARGETS] = [numbers.get(str(r.get("label")), UNKNOWN) for r in rows]
        return batch

    def _sets(self, rows: Iterable[Row], unknown: float) -> NDArray[np.float32]:
        numbers = {label: i for i, label in enumerate(self._labels)}
        sets = []
        for row in rows:
            line = np.zeros(len(self._labels), np.float32)
            if row.get("label") is None:
                line[:] = unknown
            else:
                line[[numbers[n] for n in written_names(row["label"]) if n in numbers]] = 1
            sets.append(line)
        return np.array(sets, np.float32).reshape(-1, len(self._labels))

    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """`input_ids`, `attention_mask` (B, L); `labels` (B,), or (B, C) of label sets."""
        batch = super().collate(encoded, rows, padding)
        if self._several:
            batch[TARGETS] = batch[TARGETS].float()
        return batch

    def targets(self, batch: Batch) -> Targets:
        """The labels of the rows that have any."""
        if not self._several:
            return super().targets(batch)
        sets = batch[TARGETS]
        return Targets("label_sets", sets[sets[:, 0] != UNKNOWN])

    def owners(self, batch: Batch) -> torch.Tensor:
        """The rows that have a label."""
        if not self._several:
            return super().owners(batch)
        return (batch[TARGETS][:, 0] != UNKNOWN).nonzero()[:, 0]

    def logits(self, output: torch.Tensor, batch: Batch) -> torch.Tensor:
        """The logits of the rows that have a label."""
        if not self._several:
            return super().logits(output, batch)
        return output[batch[TARGETS][:, 0] != UNKNOWN]

    def read(self, output: torch.Tensor, batch: Batch) -> Outputs:
        """Probabilities (B, C): softmax, or the sigmoid of each label by itself."""
        if not self._several:
            return super().read(output, batch)
        probabilities: NDArray[np.float32] = output.sigmoid().cpu().numpy()
        return probabilities

    def answers(
        self,
        outputs: Outputs,
        replies: Sequence[Any] | None,
        encoded: Encoded,
        rows: Iterable[Row],
    ) -> Answers:
        """The likeliest label of each text, or all that reach their threshold."""
        assert isinstance(outputs, np.ndarray)
        targets = encoded.values.get(TARGETS, np.zeros(0))
        if self._several:
            references = (targets.reshape(-1, len(self._labels)) == 1).astype(np.bool_)
            return LabelSetAnswers(references, self._given(outputs), outputs, self._labels)
        predictions = outputs.argmax(axis=1)
        return ClassAnswers(
            np.asarray(targets, np.int64), predictions, outputs, self._labels, self.positive
        )

    @property
    def positive(self) -> int:
        """Of two labels, the number of the one that precision, recall and F1 speak of."""
        return 1 if self._positive is None else self._labels.index(self._positive)

    def _given(self, probabilities: Floats) -> Bools:
        given: Bools = probabilities >= self._thresholds
        return given

    @property
    def needs_calibration(self) -> bool:
        """Whether thresholds are to be chosen."""
        return bool(self._several) and not isinstance(self._threshold, float)

    def calibrate(
        self, outputs: Outputs, encoded: Encoded, rows: Callable[[], Iterable[Row]]
    ) -> None:
        """Choose the threshold of label sets with the best macro F1 on the validation rows.

        `tuned_each` takes one for each label, by its own F1; it wants thousands of rows.
        """
        assert isinstance(outputs, np.ndarray)
        self._thresholds = best_thresholds(
            encoded.values[TARGETS] == 1, outputs, each=self._threshold == "tuned_each"
        )

    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """The tokens the model sees, as text, and the label the loss asks for."""
        label = row.get("label")
        told = ", ".join(map(str, label)) if isinstance(label, list) else label
        return f"{render_texts(row, tokenizer, max_length)} → [{told}]"

    def metrics(self) -> list[Metric[Any]]:
        """The standard set for two labels, for several, or for label sets."""
        return label_set_metrics() if self._several else standard_metrics(len(self._labels))

    @property
    def primary(self) -> str:
        """What the recipe names; else F1 of two labels, accuracy of several, macro F1 of sets."""
        if self._metric is not None:
            return self._metric
        if self._several:
            return "f1_macro"
        return "f1" if len(self._labels) == 2 else "accuracy"
