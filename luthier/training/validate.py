"""Judge the validation split while a run is under way."""

from functools import partial

import numpy as np
import torch

from luthier.evaluation.predict import Kept, Model, Rows
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Outputs, Targets
from luthier.training.losses import plain_loss, summed
from luthier.training.parts import Scores


def validate(model: Model, encoded: Encoded, rows: Rows) -> Scores:
    """The task's metrics, without intervals, and the mean loss; what is not defined is left out.

    The loss is the task's usual one without smoothing or class weights, so that runs with other
    objectives can be compared by it.
    """
    outputs, loss = forward_all(model, encoded)
    if model.task.needs_calibration:  # thresholds move with the model, and are chosen here anyway
        model.task.calibrate(outputs, encoded, rows)
    answers = model.task.answers(outputs, None, encoded, rows())
    scores = {metric.name(): metric.value(answers) for metric in model.task.validation_metrics()}
    defined = {name: value for name, value in scores.items() if np.isfinite(value)}
    return {"loss": loss, **defined}


def forward_all(model: Model, encoded: Encoded) -> tuple[Outputs, float]:
    """What the task keeps of every example, and the mean loss of their targets."""
    task, kept = model.task, Kept(len(encoded))
    loss = weight = 0.0
    for numbers, batch, output in model.passes(encoded):
        kept.put(numbers, task.read(output, batch))
        targets = task.targets(batch)
        with torch.inference_mode():
            loss += float(summed(task, output, batch, partial(_weighted, targets)))
        weight += float(len(targets.labels) if targets.weights is None else targets.weights.sum())
    return kept.finish(), loss / weight if weight else float("nan")


def _weighted(targets: Targets, logits: torch.Tensor, part: slice) -> torch.Tensor:
    each = plain_loss(targets.kind)(logits, targets.labels[part]).double()
    return (each if targets.weights is None else each * targets.weights[part]).sum()
