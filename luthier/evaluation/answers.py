"""A model's answers to all rows of a split, beside the references, for metrics to judge."""

from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray

from luthier.evaluation.predict import Model
from luthier.scoring.metric import Answers
from luthier.tasks.encoded import Encoded

_TINY = np.finfo(np.float32).tiny


def collect_answers(model: Model, encoded: Encoded) -> Answers:
    """Ask the model every row.

    Probabilities, rows times classes, go to disk: what stays in memory is two numbers a row.
    """
    labels = model.task.labels
    shape = (len(encoded), len(labels))
    probabilities = mapped(shape)
    predictions = np.empty(len(encoded), np.int64)
    for rows, found in model.probabilities(encoded):
        probabilities[rows] = found
        predictions[rows] = found.argmax(axis=1)
    references = np.asarray(encoded.values["labels"], np.int64)
    positive = model.task.positive
    return Answers(references, predictions, probabilities, labels, positive)


def negative_log_likelihood(answers: Answers) -> float:
    """Mean of -log p(reference): cross-entropy in nats, the loss of a split."""
    assert answers.probabilities is not None
    chosen = answers.probabilities[np.arange(len(answers)), answers.references]
    return float(-np.log(np.maximum(chosen, _TINY).astype(np.float64)).mean())


def mapped(shape: tuple[int, int]) -> NDArray[np.float32]:
    """An array that lies in a nameless temporary file, so that memory does not grow with it."""
    if 0 in shape:
        return np.empty(shape, np.float32)
    with TemporaryFile() as file:  # the map outlives the handle, and the file has no name
        return np.memmap(file, np.float32, mode="w+", shape=shape)
