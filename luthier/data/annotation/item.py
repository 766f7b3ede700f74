"""What one person is asked, what people said, and how far a project is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from luthier.data.annotation.kind import Value


@dataclass(frozen=True, slots=True)
class Item:
    """One question, as it is put to one person.

    Attributes:
        id: of its row.
        shown: what there is to read; see `Kind.show`.
        suggestion: an answer to begin from; None: begin with an empty one.
        answer: what this person answered before; None if it is new to them.
    """

    id: str
    shown: dict[str, Any]
    suggestion: Value | None = None
    answer: Value | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said about an item: the newest word counts.

    Attributes:
        item: id of the row.
        by: the person's name.
        value: the answer; None where the item was skipped.
        seconds: how long the item was shown; None if nobody measured.
        guidelines: the version of the guidelines that was shown; 0 if there were none.
        at: when, ISO 8601 in UTC.
        note: what the person wrote beside it (such as why it was skipped); mostly empty.
    """

    item: str
    by: str
    value: Value | None
    seconds: float | None
    guidelines: int
    at: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Disputed:
    """An item that people do not agree on, to be decided by one of them.

    Attributes:
        item: the item.
        answers: what each person said.
        distance: how far they are apart on average, 0 to 1.
    """

    item: Item
    answers: list[Answer]
    distance: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is.

    Attributes:
        items: how many are asked about.
        done: items with as many answers as are wanted, or decided by adjudication.
        answers: answers there are.
        wanted: answers there are to be in the end.
        disputed: items that await adjudication.
        mine: answers of the person who asks; 0 if nobody does.
        skipped: items that person skipped.
        left: items that are still open to that person.
        gold: share of gold items that person answered rightly; None if they had none.
        by: everybody's number of answers.
    """

    items: int
    done: int
    answers: int
    wanted: int
    disputed: int
    mine: int
    skipped: int
    left: int
    gold: float | None
    by: Mapping[str, int]
