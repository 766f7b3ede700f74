"""Baselines that tell texts apart by features: one class, a set of labels, or a number a text."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from luthier.core.chunks import chunks
from luthier.core.config import Recipe
from luthier.core.records import Row
from luthier.data.duplicates.shingles import text_of
from luthier.evaluation.baseline import Baseline, Question
from luthier.evaluation.linear import Kind, Wanted
from luthier.evaluation.predict import mapped
from luthier.scoring.answers import (
    Answers,
    ClassAnswers,
    Floats,
    LabelSetAnswers,
    NumberAnswers,
)
from luthier.tasks.classes import written_names
from luthier.tasks.thresholds import best_thresholds

Classifier = Callable[[Sequence[str]], Floats]
"""From a batch of m texts to probabilities (m, C), or to numbers (m, 1)."""
_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn from the training rows.

    Attributes:
        texts: N texts, read once, as a stream. A row of several texts comes as one, joined.
        targets: (N,) class numbers, (N, C) 0 or 1 for label sets, or (N,) numbers.
        kind: which of these.
        width: C; 1 for numbers. A class that is missing among the targets gets probability 0.
        recipe: names the base model and the lengths.
    """

    texts: Iterable[str]
    targets: Wanted
    kind: Kind
    width: int
    recipe: Recipe


class TextClassifier(Baseline):
    """Learns from texts what each is to be answered with; the task's kind says what that is.

    For label sets, the threshold is chosen on the validation rows, as the tuned model's is.
    """

    @abstractmethod
    def fit(self, lesson: Lesson) -> Classifier:
        """Learn from the training rows, with memory that does not grow with their number."""

    def answers(self, question: Question) -> Answers:
        """Fit, then answer batch by batch."""
        ours = question.ours
        kind, targets = targets_of(question)
        width = max(1, len(question.task.labels))
        texts = texts_of(question.train())
        answer = self.fit(Lesson(texts, targets, kind, width, question.recipe))
        found = mapped((len(ours), width))
        start = 0
        for batch in chunks(texts_of(question.test()), _BATCH):
            found[start : start + len(batch)] = answer(batch)
            start += len(batch)
        if isinstance(ours, ClassAnswers):
            return replace(ours, predictions=found.argmax(axis=1), probabilities=found)
        if isinstance(ours, LabelSetAnswers):
            given = found >= _thresholds(question, answer)
            return replace(ours, predictions=given, probabilities=found)
        assert isinstance(ours, NumberAnswers)
        return replace(ours, predictions=found[:, 0].astype(np.float64))


def texts_of(rows: Iterable[Row]) -> Iterator[str]:
    """The text of each row, several joined."""
    return (text_of(row.fields) for row in rows)


def targets_of(question: Question) -> tuple[Kind, Wanted]:
    """What the training rows ask for, as `Lesson` has it."""
    if isinstance(question.ours, NumberAnswers):
        return "numbers", np.array([row["score"] for row in question.train()], np.float64)
    labels = list(question.task.labels)
    if isinstance(question.ours, LabelSetAnswers):
        return "label_sets", _sets(question.train(), labels)
    number = {label: i for i, label in enumerate(labels)}
    return "classes", np.array([number[str(row["label"])] for row in question.train()], np.int64)


def _sets(rows: Iterable[Row], labels: Sequence[str]) -> Floats:
    number = {label: i for i, label in enumerate(labels)}
    known = [[number[n] for n in written_names(row["label"]) if n in number] for row in rows]
    sets = np.zeros((len(known), len(labels)), np.float32)
    for row, columns in enumerate(known):
        sets[row, columns] = 1
    return sets


def _thresholds(question: Question, answer: Classifier) -> Floats:
    labels = list(question.task.labels)
    if question.validation is None:
        return np.full(len(labels), 0.5)
    texts = texts_of(question.validation())
    found = np.concatenate([answer(batch) for batch in chunks(texts, _BATCH)])
    return best_thresholds(_sets(question.validation(), labels) == 1, found)
