"""Who was taken for whom: the counts per class under row weights, and the confusion matrix."""

from dataclasses import dataclass

import numpy as np

from luthier.scoring.answers import ClassAnswers, Floats, Integers, LabelSetAnswers

Ratio = tuple[Floats, Floats]
"""Numerators and denominators, of the same shape."""

_BLOCK_ELEMENTS = 1 << 22


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """What is known of each class, for each of B reweightings of the rows.

    Attributes:
        correct: (B, C) weight of what is of a class and was answered with it (true positives).
        support: (B, C) weight of what is of each class.
        predicted: (B, C) weight of what was answered with each class.
        rows: (B,) weight of all rows.
        every: whether a macro average holds a class too that nothing is of and nothing was answered
            with. As scikit-learn has it: for label sets, but not for classes.
    """

    correct: Floats
    support: Floats
    predicted: Floats
    rows: Floats
    every: bool = False

    def precision(self) -> Ratio:
        """True positives / (true positives + false positives), per class: each (B, C)."""
        return self.correct, self.predicted

    def recall(self) -> Ratio:
        """True positives / (true positives + false negatives), per class: each (B, C)."""
        return self.correct, self.support

    def f1(self) -> Ratio:
        """2 TP / (2 TP + false positives + false negatives), per class: each (B, C)."""
        return 2 * self.correct, self.predicted + self.support


def class_counts(
    answers: ClassAnswers | LabelSetAnswers, weights: Floats | None = None
) -> ClassCounts:
    """Add up the rows by class for each of B reweightings: weights (B, N), None for all ones.

    Only the margins are kept, O(C) per reweighting, because no average of precision, recall or F1
    needs the whole (C, C) matrix.
    """
    rows = np.ones((1, len(answers))) if weights is None else weights
    if isinstance(answers, LabelSetAnswers):
        return _of_sets(answers, rows)
    return _of_classes(answers, rows)


def _of_classes(answers: ClassAnswers, rows: Floats) -> ClassCounts:
    references = answers.references.astype(np.intp, copy=False)
    predictions = answers.predictions.astype(np.intp, copy=False)
    is_correct = references == predictions
    correct, support, predicted = np.empty((3, len(rows), answers.width))
    for number, row in enumerate(rows):
        correct[number] = np.bincount(references, row * is_correct, answers.width)
        support[number] = np.bincount(references, row, answers.width)
        predicted[number] = np.bincount(predictions, row, answers.width)
    return ClassCounts(correct, support, predicted, rows.sum(axis=1))


def _of_sets(answers: LabelSetAnswers, rows: Floats) -> ClassCounts:
    correct, support, predicted = np.zeros((3, len(rows), answers.width))
    step = max(1, _BLOCK_ELEMENTS // max(1, answers.width))
    for start in range(0, len(answers), step):
        block = slice(start, start + step)
        references, predictions = answers.references[block], answers.predictions[block]
        correct += rows[:, block] @ (references & predictions)
        support += rows[:, block] @ references
        predicted += rows[:, block] @ predictions
    return ClassCounts(correct, support, predicted, rows.sum(axis=1), every=True)


def confusion_matrix(answers: ClassAnswers) -> Integers:
    """Count the rows by true and answered class: (C, C), row = true, column = answered."""
    size = len(answers.labels)
    cells = answers.references.astype(np.intp) * size + answers.predictions
    return np.bincount(cells, minlength=size * size).reshape(size, size)
