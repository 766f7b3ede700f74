"""Which kind of question makes rows for which task."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from types import MappingProxyType
from typing import Any

from luthier.core.errors import UserError, did_you_mean
from luthier.core.records import Row
from luthier.data.annotation.marking import MARKERS
from luthier.scoring.spans import spans_of

SAMPLE = 100
KIND_OF = MappingProxyType(
    {
        "text_classification": "classes",
        "token_classification": "spans",
        "relation_classification": "relations",
        "regression": "rating",
        "preference": "preference",
        "question_answering": "free_answer",
        "chat": "free_answer",
        "text_generation": "free_answer",
        "code_generation": "free_answer",
        "summarization": "free_answer",
        "translation": "free_answer",
    }
)
"""Task -> kind of question. `preference` stands for what dpo learns from."""

Written = dict[str, dict[str, Any]]
"""A choice as a recipe writes it."""


def kind_for(
    task: str,
    rows: Iterable[Row],
    labels: Sequence[str] = (),
    relation_labels: Sequence[str] = (),
) -> Written:
    """The choice from `kinds/` for a recipe's task, with options that the rows suggest.

    Labels that are not given are those the rows hold, which are all read then. Several labels on
    one row make it `label_sets`; entities that are marked already make it `classes`. A kind may be
    named instead of a task.

    Raises:
        UserError: no kind of question makes rows for that task, or it needs labels.
    """
    known = {**KIND_OF, **{kind: kind for kind in (*KIND_OF.values(), "label_sets")}}
    if task not in known:
        raise UserError(f"--task {task}: nobody can be asked for that. {did_you_mean(task, known)}")
    kind = known[task]
    reading = iter(rows)
    sample = list(islice(reading, SAMPLE))
    everything = chain(sample, reading)
    if kind == "relations" and any(MARKERS[0] in (row.get("text") or "") for row in sample):
        kind = "classes"
    if kind == "classes" and any(isinstance(row.get("label"), list) for row in sample):
        kind = "label_sets"
    if kind in ("classes", "label_sets"):
        return {kind: {"labels": list(labels) or _held(everything, task)}}
    if kind == "spans":
        return {kind: {"labels": list(labels) or _tagged(everything, task)}}
    if kind == "relations":
        if not labels or not relation_labels:
            raise UserError(f"--task {task}: name the --labels of entities and --relation-labels.")
        return {kind: {"labels": list(labels), "relation_labels": list(relation_labels)}}
    return {kind: _scale(everything) if kind == "rating" else {}}


def _held(rows: Iterable[Row], task: str) -> list[str]:
    found: dict[str, None] = {}
    for row in rows:
        label = row.get("label")
        if label is not None:
            found.update(dict.fromkeys(map(str, label if isinstance(label, list) else [label])))
    return _needed(found, task)


def _tagged(rows: Iterable[Row], task: str) -> list[str]:
    found: set[str] = set()
    for row in rows:
        tags = row.get("tags") or []
        if all(isinstance(tag, str) and tag for tag in tags):
            found.update(label for label, _, _ in spans_of(tags))
    return _needed(found, task)


def _needed(found: Iterable[str], task: str) -> list[str]:
    labels = sorted(found, key=lambda label: (not label.isdigit(), label.zfill(20)))
    if not labels:
        raise UserError(f"--task {task}: the rows hold no labels yet. Name them: --labels a,b,c.")
    return labels


def _scale(rows: Iterable[Row]) -> dict[str, int]:
    scores = [score for row in rows if (score := row.get("score")) is not None]
    if not scores or any(score != int(score) for score in scores):
        return {}
    low, high = int(min(scores)), int(max(scores))
    return {"low": low, "high": high} if low < high <= low + 100 else {}
