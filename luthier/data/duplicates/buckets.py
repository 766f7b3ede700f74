"""Rows sorted into buckets, by several keys each, to be met there by later rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CROWD = 32  # rows of one bucket that a later row meets


def shared(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places whose key is another's too, ascending, and the number of each one's key, from 0.

    Few keys repeat as a rule, so all that is held for every place is its key twice over.
    """
    ordered = np.sort(keys)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    numbers = np.searchsorted(repeated, keys)
    places = np.flatnonzero(numbers < len(repeated))
    places = places[repeated[numbers[places]] == keys[places]]
    return places, numbers[places]


@dataclass(slots=True)
class Buckets:
    """The rows that share a key with another row, and for each bucket those put in so far.

    Attributes:
        rows: (M,) the rows, ascending.
        starts: (M + 1,) row `rows[k]` falls into `buckets[starts[k]:starts[k + 1]]`.
        buckets: (K,) bucket numbers.
        places: (B + 1,) where the slots of each bucket begin.
        filled: (B,) how many of them are taken.
        slots: the rows put in, bucket after bucket.
    """

    rows: NDArray[np.int32]
    starts: NDArray[np.int64]
    buckets: NDArray[np.int32]
    places: NDArray[np.int64]
    filled: NDArray[np.int32]
    slots: NDArray[np.int32]

    @classmethod
    def gather(cls, columns: Iterable[NDArray[np.uint64]], among: NDArray[np.int64]) -> "Buckets":
        """Sort the rows `among` by the keys in each column; those alone with a key are left out.

        Args:
            columns: (N,) one key of each row, column after column.
            among: the rows that count, ascending.
        """
        rows, buckets = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
        sizes = [np.empty(0, np.int64)]
        total = 0
        for column in columns:
            sharing, group = shared(column[among])
            rows.append(among[sharing].astype(np.int32))
            buckets.append((group + total).astype(np.int32))
            sizes.append(np.bincount(group))
            total += len(sizes[-1])
        flat = np.concatenate(rows)
        order = np.argsort(flat, kind="stable")
        distinct, starts = np.unique(flat[order], return_index=True)
        room = np.minimum(np.concatenate(sizes), CROWD)
        places = np.cumsum(np.append(0, room))
        return cls(
            rows=distinct,
            starts=np.append(starts, len(flat)),
            buckets=np.concatenate(buckets)[order],
            places=places,
            filled=np.zeros(total, np.int32),
            slots=np.empty(places[-1], np.int32),
        )

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.int32]]]:
        """Each row with the buckets it falls into, by ascending row."""
        for k, row in enumerate(self.rows):
            yield int(row), self.buckets[self.starts[k] : self.starts[k + 1]]

    def earlier(self, buckets: NDArray[np.int32]) -> NDArray[np.int32]:
        """The rows put into any of these buckets so far, ascending."""
        taken = buckets[self.filled[buckets] > 0]
        if not len(taken):
            return np.empty(0, np.int32)
        spans = zip(self.places[taken], self.filled[taken], strict=True)
        return np.unique(np.concatenate([self.slots[start : start + n] for start, n in spans]))

    def put(self, row: int, buckets: NDArray[np.int32]) -> None:
        """Let later rows of these buckets meet this one, where there is room."""
        free = buckets[self.filled[buckets] < self.places[buckets + 1] - self.places[buckets]]
        self.slots[self.places[free] + self.filled[free]] = row
        self.filled[free] += 1
