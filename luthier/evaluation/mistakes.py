"""The worst answers that a model gave, picked from any number of predictions in one pass."""

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luthier.scoring.rouge import rouge_f1
from luthier.scoring.spans import spans_of
from luthier.scoring.squad import rules
from luthier.scoring.texts import tokens

Prediction = Mapping[str, Any]
"""One line of predictions.jsonl: id, input, reference, prediction, score, and more for texts."""


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What the predictions of a split hold.

    Attributes:
        rows: how many predictions have a reference.
        wrong: how many of them are wrong.
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


def worst_mistakes(predictions: Iterable[Prediction], keep: int, kind: str = "classes") -> Mistakes:
    """Keep the `keep` worst mistakes; memory does not grow with the rows.

    What is wrong, and what is worst, depends on the kind:

    - classes, label sets: other than the reference; the highest score, which is the probability
      that the model gave its answer. Answers without a score come last.
    - numbers: other than the reference; the largest absolute error.
    - tags: an entity is missed or made up; the most of those.
    - texts: none of the references, as `exact_match` normalises them; the fewest words in common
      with any of them (ROUGE-1 F1). Programs that were run: one of them failed; the most failed.

    Args:
        predictions: lines of predictions.jsonl; those without a reference do not count.
        keep: how many.
        kind: of the answers, as evaluation.json calls it.
    """
    badness = {"tags": _of_tags, "texts": _of_texts}.get(kind, _of_values)
    rows = wrong = 0
    numeric = False
    heap: list[tuple[float, int, Prediction]] = []
    for prediction in predictions:
        if prediction["reference"] is None:
            continue
        rows += 1
        bad = badness(prediction)
        if bad is None:
            continue
        wrong += 1
        numeric = isinstance(prediction["reference"], int | float)
        entry = (bad, -rows, prediction)
        if len(heap) < keep:
            heapq.heappush(heap, entry)
        elif entry > heap[0]:
            heapq.heapreplace(heap, entry)
    return Mistakes(rows, wrong, [entry[2] for entry in sorted(heap, reverse=True)], numeric)


def _of_values(found: Prediction) -> float | None:
    reference, answer = found["reference"], found["prediction"]
    if answer == reference:
        return None
    if isinstance(reference, int | float):
        return abs(float(answer) - float(reference))
    score = found.get("score")
    return -1.0 if score is None else float(score)


def _of_tags(found: Prediction) -> float | None:
    there, answered = (set(spans_of(found[side])) for side in ("reference", "prediction"))
    return len(there ^ answered) or None


def _of_texts(found: Prediction) -> float | None:
    if found.get("samples"):
        return 1 - found["passed"] / found["samples"] or None
    reference, answer = found["reference"], found["prediction"]
    references = [reference] if isinstance(reference, str) else reference
    if rules("auto", references).is_exact(references, answer):
        return None
    words = tokens(answer)
    return 1 - max((rouge_f1("rouge1", tokens(one), words) for one in references), default=0.0)
