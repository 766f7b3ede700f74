"""The wrong answers a model was surest of, picked from any number of predictions in one pass."""

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Prediction = Mapping[str, Any]
"""One line of predictions.jsonl: id, input, reference, prediction, score."""


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What the predictions of a split hold.

    Attributes:
        rows: how many predictions have a reference.
        wrong: how many of them differ from it.
        worst: the wrong ones, worst first; of equal ones the earlier first.
        numeric: references are numbers, and worst is what lies furthest off.
    """

    rows: int
    wrong: int
    worst: list[Prediction]
    numeric: bool


def read_predictions(path: Path) -> Iterator[Prediction]:
    """The lines of a predictions file, one at a time."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def worst_mistakes(predictions: Iterable[Prediction], keep: int) -> Mistakes:
    """Keep the `keep` worst mistakes; memory does not grow with the rows.

    Worst is, for numbers, the largest absolute error; else the highest score, which is the
    probability that the model gave its wrong answer. Answers without a score come last.
    """
    rows = wrong = 0
    numeric = False
    heap: list[tuple[float, int, Prediction]] = []
    for prediction in predictions:
        reference = prediction["reference"]
        if reference is None:
            continue
        rows += 1
        if prediction["prediction"] == reference:
            continue
        wrong += 1
        numeric = isinstance(reference, int | float)
        entry = (_badness(prediction, numeric), -rows, prediction)
        if len(heap) < keep:
            heapq.heappush(heap, entry)
        elif entry > heap[0]:
            heapq.heapreplace(heap, entry)
    return Mistakes(rows, wrong, [entry[2] for entry in sorted(heap, reverse=True)], numeric)


def _badness(prediction: Prediction, numeric: bool) -> float:
    if numeric:
        return abs(float(prediction["prediction"]) - float(prediction["reference"]))
    score = prediction.get("score")
    return -1.0 if score is None else float(score)
