"""Who gets which item next: in one order for all, and never the same item into too many hands."""

import time
from collections.abc import Callable
from typing import final

import numpy as np
from numpy.typing import NDArray

from luthier.data.annotation.ledger import Ledger

HELD_SECONDS = 1800.0
"""How long an item that was given out stays with a person who does not answer it."""
_CHUNK = 2048

Order = NDArray[np.int64]
"""Numbers of items, the first to be asked first."""


@final
class Queue:
    """Gives out items in order, each to as many people as are to answer it.

    Whom an item was given to holds it, so that no two people race for the last answer. Everybody's
    place in the order is remembered: the next item costs the same however many there are.

    Args:
        ledger: what was said so far.
        overlap: answers that are wanted of each item.
        order: which items are asked about; the others are not.
        gold: items with known answers, put before everybody.
        gold_every: every how many items one of those comes; 0: never.
        clock: seconds, for what is held too long.
    """

    def __init__(
        self,
        ledger: Ledger,
        overlap: int,
        order: Order,
        *,
        gold: Order,
        gold_every: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._ledger, self._overlap = ledger, overlap
        self._gold, self._gold_every = gold, gold_every
        self._clock = clock
        self._held: dict[str, tuple[int, float]] = {}
        self._hands = np.zeros(len(ledger.count), np.int32)
        self.set_order(order)

    @property
    def order(self) -> Order:
        """The items that are asked about, in order; those of gold left out."""
        return self._order

    def set_order(self, order: Order) -> None:
        """Ask in this order from now on."""
        self._order = order[~np.isin(order, self._gold)] if self._gold_every else order
        self._position = np.full(len(self._ledger.count), -1, np.int64)
        self._position[self._order] = np.arange(len(self._order))
        self._cursor: dict[str, int] = {}

    def next(self, by: str) -> int | None:
        """The next item for a person, who holds it from now on; None: there is none for now."""
        self._drop_late()
        if by in self._held:
            return self._held[by][0]
        number = self._due_gold(by)
        if number is None:
            number = self._first_open(by)
        if number is not None:
            self.hold(by, number)
        return number

    def hold(self, by: str, number: int) -> None:
        """Put an item into a person's hands; what they held before is free again."""
        self.release(by)
        self._held[by] = number, self._clock() + HELD_SECONDS
        self._hands[number] += 1

    def release(self, by: str) -> None:
        """Take from a person what they hold."""
        if by in self._held:
            number, _ = self._held.pop(by)
            self._hands[number] -= 1
            self.reopen(number)

    def said(self, by: str, number: int) -> None:
        """A person answered or skipped an item: if they held it, they hold it no more."""
        if by in self._held and self._held[by][0] == number:
            self.release(by)

    def reopen(self, number: int) -> None:
        """An item may be open again to people who were past it."""
        position = int(self._position[number])
        if position >= 0:
            for by, cursor in self._cursor.items():
                self._cursor[by] = min(cursor, position)

    def left(self, by: str | None) -> int:
        """How many items still wait for an answer, of a person or of anybody."""
        is_open = (self._ledger.count < self._overlap) & ~self._ledger.is_decided
        if by is not None:
            is_open &= ~self._ledger.person(by).seen
        return int(is_open[self._order].sum())

    def _first_open(self, by: str) -> int | None:
        seen, count = self._ledger.person(by).seen, self._ledger.count
        decided = self._ledger.is_decided
        for begin in range(self._cursor.get(by, 0), len(self._order), _CHUNK):
            chunk = self._order[begin : begin + _CHUNK]
            is_open = (count[chunk] + self._hands[chunk] < self._overlap) & ~seen[chunk]
            places = np.flatnonzero(is_open & ~decided[chunk])
            if len(places):
                self._cursor[by] = begin + int(places[0])
                return int(chunk[places[0]])
        self._cursor[by] = len(self._order)
        return None

    def _due_gold(self, by: str) -> int | None:
        person = self._ledger.person(by)
        if not self._gold_every or (len(person.said) + 1) % self._gold_every:
            return None
        unseen = self._gold[~person.seen[self._gold]]
        return int(unseen[0]) if len(unseen) else None

    def _drop_late(self) -> None:
        now = self._clock()
        for by in [by for by, (_, until) in self._held.items() if until <= now]:
            self.release(by)
