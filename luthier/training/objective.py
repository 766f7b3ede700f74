"""Which loss pulls the weights: the contract of `objectives/`."""

from abc import ABC, abstractmethod

import torch

from luthier.models.network import Network
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Batch, Task


class Objective(ABC):
    """A loss that is a weighted sum over supervised targets, divided by their total weight.

    The two are given apart, because the trainer divides by the weight of the whole optimizer
    step: the loss then does not depend on how the step is cut into micro batches.
    """

    def prepare(self, task: Task, train: Encoded) -> None:  # noqa: B027 - most need nothing
        """Take what the loss needs from the training rows, such as class weights."""

    @abstractmethod
    def weight(self, batch: Batch) -> float:
        """The total weight of the batch's supervised targets; without class weights their count."""

    @abstractmethod
    def loss_sum(self, model: Network, batch: Batch) -> torch.Tensor:
        """The weighted sum of the losses of the batch's targets: a scalar in fp32."""
