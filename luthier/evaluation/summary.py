"""Where it goes wrong, for each kind of answers: what a report shows beside the metrics."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from luthier.scoring.answers import (
    Answers,
    ClassAnswers,
    Floats,
    Integers,
    LabelSetAnswers,
    NumberAnswers,
    TagAnswers,
    TextAnswers,
)
from luthier.scoring.calibration import NUM_BINS, bin_edges, bin_numbers, confidences
from luthier.scoring.confusion import ClassCounts, class_counts, confusion_matrix
from luthier.scoring.metric import divide
from luthier.scoring.spans import span_counts, spans_of

MAX_DOTS = 500
NUM_GROUPS = 10

_EVERY_KIND = ("labels", "positive", "confusion", "per_class", "calibration")


def summary(answers: Answers) -> dict[str, Any]:
    """The parts of evaluation.json beside the metrics, ready for JSON.

    Returns:
        for every kind of answers the keys `labels`, `positive`, `confusion`, `per_class` and
        `calibration`, None where the kind has no such thing; and what the function for the kind
        in this module says that it adds.
    """
    return {**dict.fromkeys(_EVERY_KIND), **_PARTS[type(answers)](answers)}


def _classes(answers: ClassAnswers) -> dict[str, Any]:
    """Tell of classes.

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
        "per_class": per_class(class_counts(answers), labels),
        "calibration": None if answers.probabilities is None else calibration(answers),
    }


def _label_sets(answers: LabelSetAnswers) -> dict[str, Any]:
    """Tell of label sets.

    `labels`: the C label names. `per_class`: as for classes. `decisions`: how many labels were
    given rightly (`true_positives`), given wrongly (`false_positives`) and missed
    (`false_negatives`), over all rows. `labels_per_row`: for `reference` and `prediction`, how
    many rows have 0, 1, 2, ... labels, two lists of the same length.
    """
    labels = list(answers.labels)
    counts = class_counts(answers)
    right, there, given = (
        int(part.sum()) for part in (counts.correct, counts.support, counts.predicted)
    )
    sizes = [np.count_nonzero(side, axis=1) for side in (answers.references, answers.predictions)]
    longest = max(int(side.max(initial=0)) for side in sizes) + 1
    rows = [np.bincount(side, minlength=longest).tolist() for side in sizes]
    return {
        "labels": labels,
        "per_class": per_class(counts, labels),
        "decisions": {
            "true_positives": right,
            "false_positives": given - right,
            "false_negatives": there - right,
        },
        "labels_per_row": {"reference": rows[0], "prediction": rows[1]},
    }


def _numbers(answers: NumberAnswers) -> dict[str, Any]:
    """Tell of numbers.

    `residuals`: prediction minus reference, as `quantiles` tells, and their `deviation` (standard,
    N in the denominator). `dots`: up to 500 pairs of reference and prediction, spread evenly over
    the rows in the order of their references, the smallest and the largest among them. `groups`:
    the rows cut by prediction into up to 10 groups of equal size, ascending, each with the mean
    `prediction`, the mean `reference` and how many `rows`; where the two means agree throughout,
    the predictions are calibrated.
    """
    residuals = answers.predictions - answers.references
    pairs = np.stack([answers.references, answers.predictions], axis=1)
    shown = np.linspace(0, len(pairs) - 1, min(MAX_DOTS, len(pairs))).round().astype(np.intp)
    ascending = pairs[np.argsort(answers.predictions, kind="stable")]
    return {
        "residuals": {**quantiles(residuals), "deviation": float(residuals.std())},
        "dots": pairs[np.argsort(answers.references, kind="stable")][shown].tolist(),
        "groups": [
            {
                "prediction": float(group[:, 1].mean()),
                "reference": float(group[:, 0].mean()),
                "rows": len(group),
            }
            for group in np.array_split(ascending, min(NUM_GROUPS, len(ascending)))
        ],
    }


def _tags(answers: TagAnswers) -> dict[str, Any]:
    """Tell of entities, read from the tags as `spans_of` does.

    `labels`: the T types. `per_class`: precision, recall, F1 and support of each type.
    `taken_for`: whom entities were taken for, as `types`, the T names, and `counts`, T + 1 lists of
    T + 1 counts, row = there, column = found, the last one for no entity with these bounds.
    """
    types, counts = span_counts(answers)
    right, there, found = counts.sum(axis=0)[:, np.newaxis]
    ones = np.ones(1)
    return {
        "labels": types,
        "per_class": per_class(ClassCounts(right, there, found, ones), types),
        "taken_for": {"types": types, "counts": _taken_for(answers, types).tolist()},
    }


def _taken_for(answers: TagAnswers, types: list[str]) -> Integers:
    number = {kind: i for i, kind in enumerate(types)}
    size = len(types) + 1
    cells: Counter[tuple[int, int]] = Counter()
    for reference, prediction in zip(answers.references, answers.predictions, strict=True):
        there, found = (
            {(first, last): number[kind] for kind, first, last in spans_of(tags)}
            for tags in (reference, prediction)
        )
        for bounds in there.keys() | found.keys():
            cells[there.get(bounds, size - 1), found.get(bounds, size - 1)] += 1
    counts = np.zeros((size, size), np.int64)
    for cell, times in cells.items():
        counts[cell] = times
    return counts


def _texts(answers: TextAnswers) -> dict[str, Any]:
    """Tell of texts.

    `characters`: for `reference` and `prediction`, the lengths of the texts as `quantiles` tells
    them; of several references the first counts. `empty`: for both, how many rows have no text.
    `numbers`: the mean of each number that is known of the rows, None where it is not finite.
    """
    sides = {
        "reference": [len(texts[0]) if texts else 0 for texts in answers.references],
        "prediction": [len(text) for text in answers.predictions],
    }
    return {
        "characters": {name: quantiles(np.array(lengths)) for name, lengths in sides.items()},
        "empty": {name: lengths.count(0) for name, lengths in sides.items()},
        "numbers": {name: _finite(column.mean()) for name, column in answers.numbers.items()},
    }


_PARTS: Mapping[type[Answers], Callable[[Any], dict[str, Any]]] = {
    ClassAnswers: _classes,
    LabelSetAnswers: _label_sets,
    NumberAnswers: _numbers,
    TagAnswers: _tags,
    TextAnswers: _texts,
}
"""What there is to tell of each kind of answers."""


def per_class(counts: ClassCounts, labels: list[str]) -> dict[str, dict[str, float | int]]:
    """Precision, recall, F1 and support of each class by its name, from counts under no weights."""
    columns = {
        "precision": divide(*counts.precision(), 0.0)[0],
        "recall": divide(*counts.recall(), 0.0)[0],
        "f1": divide(*counts.f1(), 0.0)[0],
        "support": counts.support[0].astype(np.int64),
    }
    return {
        label: {key: column[number].item() for key, column in columns.items()}
        for number, label in enumerate(labels)
    }


def quantiles(values: Floats | Integers) -> dict[str, float]:
    """The `mean` of numbers (N,), their `least`, `most`, `median`, and `p05` and `p95`."""
    names = ("least", "p05", "median", "p95", "most")
    found = np.quantile(values, [0, 0.05, 0.5, 0.95, 1]).tolist()
    return {"mean": float(values.mean()), **dict(zip(names, found, strict=True))}


def _finite(number: np.floating) -> float | None:
    return float(number) if np.isfinite(number) else None


def calibration(answers: ClassAnswers, num_bins: int = NUM_BINS) -> dict[str, Any]:
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
