"""The first row with each content, in some 20 bytes a row of memory and 32 on disk."""

from bisect import bisect_left
from pathlib import Path
from typing import final

import numpy as np

RECENT = 1 << 16  # contents that are looked up in a dict before they join the sorted ones
_PREFIX, _KEY = 8, 16  # bytes


@final
class FirstRows:
    """Says of each row whether an earlier one has the same content, and which.

    In memory lie the first 64 bits of each content's hash, sorted, with the number of its row;
    the whole hash and the row's id lie on disk, and are compared before a row counts as a repeat.

    Args:
        scratch: an existing folder; what is written there stays until the caller removes it.
    """

    def __init__(self, scratch: Path):
        self._file = (scratch / "first-rows").open("w+b")
        self._recent: dict[int, list[int]] = {}
        self._prefixes = np.empty(0, np.uint64)
        self._numbers = np.empty(0, np.uint32)
        self._view = self._prefixes.data
        self._count = 0

    def first(self, key: str, row_id: str) -> str | None:
        """The id of the row that had this content first; None if it is this one.

        Args:
            key: 128 bits, in hex, that contents have in common only if they are the same.
            row_id: of the row, likewise.
        """
        content = bytes.fromhex(key)
        prefix = int.from_bytes(content[:_PREFIX], "big")
        for number in self._with(prefix):
            self._file.seek(2 * _KEY * number)
            found = self._file.read(2 * _KEY)
            if found.startswith(content):
                return found[_KEY:].hex()
        self._file.seek(0, 2)
        self._file.write(content + bytes.fromhex(row_id))
        self._recent.setdefault(prefix, []).append(self._count)
        self._count += 1
        if len(self._recent) >= max(RECENT, len(self._prefixes) // 8):
            self._merge()
        return None

    def close(self) -> None:
        """Close the file; whoever owns the folder removes it."""
        self._file.close()

    def _with(self, prefix: int) -> list[int]:
        """The numbers of the contents whose hash begins so."""
        numbers = list(self._recent.get(prefix, ()))
        place = bisect_left(self._view, prefix)
        while place < len(self._view) and self._view[place] == prefix:
            numbers.append(int(self._numbers[place]))
            place += 1
        return numbers

    def _merge(self) -> None:
        new = [(prefix, number) for prefix, own in self._recent.items() for number in own]
        prefixes = np.fromiter((prefix for prefix, _ in new), np.uint64, len(new))
        numbers = np.fromiter((number for _, number in new), np.uint32, len(new))
        order = np.argsort(prefixes)
        places = np.searchsorted(self._prefixes, prefixes[order])
        self._prefixes = np.insert(self._prefixes, places, prefixes[order])
        self._numbers = np.insert(self._numbers, places, numbers[order])
        self._view = self._prefixes.data
        self._recent = {}
