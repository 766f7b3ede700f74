"""Which rows repeat which, exactly or nearly, as arrays over all rows."""

from array import array
from collections.abc import Mapping
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from luthier.data.duplicates.near_duplicates import NearDuplicates

NONE = -1
_CHUNK = 1 << 16


class Repeats:
    """Takes in the text of every row; then knows for each row the rows it repeats.

    Rows of one text, or of texts that differ in case and punctuation only, are a class, numbered
    by its earliest row. Classes are linked where their texts are near-duplicates.

    Attributes:
        texts: (N,) hash of each row's text.
        classes: (N,) the earliest row of each row's class.
        links: (2, M) classes that nearly repeat one another, the earlier one first, ascending by
            the later one.
    """

    def __init__(self, scratch: Path):
        self._near = NearDuplicates(scratch=scratch)
        self._texts = array("Q")
        self.texts = np.empty(0, np.uint64)
        self.classes = np.empty(0, np.int32)
        self.links = np.empty((2, 0), np.int32)

    def add(self, text: str) -> None:
        """Take in the text of the next row."""
        self._near.add(text)
        self._texts.append(xxh3_64_intdigest(text.encode("utf-8", "surrogatepass")))

    def find(self) -> None:
        """Compare all rows; from here on the arrays hold."""
        self.texts = np.asarray(self._texts)
        self.classes = self._near.firsts().astype(np.int32)
        # A match with the first of a row's own class is what `classes` says already.
        found = (pair for pair in self._near.matches() if self.classes[pair[1]] != pair[0])
        flat = np.fromiter(chain.from_iterable(found), np.int32)
        self.links = flat.reshape(-1, 2).T

    def touching(self, rows: NDArray[np.bool_]) -> NDArray[np.int32]:
        """For each class one of the given rows that is in it or linked to it; NONE if none is."""
        inside = np.full(len(rows), NONE, np.int32)
        numbers = np.flatnonzero(rows)[::-1].astype(np.int32)
        inside[self.classes[numbers]] = numbers  # the earliest of a class is written last
        near = inside.copy()
        for here, there in (self.links, self.links[::-1]):
            reached = (inside[there] != NONE) & (inside[here] == NONE)
            near[here[reached]] = inside[there[reached]]
        return near

    def count(self, codes: NDArray[np.int8], splits: Mapping[str, int]) -> dict[str, Any]:
        """How many rows repeat one of their own split, and one of another, as report.json tells.

        Args:
            codes: (N,) the number of each row's split; negative where it has none.
            splits: the splits there are, and their numbers.
        """
        members = {name: codes == code for name, code in splits.items()}
        within = {name: self._within(rows) for name, rows in members.items()}
        across = [
            {"splits": [a, b], **self._across(members[a], members[b])}
            for a, b in combinations(splits, 2)
        ]
        return {"within": within, "across": across}

    def _within(self, rows: NDArray[np.bool_]) -> dict[str, int]:
        count = int(np.count_nonzero(rows))
        texts = _distinct(self.texts[rows])
        present = np.zeros(len(rows), np.bool_)
        present[self.classes[rows]] = True
        earlier, later = self.links
        linked = np.unique(later[present[earlier] & present[later]])
        near = texts - int(np.count_nonzero(present)) + len(linked)
        return {"exact": count - texts, "near": near}

    def _across(self, rows: NDArray[np.bool_], others: NDArray[np.bool_]) -> dict[str, int]:
        touching = self.touching(others)[self.classes[rows]] != NONE
        exact = _contained(self.texts[rows], self.texts[others])
        return {"exact": exact, "near": int(np.count_nonzero(touching)) - exact}


# np.unique and np.isin would take several times the memory of the arrays themselves.


def _distinct(values: NDArray[np.uint64]) -> int:
    values.sort()
    return min(len(values), 1) + int(np.count_nonzero(values[1:] != values[:-1]))


def _contained(values: NDArray[np.uint64], others: NDArray[np.uint64]) -> int:
    """How many of the values are among the others."""
    if not len(others):
        return 0
    others.sort()
    count = 0
    for start in range(0, len(values), _CHUNK):
        chunk = values[start : start + _CHUNK]
        place = np.searchsorted(others, chunk)
        count += int(np.count_nonzero(others[np.minimum(place, len(others) - 1)] == chunk))
    return count
