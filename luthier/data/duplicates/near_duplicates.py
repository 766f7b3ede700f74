"""Which texts nearly repeat one another: MinHash, banded, with every match checked exactly."""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash
from xxhash import xxh3_64_intdigest

from luthier.data.duplicates.buckets import Buckets, shared
from luthier.data.duplicates.shingles import jaccard, shingle_sets, token_hashes

SEED = 1997
BATCH = 1 << 17  # characters and signature places held before they are written out
CHUNK = 8192  # rows of band keys read at once
RECALL = 0.99

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def banding(threshold: float, num_permutations: int) -> tuple[int, int]:
    """How many bands of how many places: the fewest candidates that still find what is sought.

    Two texts of similarity s agree in a whole band of r places with probability s^r, and so become
    candidates with 1 - (1 - s^r)^b. The widest band wins by which a pair right at the threshold is
    found with a probability of at least 0.99.
    """
    for width in range(num_permutations, 1, -1):
        bands = num_permutations // width
        if 1 - (1 - threshold**width) ** bands >= RECALL:
            return bands, width
    return num_permutations, 1


class NearDuplicates:
    """Finds the texts whose shingle sets have a Jaccard similarity of at least `threshold`.

    MinHash (Broder 1997, "On the resemblance and containment of documents"): two signatures agree
    in a share of places that estimates |A ∩ B| / |A ∪ B|. Only rows that agree in a whole band are
    compared, and these by their shingle sets themselves, so every match is a true one. Add all
    texts, then ask. In memory a row takes 16 bytes, and about 170 more while its bands are looked
    through if it shares them all; the shingles lie on disk.

    Args:
        threshold: the similarity from which two texts count as nearly the same, above 0 up to 1.
        num_permutations: length of a signature.
        scratch: an existing folder; what is written there stays until the caller removes it.
    """

    def __init__(self, *, threshold: float = 0.8, num_permutations: int = 128, scratch: Path):
        self._threshold = threshold
        self._num_permutations = num_permutations
        self._bands, self._width = banding(threshold, num_permutations)
        folder = Path(mkdtemp(dir=scratch, prefix="near-duplicates-"))
        self._shingles, self._band_keys = folder / "shingles.u64", folder / "bands.u64"
        self._shingles.touch()
        self._band_keys.touch()
        self._identities = array("Q")
        self._ends = array("Q", [0])
        self._texts: list[str] = []
        self._seeds: list[int] = []
        self._weight = 0

    def __len__(self) -> int:
        return len(self._identities) + len(self._texts)

    def add(self, text: str, *, within: str = "") -> int:
        """Take in one text and return its number; texts of different `within` never match."""
        self._texts.append(text)
        self._seeds.append(_seed(within) if within else 0)
        self._weight += len(text) + self._num_permutations
        if self._weight >= BATCH:
            self._write()
        return len(self) - 1

    def firsts(self) -> NDArray[np.int64]:
        """For each row the earliest row of the very same shingle set; itself, if there is none."""
        self._write()
        places, group = shared(np.array(self._identities))
        _, earliest = np.unique(group, return_index=True)
        firsts = np.arange(len(self))
        firsts[places] = places[earliest][group]
        return firsts

    def leaders(self) -> NDArray[np.int64]:
        """For each row the earliest kept row that it nearly repeats, or itself: then it is kept.

        Rows are judged in the order they were added, against kept rows only, so that a chain of
        small steps does not end in the loss of a row unlike all that remain.
        """
        firsts = self.firsts()
        leaders = firsts.copy()
        with self._look_up(firsts) as (buckets, likeness):
            for row, shared in buckets:
                leader = next(likeness.of(row, buckets.earlier(shared)), row)
                leaders[row] = leader
                if leader == row:
                    buckets.put(row, shared)
        # What equals a row that was dropped is dropped because of the same leader.
        return leaders[firsts]

    def matches(self) -> Iterator[tuple[int, int]]:
        """All pairs (i, j), i < j, of nearly the same texts, by ascending j and then i.

        Rows of equal shingle sets are told as a star, each with the first of them only, and a row
        is compared with the first 32 of each bucket it falls into: pairs stay linear in rows, and
        what is linked by a chain of pairs is so either way.
        """
        firsts = self.firsts()
        repeats = np.flatnonzero(firsts != np.arange(len(firsts)))
        done = 0
        with self._look_up(firsts) as (buckets, likeness):
            for row, shared in buckets:
                upto = int(np.searchsorted(repeats, row))
                yield from ((int(firsts[j]), int(j)) for j in repeats[done:upto])
                done = upto
                yield from ((other, row) for other in likeness.of(row, buckets.earlier(shared)))
                buckets.put(row, shared)
        yield from ((int(firsts[j]), int(j)) for j in repeats[done:])

    def _write(self) -> None:
        if not self._texts:
            return
        flat, ends = shingle_sets(*token_hashes(self._texts), np.array(self._seeds, np.uint64))
        sets = zip(pairwise((ends * 8).tolist()), self._seeds, strict=True)
        content = memoryview(flat.tobytes())
        self._identities.extend(
            xxh3_64_intdigest(content[start:end], seed) for (start, end), seed in sets
        )
        self._ends.extend((ends[1:] + self._ends[-1]).tolist())
        with self._shingles.open("ab") as file:
            file.write(content)
        with self._band_keys.open("ab") as file:
            file.write(self._keys(flat, ends).tobytes())
        self._texts, self._seeds, self._weight = [], [], 0

    def _keys(self, flat: NDArray[np.uint64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
        """The keys of the bands of each set: (N, bands)."""
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            flat, ends, self._num_permutations, SEED
        )
        signatures = np.array(matrix.to_rows(), np.uint64)
        places = signatures[:, : self._bands * self._width]
        places = places.reshape(len(signatures), self._bands, self._width)
        keys = np.zeros(places.shape[:2], np.uint64)
        for place in range(self._width):
            keys = (keys + places[:, :, place] + np.uint64(1)) * _MULTIPLIER
            keys ^= keys >> np.uint64(32)
        return keys

    @contextmanager
    def _look_up(self, firsts: NDArray[np.int64]) -> Iterator[tuple[Buckets, "_Likeness"]]:
        ends = np.array(self._ends)
        distinct = np.flatnonzero((firsts == np.arange(len(firsts))) & (ends[1:] > ends[:-1]))
        buckets = Buckets.gather(self._columns(), distinct)
        with self._shingles.open("rb", buffering=0) as file:
            yield buckets, _Likeness(file, ends, self._threshold)

    def _columns(self) -> Iterator[NDArray[np.uint64]]:
        row_bytes = self._bands * 8
        for band in range(self._bands):
            with self._band_keys.open("rb") as file:
                read = iter(lambda: file.read(CHUNK * row_bytes), b"")
                parts = [
                    np.frombuffer(part, np.uint64)[band :: self._bands].copy() for part in read
                ]
            yield np.concatenate(parts) if parts else np.empty(0, np.uint64)


@lru_cache(1 << 12)
def _seed(within: str) -> int:
    return xxh3_64_intdigest(within.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class _Likeness:
    """The exact comparison of two rows by the shingles that lie on disk."""

    file: BinaryIO
    ends: NDArray[np.uint64]
    threshold: float

    def of(self, row: int, others: NDArray[np.int32]) -> Iterator[int]:
        """Those of the others that nearly repeat the row, in their order."""
        size = int(self.ends[row + 1] - self.ends[row])
        sizes = (self.ends[others + 1] - self.ends[others]).astype(np.int64)
        # The similarity of two sets is at most the ratio of their sizes.
        ratios = np.minimum(sizes, size) / np.maximum(sizes, size)
        others = others[ratios >= self.threshold]
        if not len(others):
            return
        own = self._read(row)
        for other in others.tolist():
            if jaccard(own, self._read(other)) >= self.threshold:
                yield other

    def _read(self, row: int) -> NDArray[np.uint64]:
        start, end = int(self.ends[row]), int(self.ends[row + 1])
        self.file.seek(start * 8)
        return np.frombuffer(self.file.read((end - start) * 8), np.uint64)
