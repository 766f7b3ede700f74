"""Which loss pulls the weights: the contract of `objectives/`."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch

from luthier.models.network import Network
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Batch, Targets, Task

Part = Callable[[torch.Tensor, slice], None]
"""Told the logits of some targets of a batch, and which they are."""
Watch = Callable[[Batch, Targets], Part | None]
"""Called once for each batch; what it returns is told the logits, all at once or in parts."""


class Objective(ABC):
    """A loss that is a weighted sum over supervised targets, divided by their total weight.

    The two are given apart, because the trainer divides by the weight of the whole optimizer
    step: the loss then does not depend on how the step is cut into micro batches.

    Attributes:
        watch: who looks at what the model says of each target, before it has learnt from it.
    """

    watch: Watch | None = None

    def prepare(self, task: Task, train: Encoded) -> None:  # noqa: B027 - most need nothing
        """Take what the loss needs from the training rows, such as class weights."""

    @abstractmethod
    def weight(self, batch: Batch) -> float:
        """The total weight of the batch's supervised targets; without class weights their count."""

    @abstractmethod
    def loss_sum(self, model: Network, batch: Batch) -> torch.Tensor:
        """The weighted sum of the losses of the batch's targets: a scalar in fp32."""
