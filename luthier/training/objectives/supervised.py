"""The loss between the model's answers and what the rows say."""

from typing import Annotated, Literal, final

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from luthier.core.errors import UserError, did_you_mean
from luthier.models.network import Network
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Batch, Targets, Task
from luthier.training.losses import FITTING, Loss, LossName, divergence, summed, with_options
from luthier.training.objective import Objective


@final
class Supervised(Objective):
    """L = sum_i w_i l_i / sum_i w_i over all targets of the step, with w_i from row and class.

    The usual loss is cross-entropy (binary cross-entropy of each label, for label sets), of numbers
    the squared error. `class_weights: balanced` sets w_c = N / (C n_c), as scikit-learn does, so
    that rare labels pull as hard as common ones (King and Zeng, 2001). `r_drop` adds alpha times
    the divergence between two passes with other dropout masks (Wu et al., 2021).

    `mixup` mixes each row with a partner: for s ~ Beta(a, a), h = s h_i + (1 - s) h_j goes through
    the last layer, and the loss is s l(y_i) + (1 - s) l(y_j) (Zhang et al., 2018; senMixup of Guo
    et al., 2019). The last layer is affine, so its answer to h is the same mix of its answers to
    h_i and h_j: those are mixed. Partners are drawn within a micro batch, by the chance of the
    step; alone in its micro batch, a row is its own partner. Like dropout it is for training mode.
    """

    def __init__(
        self,
        *,
        loss: Annotated[LossName, Field(description="else the usual one of the task")] = "auto",
        class_weights: Annotated[
            Literal["balanced"] | dict[str, float] | None,
            Field(description="balanced, or a weight for each label name; others weigh 1"),
        ] = None,
        label_smoothing: Annotated[
            float, Field(ge=0, lt=1, description="share of a target spread over all classes")
        ] = 0.0,
        focal_gamma: Annotated[
            float, Field(ge=0, description="how little the focal loss cares for what is easy")
        ] = 2.0,
        huber_delta: Annotated[
            float, Field(gt=0, description="error from which the Huber loss is straight")
        ] = 1.0,
        r_drop: Annotated[float, Field(ge=0, description="alpha of R-Drop; 0 is off")] = 0.0,
        mixup: Annotated[
            float, Field(ge=0, description="a of Beta(a, a) that rows are mixed by; 0 is off")
        ] = 0.0,
    ):
        self._name = loss
        self._class_weights = class_weights
        self._options = {"smoothing": label_smoothing, "gamma": focal_gamma, "delta": huber_delta}
        self._r_drop = r_drop
        self._mixup = mixup
        self._weights: torch.Tensor | None = None
        self._task: Task

    def prepare(self, task: Task, train: Encoded) -> None:
        """Weigh the classes, if they are to weigh differently.

        Raises:
            UserError: a class weight for no label, or for a task without classes; rows are to be
                mixed that have not one target each, or that are passed twice.
        """
        self._task = task
        self._must_mix(train)
        if self._class_weights is None:
            return
        labels = list(task.labels)
        known = {**train.values, **train.tokens}.get("labels")
        if not labels or known is None or known.ndim != 1:
            raise UserError(
                "objective.supervised.class_weights: only a task with one class a text or a token "
                "has any."
            )
        if self._class_weights == "balanced":
            counts = np.bincount(known[known >= 0], minlength=len(labels))
            weights = counts.sum() / (len(counts) * np.maximum(counts, 1))
        else:
            for name in self._class_weights:
                if name not in labels:
                    place = "objective.supervised.class_weights"
                    raise UserError(f"{place}: no label `{name}`. {did_you_mean(name, labels)}")
            weights = np.array([self._class_weights.get(name, 1.0) for name in labels])
        self._weights = torch.tensor(weights, dtype=torch.float32)

    def weight(self, batch: Batch) -> float:
        """Total weight of the targets."""
        targets = self._task.targets(batch)
        weights = self._weights_of(targets)
        return float(len(targets.labels)) if weights is None else float(weights.double().sum())

    def loss_sum(self, model: Network, batch: Batch) -> torch.Tensor:
        """The weighted sum of the losses of all targets."""
        targets = self._task.targets(batch)
        loss, weights = self._loss(targets.kind), self._weights_of(targets)
        output = self._task.forward(model, batch)
        seen = self.watch and self.watch(batch, targets)

        def weighted(logits: Tensor, part: slice) -> Tensor:
            if seen is not None:
                seen(logits, part)
            each = loss(logits, targets.labels[part])
            return each.sum() if weights is None else (each * weights[part]).sum()

        if self._mixup and model.training:
            logits = self._task.logits(output, batch)
            if seen is not None:
                seen(logits, slice(None))
            return self._mixed(loss, logits, targets.labels, weights)
        if not self._r_drop:
            return summed(self._task, output, batch, weighted)
        once = self._task.logits(output, batch)
        again = self._task.logits(self._task.forward(model, batch), batch)
        apart = divergence(once, again, targets.kind)
        apart = apart if weights is None else apart * weights
        means = (weighted(once, slice(None)) + weighted(again, slice(None))) / 2
        return means + self._r_drop * apart.sum()

    def _mixed(self, loss: Loss, logits: Tensor, labels: Tensor, weights: Tensor | None) -> Tensor:
        """The same for rows that are mixed, each with a partner of its own."""
        count = len(labels)
        shape = torch.full((count,), self._mixup, dtype=torch.float64)
        share = torch.distributions.Beta(shape, shape).sample().to(logits)
        partner = torch.randperm(count).to(logits.device)
        rows = share.view(-1, *[1] * (logits.dim() - 1))
        mixed = rows * logits + (1 - rows) * logits[partner]
        own, other = loss(mixed, labels), loss(mixed, labels[partner])
        if weights is not None:
            own, other = own * weights, other * weights[partner]
        return (share * own + (1 - share) * other).sum()

    def _must_mix(self, train: Encoded) -> None:
        if not self._mixup:
            return
        if self._r_drop:
            raise UserError("objective.supervised: `mixup` and `r_drop` exclude each other.")
        if "labels" not in train.values:
            raise UserError(
                "objective.supervised.mixup: only a task with one label or number a row can mix "
                "rows: text_classification, relation_classification, regression."
            )

    def _weights_of(self, targets: Targets) -> torch.Tensor | None:
        if self._weights is None:
            return targets.weights
        of_class = self._weights.to(targets.labels.device)[targets.labels]
        return of_class if targets.weights is None else of_class * targets.weights

    def _loss(self, kind: str) -> Loss:
        fitting = FITTING[kind]
        name = next(iter(fitting)) if self._name == "auto" else self._name
        if name not in fitting:
            raise UserError(
                f"objective.supervised.loss: {name} does not fit this task. "
                f"Choose one of {', '.join(fitting)}."
            )
        return with_options(fitting[name], **self._options)
