"""Who was taken for whom: the confusion matrix and its margins, under row weights."""

from dataclasses import dataclass

import numpy as np

from luthier.scoring.metric import Answers, Floats, Integers


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """The margins of B confusion matrices, one per reweighting of the rows.

    Attributes:
        correct: (B, C) weight of the rows of each class that were answered right (the diagonal).
        support: (B, C) weight of the rows that are of each class (row sums).
        predicted: (B, C) weight of the rows that were answered with each class (column sums).
    """

    correct: Floats
    support: Floats
    predicted: Floats


def class_counts(answers: Answers, weights: Floats | None = None) -> ClassCounts:
    """Add up the rows by class for each of B reweightings: weights (B, N), None for all ones.

    Only the margins are kept, O(C) per reweighting, because no average of precision, recall or F1
    needs the whole (C, C) matrix.
    """
    references = answers.references.astype(np.intp, copy=False)
    predictions = answers.predictions.astype(np.intp, copy=False)
    is_correct = references == predictions
    rows = np.ones((1, len(answers))) if weights is None else weights
    counts = ClassCounts(*np.empty((3, len(rows), len(answers.labels))))
    for number, row in enumerate(rows):
        counts.correct[number] = _add_up(references, row * is_correct, answers)
        counts.support[number] = _add_up(references, row, answers)
        counts.predicted[number] = _add_up(predictions, row, answers)
    return counts


def _add_up(classes: Integers, weights: Floats, answers: Answers) -> Floats:
    return np.bincount(classes, weights, len(answers.labels)).astype(np.float64, copy=False)


def confusion_matrix(answers: Answers) -> Integers:
    """Count the rows by true and answered class: (C, C), row = true, column = answered."""
    size = len(answers.labels)
    cells = answers.references.astype(np.intp) * size + answers.predictions
    return np.bincount(cells, minlength=size * size).reshape(size, size)
