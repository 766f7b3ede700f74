"""Who has said what of which item: the log's entries, applied one after another."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import final

import numpy as np
from numpy.typing import NDArray

from luthier.core.errors import UserError
from luthier.data.annotation.answer_log import Entry
from luthier.data.annotation.item import Answer
from luthier.data.annotation.kind import Kind, Value


@dataclass(slots=True)
class Person:
    """What one person has done.

    Attributes:
        seen: for each item whether they answered or skipped it.
        said: item -> their present answer or skip, the newest last.
        undoable: what they did, in order: the item, and what they had said of it before.
        answers: how many present answers they have.
    """

    seen: NDArray[np.bool_]
    said: dict[int, Answer] = field(default_factory=dict)
    undoable: list[tuple[int, Answer | None]] = field(default_factory=list)
    answers: int = 0


@final
class Ledger:
    """The present state of all items, kept up to date at constant cost for each entry.

    Attributes:
        count: answers of each item, shape (N,).
        dispute: how far apart the answers of each item are on average, shape (N,); 0 where too few
            people answered, or the item is decided.
        decided: item -> the answer of adjudication.
        is_decided: whether each item has one, shape (N,).
        people: everybody who did anything, by name.
    """

    def __init__(self, ids: Sequence[str], numbers: dict[str, int], kind: Kind, overlap: int):
        self._ids, self._numbers = ids, numbers
        self._kind, self._overlap = kind, overlap
        self.count = np.zeros(len(ids), np.int32)
        self.dispute = np.zeros(len(ids), np.float32)
        self.decided: dict[int, Answer] = {}
        self.is_decided = np.zeros(len(ids), np.bool_)
        self.people: dict[str, Person] = {}
        self._by_item: dict[int, dict[str, Answer]] = {}

    def person(self, by: str) -> Person:
        """The record of a person, an empty one at first."""
        if by not in self.people:
            self.people[by] = Person(np.zeros(len(self._ids), np.bool_))
        return self.people[by]

    def number(self, item: str) -> int:
        """The number of an item.

        Raises:
            UserError: there is no such item.
        """
        if item not in self._numbers:
            raise UserError(f"There is no item {item[:40]!r} in this project.")
        return self._numbers[item]

    def apply(self, entry: Entry) -> Answer | None:
        """Take in one entry; for an answer, skip or decision what it says."""
        number = self.number(entry["item"])
        if entry["do"] == "undo":
            self._undo(entry["by"], number)
            return None
        answer = self._answer(entry, number)
        if entry["do"] == "adjudicate":
            self.decided[number] = answer
            self.is_decided[number] = True
            self._judge(number)
        else:
            person = self.person(answer.by)
            person.undoable.append((number, person.said.get(number)))
            self._say(person, number, answer)
        return answer

    def said(self, number: int) -> list[Answer]:
        """Everybody's present answers to an item, skips left out."""
        return list(self._by_item.get(number, {}).values())

    def all_said(self) -> Iterator[Answer]:
        """All present answers, in the order of the items."""
        for number in sorted(self._by_item):
            yield from self._by_item[number].values()

    def counts(self) -> Counter[str]:
        """Everybody's number of answers."""
        return Counter({by: person.answers for by, person in self.people.items()})

    def _answer(self, entry: Entry, number: int) -> Answer:
        return Answer(
            item=self._ids[number],  # not the entry's own copy of the same text
            by=entry["by"],
            value=entry["value"],
            seconds=entry["seconds"],
            guidelines=entry["guidelines"],
            at=entry["at"],
            note=entry["note"],
        )

    def _undo(self, by: str, number: int) -> None:
        person = self.person(by)
        if not person.undoable or person.undoable[-1][0] != number:
            raise UserError(f"The log takes back what {by!r} never said. It was edited by hand.")
        _, before = person.undoable.pop()
        self._say(person, number, before)

    def _say(self, person: Person, number: int, answer: Answer | None) -> None:
        """What a person now says of an item; None: nothing any more."""
        old = person.said.pop(number, None)
        if old is not None and old.value is not None:
            said = self._by_item[number]
            del said[old.by]
            if not said:
                del self._by_item[number]
            person.answers -= 1
            self.count[number] -= 1
        person.seen[number] = answer is not None
        if answer is not None:
            person.said[number] = answer
            if answer.value is not None:
                self._by_item.setdefault(number, {})[answer.by] = answer
                person.answers += 1
                self.count[number] += 1
        self._judge(number)

    def _judge(self, number: int) -> None:
        """Measure anew how far the answers to an item are apart."""
        is_open = self.count[number] >= max(2, self._overlap) and not self.is_decided[number]
        values = [a.value for a in self.said(number) if a.value is not None] if is_open else []
        self.dispute[number] = mean_distance(self._kind, values)


def mean_distance(kind: Kind, values: Sequence[Value]) -> float:
    """How far apart answers are, averaged over all pairs of them; 0 if there are none."""
    pairs = [kind.distance(first, second) for first, second in combinations(values, 2)]
    return sum(pairs) / len(pairs) if pairs else 0.0
