"""Cross-entropy between the model's answers and the labels."""

from typing import Literal, final

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Batch, Task
from luthier.training.objective import Objective

IGNORED = -100


@final
class Supervised(Objective):
    """Cross-entropy, L = sum_i w_{y_i} (-log p_i(y_i)) / sum_i w_{y_i}, over the whole step.

    `class_weights: balanced` sets w_c = N / (C n_c), as scikit-learn does, so that rare labels pull
    as hard as common ones (King and Zeng, 2001); otherwise all w_c are 1.
    """

    def __init__(self, *, class_weights: Literal["balanced"] | None = None):
        self._balance = class_weights == "balanced"
        self._weights: torch.Tensor | None = None

    def prepare(self, task: Task, train: Encoded) -> None:
        """Count the labels, if rare ones are to weigh more."""
        if self._balance:
            counts = np.bincount(train.values["labels"], minlength=len(task.labels))
            balanced = counts.sum() / (len(counts) * np.maximum(counts, 1))
            self._weights = torch.tensor(balanced, dtype=torch.float32)

    def weight(self, batch: Batch) -> float:
        """Total class weight of the labelled targets."""
        labels = batch["labels"][batch["labels"] != IGNORED]
        if self._weights is None:
            return float(labels.numel())
        return float(self._weights[labels].double().sum())

    def loss_sum(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        """The weighted sum of the cross-entropies."""
        inputs = {name: values for name, values in batch.items() if name != "labels"}
        logits = model(**inputs).logits.float()
        weights = None if self._weights is None else self._weights.to(logits.device)
        return cross_entropy(
            logits.flatten(0, -2),
            batch["labels"].flatten(),
            weight=weights,
            ignore_index=IGNORED,
            reduction="sum",
        )
