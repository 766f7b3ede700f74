"""Give a text, or a pair of texts, a number: a rating, or how alike two sentences are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from transformers import PreTrainedConfig, PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.models.network import Network
from luthier.scoring.answers import Answers, NumberAnswers
from luthier.scoring.metric import Metric
from luthier.scoring.standard import number_metrics
from luthier.tasks.deciding import must_be_among
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices
from luthier.tasks.task import Batch, Outputs, Targets, Task
from luthier.tasks.text_pairs import encode_texts, padded_inputs, render_texts

_NAME = "regression"
_TARGETS = "labels"


@final
class Regression(Task):
    """A number a text, learnt by its squared error; pairs are read together, as in pretraining.

    The model learns (score - mean) / std over the training rows, so that the learning rates of
    classification suit it, whatever the unit. Metrics and predictions are in the rows' own unit.
    Plain transformers gives the standardised number: `config.json` has the `score_mean` and
    `score_std` to undo it, logit * score_std + score_mean.
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("text", "score"),)
    baselines: ClassVar[tuple[str, ...]] = ("majority", "tfidf", "base_model")

    def __init__(
        self,
        *,
        metric: Annotated[str, Field(description="what decides")] = "pearson",
    ):
        self._metric = metric
        self._mean, self._std = 0.0, 1.0

    def learn(self, train: Iterable[Row]) -> None:
        """Measure the mean and the standard deviation of the training scores.

        Raises:
            UserError: all scores are the same, or `metric` is none of the names there are.
        """
        must_be_among(self._metric, self.metrics(), _NAME)
        scores = np.fromiter((row["score"] for row in train), np.float64)
        if len(scores) and scores.min() == scores.max():
            raise UserError(
                f"{_NAME}: every training row has the score {scores[0]:g}, so nothing can be "
                "learnt from them. Add rows with others, or name the right column: "
                "columns: {score: ...}."
            )
        self._mean, self._std = float(scores.mean()), float(scores.std())

    def restore(self, config: PreTrainedConfig) -> None:
        """Read them from a tuned model's configuration.

        Raises:
            UserError: they are not there.
        """
        if not hasattr(config, "score_std"):
            raise UserError(f"the model was not tuned for {_NAME}: its config.json has no scores.")
        self._mean, self._std = config.score_mean, config.score_std

    def suit(self, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> str:
        """Any model: an encoder is read at its first token, a decoder at the last of the text."""
        return "AutoModelForSequenceClassification"

    def model_settings(self) -> dict[str, Any]:
        """One output, and what its unit is."""
        return {
            "num_labels": 1,
            "id2label": {0: "score"},
            "label2id": {"score": 0},
            "problem_type": "regression",
            "score_mean": self._mean,
            "score_std": self._std,
        }

    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Tokens of the text (pair), and the score in the rows' own unit; NaN if there is none."""
        batch = encode_texts(rows, tokenizer, max_length)
        batch.values[_TARGETS] = [float(row.get("score", np.nan)) for row in rows]
        return batch

    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """`input_ids`, `attention_mask` (B, L); `labels` (B,), standardised."""
        batch = padded_inputs(encoded, rows, padding)
        scores = (encoded.values[_TARGETS][rows] - self._mean) / self._std
        batch[_TARGETS] = torch.from_numpy(scores.astype(np.float32))
        return batch

    def forward(self, model: Network, batch: Batch) -> torch.Tensor:
        """The standardised numbers (B,), in fp32."""
        inputs = {name: values for name, values in batch.items() if name != _TARGETS}
        logits: torch.Tensor = model(**inputs).logits
        return logits.squeeze(-1).float()

    def targets(self, batch: Batch) -> Targets:
        """The standardised scores of the rows that have one."""
        scores = batch[_TARGETS]
        return Targets("numbers", scores[~scores.isnan()])

    def logits(self, output: torch.Tensor, batch: Batch) -> torch.Tensor:
        """The numbers of the rows that have a score."""
        return output[~batch[_TARGETS].isnan()]

    def read(self, output: torch.Tensor, batch: Batch) -> Outputs:
        """The numbers (B,), still standardised."""
        numbers: NDArray[np.float32] = output.cpu().numpy()
        return numbers

    def answers(
        self,
        outputs: Outputs,
        replies: Sequence[Any] | None,
        encoded: Encoded,
        rows: Iterable[Row],
    ) -> Answers:
        """The number of each text, in the rows' own unit."""
        predictions = np.asarray(outputs, np.float64) * self._std + self._mean
        return NumberAnswers(encoded.values[_TARGETS], predictions)

    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """The tokens the model sees, as text, and the score the loss asks for."""
        return f"{render_texts(row, tokenizer, max_length)} → [{row.get('score')}]"

    def metrics(self) -> list[Metric[Any]]:
        """The standard set for numbers."""
        return number_metrics()

    @property
    def primary(self) -> str:
        """Pearson's correlation, or what the recipe names."""
        return self._metric
