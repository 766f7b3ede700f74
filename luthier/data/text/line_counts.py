"""In how many rows each line stands, counted on disk: memory does not grow with the lines."""

from collections.abc import Iterable
from pathlib import Path
from typing import final

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 4_000_000  # hashes that are sorted together, 32 MB


@final
class LineCounts:
    """Hashes of lines, a row at a time, in a file of 8 bytes each."""

    def __init__(self, scratch: Path):
        self._path = scratch / "lines"
        self._file = self._path.open("wb")
        self._count = 0

    def add(self, hashes: Iterable[int]) -> None:
        """Count the lines of a row: 64-bit hashes, each once."""
        row = np.fromiter(hashes, np.uint64)
        self._file.write(row.data)
        self._count += len(row)

    def frequent(self, least: int) -> frozenset[int]:
        """The lines that stand in at least so many rows; no more may be added then.

        The file is read once for every four million lines in it, and a share of all hashes, by
        their highest bits, is sorted each time.
        """
        self._file.close()
        if not self._count:
            return frozenset()
        hashes: NDArray[np.uint64] = np.memmap(self._path, np.uint64, mode="r")
        bits = max(0, (self._count // _AT_ONCE).bit_length())
        found: set[int] = set()
        for share in range(1 << bits):
            mine = np.sort(_of_share(hashes, share, bits))
            starts = np.flatnonzero(np.append(True, mine[1:] != mine[:-1]))
            counts = np.diff(starts, append=len(mine))
            found.update(mine[starts[counts >= least]].tolist())
        return frozenset(found)


def _of_share(hashes: NDArray[np.uint64], share: int, bits: int) -> NDArray[np.uint64]:
    if not bits:
        return hashes
    shift = np.uint64(64 - bits)
    parts = (hashes[start : start + _AT_ONCE] for start in range(0, len(hashes), _AT_ONCE))
    return np.concatenate([part[(part >> shift) == share] for part in parts])
