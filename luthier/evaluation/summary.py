"""Where it goes wrong: the confusion matrix, each class, and calibration, ready for a report."""

from typing import Any

import numpy as np

from luthier.scoring.calibration import NUM_BINS, bin_edges, bin_numbers, confidences
from luthier.scoring.confusion import class_counts, confusion_matrix
from luthier.scoring.counted import divide
from luthier.scoring.metric import Answers


def summary(answers: Answers) -> dict[str, Any]:
    """The parts of evaluation.json beside the metrics, ready for JSON.

    Returns:
        `labels`: the C class names. `positive`: the name of the positive class if there are two
        classes, else None. `confusion`: C lists of C counts, row = true, column = answered.
        `per_class`: precision, recall, F1 (0 / 0 counts as 0) and support by class name.
        `calibration`: see `calibration`; None where the answers carry no probabilities.
    """
    labels = list(answers.labels)
    return {
        "labels": labels,
        "positive": labels[answers.positive] if len(labels) == 2 else None,
        "confusion": confusion_matrix(answers).tolist(),
        "per_class": per_class(answers),
        "calibration": None if answers.probabilities is None else calibration(answers),
    }


def per_class(answers: Answers) -> dict[str, dict[str, float | int]]:
    """Precision, recall, F1 and the number of true rows of each class, by its name."""
    counts = class_counts(answers)
    right, support, predicted = counts.correct[0], counts.support[0], counts.predicted[0]
    columns = {
        "precision": divide(right, predicted, 0.0),
        "recall": divide(right, support, 0.0),
        "f1": divide(2 * right, predicted + support, 0.0),
        "support": support.astype(np.int64),
    }
    return {
        label: {key: column[number].item() for key, column in columns.items()}
        for number, label in enumerate(answers.labels)
    }


def calibration(answers: Answers, num_bins: int = NUM_BINS) -> dict[str, Any]:
    """The expected calibration error and the bins it is the sum of.

    Returns:
        `error`: the error (Guo et al. 2017; see the metric `calibration_error`). `bins`: those that
        hold rows, ascending, each with its ends `low` < confidence <= `high`, the mean `confidence`
        and the `accuracy` of its rows, and their number `rows`.
    """
    confidence = confidences(answers)
    numbers, edges = bin_numbers(confidence, num_bins), bin_edges(num_bins)
    rows = np.bincount(numbers, minlength=num_bins)
    sure = np.bincount(numbers, confidence, num_bins)
    right = np.bincount(numbers, answers.references == answers.predictions, num_bins)
    bins = [
        {
            "low": float(edges[m]),
            "high": float(edges[m + 1]),
            "confidence": float(sure[m] / rows[m]),
            "accuracy": float(right[m] / rows[m]),
            "rows": int(rows[m]),
        }
        for m in np.flatnonzero(rows)
    ]
    return {"error": float(np.abs(right - sure).sum() / len(answers)), "bins": bins}
