"""The answers that metrics judge: one class for each kind of question."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]
Bools = NDArray[np.bool_]
Record = Mapping[str, Any]
"""One line of predictions.jsonl."""


class Answers(ABC):
    """The answers to N rows, beside the references.

    Attributes:
        kind: how evaluation.json calls it.
    """

    kind: ClassVar[str]

    @abstractmethod
    def __len__(self) -> int:
        """N, the number of rows."""

    @property
    def width(self) -> int:
        """How many probabilities a row holds, 1 if none."""
        return 1

    @abstractmethod
    def reference(self, row: int) -> Any:
        """What is true of a row, in names rather than numbers."""

    @abstractmethod
    def answer(self, row: int) -> dict[str, Any]:
        """What was answered: `prediction`, `score` (None if there is none), and what else helps."""

    @final
    def record(self, row: int) -> dict[str, Any]:
        """What predictions.jsonl shows of a row: `reference`, `prediction`, `score`, and more."""
        return {"reference": self.reference(row), **self.answer(row)}

    @classmethod
    @abstractmethod
    def restore(cls, records: Sequence[Record], labels: Sequence[str], positive: int) -> Self:
        """The answers from the lines that `record` made of them; probabilities are lost."""

    @abstractmethod
    def has_references_of(self, other: "Answers") -> bool:
        """Whether the other answers are to the same questions, in the same order."""


@final
@dataclass(frozen=True, slots=True)
class ClassAnswers(Answers):
    """One of C classes a row.

    Attributes:
        references: (N,) class numbers, what is true.
        predictions: (N,) class numbers, what was answered.
        probabilities: (N, C) float, rows sum to 1; may be a memory map that is larger than memory,
            so a metric reads it by column or in slices. None where the model gives no probability.
        labels: the C class names.
        positive: for two classes, the number of the one that precision, recall, F1 and ROC-AUC
            speak of.
    """

    kind: ClassVar[str] = "classes"
    references: Integers
    predictions: Integers
    probabilities: Floats | None
    labels: Sequence[str]
    positive: int = 1

    def __len__(self) -> int:
        return len(self.references)

    @property
    def width(self) -> int:
        """C."""
        return len(self.labels)

    def reference(self, row: int) -> str:
        """The name of the true class."""
        return self.labels[int(self.references[row])]

    def answer(self, row: int) -> dict[str, Any]:
        """The name of the class that was answered, and its probability."""
        answer = int(self.predictions[row])
        score = None if self.probabilities is None else self.probabilities[row, answer]
        return {
            "prediction": self.labels[answer],
            "score": None if score is None else round(float(score), 6),
        }

    @classmethod
    def restore(cls, records: Sequence[Record], labels: Sequence[str], positive: int) -> Self:
        """The class numbers back from the names."""
        number = {label: i for i, label in enumerate(labels)}
        columns = ([number[r[key]] for r in records] for key in ("reference", "prediction"))
        references, predictions = (np.array(column, np.int64) for column in columns)
        return cls(references, predictions, None, labels, positive)

    def has_references_of(self, other: Answers) -> bool:
        """Whether labels and references are equal."""
        return (
            isinstance(other, ClassAnswers)
            and list(self.labels) == list(other.labels)
            and np.array_equal(self.references, other.references)
        )


@final
@dataclass(frozen=True, slots=True)
class LabelSetAnswers(Answers):
    """Any number of C labels a row.

    Attributes:
        references: (N, C) which labels a row has.
        predictions: (N, C) which it was given.
        probabilities: (N, C) of each label by itself; rows do not sum to 1. None if there are none.
        labels: the C label names.
    """

    kind: ClassVar[str] = "label_sets"
    references: Bools
    predictions: Bools
    probabilities: Floats | None
    labels: Sequence[str]

    def __len__(self) -> int:
        return len(self.references)

    @property
    def width(self) -> int:
        """C."""
        return len(self.labels)

    def reference(self, row: int) -> list[str]:
        """The names of the labels the row has."""
        return self._names(self.references[row])

    def answer(self, row: int) -> dict[str, Any]:
        """The names of the labels it was given, and the probability of the least likely of them.

        Where none was given, the score is that of no label: 1 - the largest probability.
        """
        given = self._names(self.predictions[row])
        if self.probabilities is None:
            return {"prediction": given, "score": None}
        all_of_it = self.probabilities[row]
        score = all_of_it[self.predictions[row]].min() if given else 1 - all_of_it.max()
        return {"prediction": given, "score": round(float(score), 6)}

    def _names(self, row: Bools) -> list[str]:
        return [self.labels[i] for i in np.flatnonzero(row).tolist()]

    @classmethod
    def restore(cls, records: Sequence[Record], labels: Sequence[str], positive: int) -> Self:
        """The sets back from the lists of names."""
        number = {label: i for i, label in enumerate(labels)}
        sets = np.zeros((2, len(records), len(labels)), np.bool_)
        for row, record in enumerate(records):
            for which, key in enumerate(("reference", "prediction")):
                sets[which, row, [number[name] for name in record[key]]] = True
        return cls(sets[0], sets[1], None, labels)

    def has_references_of(self, other: Answers) -> bool:
        """Whether labels and references are equal."""
        return (
            isinstance(other, LabelSetAnswers)
            and list(self.labels) == list(other.labels)
            and np.array_equal(self.references, other.references)
        )


@final
@dataclass(frozen=True, slots=True)
class NumberAnswers(Answers):
    """A number a row.

    Attributes:
        references: (N,) what is true.
        predictions: (N,) what was answered.
    """

    kind: ClassVar[str] = "numbers"
    references: Floats
    predictions: Floats

    def __len__(self) -> int:
        return len(self.references)

    def reference(self, row: int) -> float:
        """The true number."""
        return float(self.references[row])

    def answer(self, row: int) -> dict[str, Any]:
        """The number that was answered."""
        return {"prediction": float(self.predictions[row]), "score": None}

    @classmethod
    def restore(cls, records: Sequence[Record], labels: Sequence[str], positive: int) -> Self:
        """Both numbers of every row."""
        columns = ([r[key] for r in records] for key in ("reference", "prediction"))
        references, predictions = (np.array(column, np.float64) for column in columns)
        return cls(references, predictions)

    def has_references_of(self, other: Answers) -> bool:
        """Whether the references are equal."""
        return isinstance(other, NumberAnswers) and np.array_equal(
            self.references, other.references
        )


@final
@dataclass(frozen=True, slots=True)
class TagAnswers(Answers):
    """A tag for each token of a row, such as B-person, I-person, O.

    Attributes:
        references: N lists of tags.
        predictions: N lists of as many.
        labels: the types of entities there are, without B- and I-.
        scores: (N,) the probability of the least certain tag of each row; None if there are none.
        more: what else to show of each row, such as the entities in its text; N of them or none.
    """

    kind: ClassVar[str] = "tags"
    references: Sequence[Sequence[str]]
    predictions: Sequence[Sequence[str]]
    labels: Sequence[str]
    scores: Floats | None = None
    more: Sequence[Record] = ()

    def __len__(self) -> int:
        return len(self.references)

    def reference(self, row: int) -> list[str]:
        """The true tags."""
        return list(self.references[row])

    def answer(self, row: int) -> dict[str, Any]:
        """The tags that were answered, the probability of the least certain, and `more`."""
        score = None if self.scores is None else round(float(self.scores[row]), 6)
        more = self.more[row] if self.more else {}
        return {"prediction": list(self.predictions[row]), "score": score, **more}

    @classmethod
    def restore(cls, records: Sequence[Record], labels: Sequence[str], positive: int) -> Self:
        """Both lists of every row."""
        return cls([r["reference"] for r in records], [r["prediction"] for r in records], labels)

    def has_references_of(self, other: Answers) -> bool:
        """Whether the references are equal."""
        return isinstance(other, TagAnswers) and all(
            list(ours) == list(theirs)
            for ours, theirs in zip(self.references, other.references, strict=True)
        )


@final
@dataclass(frozen=True, slots=True)
class TextAnswers(Answers):
    """A text a row, of which several may be right.

    Attributes:
        references: N lists of acceptable texts; an empty list says that there is no answer.
        predictions: N texts; an empty one says so too.
        numbers: name -> (N,) what else is known of each row: `nll` (sum of -log p of the reference
            in nats), `tokens` (how many it has), `right` (how many of them were the likeliest),
            `samples` and `passed` (programs written, and how many passed their tests), `reward`.
    """

    kind: ClassVar[str] = "texts"
    references: Sequence[Sequence[str]]
    predictions: Sequence[str]
    numbers: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.references)

    def reference(self, row: int) -> str | list[str]:
        """The acceptable text; a list where there is none or more than one."""
        references = list(self.references[row])
        return references[0] if len(references) == 1 else references

    def answer(self, row: int) -> dict[str, Any]:
        """The text that was answered, and the numbers that are known of it."""
        known = {name: float(column[row]) for name, column in self.numbers.items()}
        finite = {name: value for name, value in known.items() if np.isfinite(value)}
        return {"prediction": self.predictions[row], "score": None, **finite}

    @classmethod
    def restore(cls, records: Sequence[Record], labels: Sequence[str], positive: int) -> Self:
        """The texts, and whatever numbers every row has."""
        known = {"id", "input", "reference", "prediction", "score"}
        names = [
            name
            for name in (records[0] if records else ())
            if name not in known and all(isinstance(r.get(name), int | float) for r in records)
        ]
        references = [r["reference"] for r in records]
        return cls(
            [[one] if isinstance(one, str) else one for one in references],
            [r["prediction"] for r in records],
            {name: np.array([r[name] for r in records], np.float64) for name in names},
        )

    def has_references_of(self, other: Answers) -> bool:
        """Whether the references are equal."""
        return isinstance(other, TextAnswers) and all(
            list(ours) == list(theirs)
            for ours, theirs in zip(self.references, other.references, strict=True)
        )


KINDS: Mapping[str, type[Answers]] = {
    each.kind: each
    for each in (ClassAnswers, LabelSetAnswers, NumberAnswers, TagAnswers, TextAnswers)
}
