"""Tasks that ask which of C classes something is: what they share."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from luthier.models.network import Network
from luthier.tasks.classes import UNKNOWN
from luthier.tasks.encoded import Encoded, Indices
from luthier.tasks.task import Batch, Outputs, Targets, Task
from luthier.tasks.text_pairs import padded_inputs

TARGETS = "labels"
"""What batches call the class numbers; `UNKNOWN` is the number of what has no class."""


class Classification(Task):
    """A task that a model answers with logits of C classes: one answer a row, unless it says so."""

    kept_back: ClassVar[frozenset[str]] = frozenset({TARGETS})
    """What batches hold that is no input of the model."""

    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """`input_ids`, `attention_mask` (B, L); `labels` (B,)."""
        batch = padded_inputs(encoded, rows, padding)
        batch[TARGETS] = torch.from_numpy(encoded.values[TARGETS][rows].astype(np.int64))
        return batch

    def forward(self, model: Network, batch: Batch) -> torch.Tensor:
        """The logits (B, ..., C), in fp32."""
        inputs = {name: values for name, values in batch.items() if name not in self.kept_back}
        logits: torch.Tensor = model(**inputs).logits.float()
        return logits

    def targets(self, batch: Batch) -> Targets:
        """The classes that are known."""
        labels = batch[TARGETS]
        return Targets("classes", labels[labels != UNKNOWN])

    def owners(self, batch: Batch) -> torch.Tensor:
        """The rows of the classes that are known."""
        return (batch[TARGETS] != UNKNOWN).nonzero()[:, 0]

    def logits(self, output: torch.Tensor, batch: Batch) -> torch.Tensor:
        """The logits where the class is known."""
        return output[batch[TARGETS] != UNKNOWN]

    def read(self, output: torch.Tensor, batch: Batch) -> Outputs:
        """Probabilities (B, C)."""
        probabilities: NDArray[np.float32] = output.softmax(dim=-1).cpu().numpy()
        return probabilities
