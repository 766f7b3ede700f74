"""Which of some rows hold a hash: built once, then asked for many hashes at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROOM = 8  # places of the bitmap for each hash: one miss in eight is looked up for nothing


@dataclass(frozen=True, slots=True)
class HashIndex:
    """An inverted index in memory: some 30 bytes for each distinct hash and 4 for each row of it.

    Attributes:
        hashes: (H,) all hashes, ascending, each once.
        starts: (H + 1,) hash k is in the rows `rows[starts[k] : starts[k + 1]]`.
        rows: the rows of each hash, ascending, each once.
        bitmap: (2^n,) whether a hash begins with these n bits.
        shift: 64 - n.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    bitmap: NDArray[np.bool_]
    shift: np.uint64

    @classmethod
    def build(
        cls, hashes: NDArray[np.uint64], rows: NDArray[np.int32], most: int, *, cut: bool = False
    ) -> "HashIndex":
        """Sort hashes by value.

        Args:
            hashes: (M,) in any order, evenly distributed.
            rows: (M,) the row that each is in.
            most: rows of a hash; hashes of more rows are left out.
            cut: instead of that, the first `most` rows of such hashes are known.
        """
        order = np.lexsort((rows, hashes))
        hashes, rows = hashes[order], rows[order]
        once = np.ones(len(hashes), np.bool_)
        once[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
        hashes, rows = hashes[once], rows[once]
        _, begins, counts = np.unique(hashes, return_index=True, return_counts=True)
        if cut:
            few = np.arange(len(hashes)) - np.repeat(begins, counts) < most
        else:
            few = np.repeat(counts <= most, counts)
        distinct, starts = np.unique(hashes[few], return_index=True)
        bits = max(10, int(_ROOM * len(distinct)).bit_length())
        shift = np.uint64(64 - bits)
        bitmap = np.zeros(1 << bits, np.bool_)
        bitmap[distinct >> shift] = True
        return cls(distinct, np.append(starts, int(few.sum())), rows[few], bitmap, shift)

    def find(self, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of those hashes that are in the index, and the number of each one there."""
        places = np.flatnonzero(self.bitmap[hashes >> self.shift])
        if not len(places):
            return places, places
        numbers = np.searchsorted(self.hashes, hashes[places])
        numbers = np.minimum(numbers, len(self.hashes) - 1)
        right = self.hashes[numbers] == hashes[places]
        return places[right], numbers[right]
