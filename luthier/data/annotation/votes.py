"""Answers as arrays: who answered which item with what, and which two answers share an item."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from luthier.data.annotation.item import Answer
from luthier.data.annotation.kind import Kind, Value

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Votes:
    """V answers to I items by C people, of K different units; sorted by item.

    Attributes:
        items: the number of the item of each answer, (V,).
        coders: the number of the person, (V,).
        codes: the number of what they said, (V,).
        units: what each of the K numbers stands for.
        people: their names.
        values: the answers themselves.
    """

    items: Ints
    coders: Ints
    codes: Ints
    units: Sequence[Hashable]
    people: Sequence[str]
    values: Sequence[Value]

    @cached_property
    def sizes(self) -> Ints:
        """How many answers each item has, (I,)."""
        return np.bincount(self.items)

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """All pairs of answers to the same item, as numbers of answers: two of (P,)."""
        starts = np.cumsum(self.sizes) - self.sizes
        first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for size in np.unique(self.sizes):
            i, j = np.triu_indices(size, 1)
            here = starts[self.sizes == size]
            first.append((here[:, None] + i).ravel())
            second.append((here[:, None] + j).ravel())
        return np.concatenate(first), np.concatenate(second)

    def where(self, keep: NDArray[np.bool_]) -> "Votes":
        """Some of the answers; items that have none of them any more are left out."""
        chosen = np.flatnonzero(keep)
        _, items = np.unique(self.items[chosen], return_inverse=True)
        values = [self.values[place] for place in chosen.tolist()]
        return Votes(
            items, self.coders[chosen], self.codes[chosen], self.units, self.people, values
        )


def votes_of(answers: Sequence[Answer], kind: Kind) -> Votes:
    """The answers to items that two or more people answered.

    Units are numbered in their natural order, so that numbers rank as the scale of a rating does.
    """
    said = [(a.item, a.by, a.value) for a in answers if a.value is not None]
    units = [kind.unit(value) for _, _, value in said]
    known = sorted(set(units), key=_rank)
    codes = {unit: code for code, unit in enumerate(known)}
    people = list(dict.fromkeys(by for _, by, _ in said))
    coders = {by: number for number, by in enumerate(people)}
    numbers: dict[str, int] = {}
    items = np.array([numbers.setdefault(item, len(numbers)) for item, _, _ in said], np.int64)
    order = np.argsort(items, kind="stable")
    votes = Votes(
        items[order],
        np.array([coders[by] for _, by, _ in said], np.int64)[order],
        np.array([codes[unit] for unit in units], np.int64)[order],
        known,
        people,
        [said[place][2] for place in order.tolist()],
    )
    return votes.where(votes.sizes[votes.items] > 1)


def _rank(unit: Hashable) -> tuple[int, float, str]:
    if isinstance(unit, int | float):
        return 0, float(unit), ""
    return 1, 0.0, str(sorted(map(str, unit)) if isinstance(unit, frozenset) else unit)
