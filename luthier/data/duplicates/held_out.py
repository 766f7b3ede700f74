"""Rows of test sets that other rows are held against: by runs of words, and as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from luthier.core.chunks import chunks
from luthier.data.duplicates.hash_index import HashIndex
from luthier.data.duplicates.runs import Runs
from luthier.data.duplicates.shingles import has_words, jaccard, shingle_sets, token_hashes

CROWD = 32
"""Test rows in which a shingle is looked up; the comparison sees all shingles of each."""
_SHORTEST = 0.6  # of a run: 8 words of 13, the least that the paper asks for
_CHUNK = 1024  # texts

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]


class Leak(NamedTuple):
    """The test row that a text repeats, and whether as a whole, or else by a run of words."""

    row: int
    near: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """What counts as a repetition.

    Attributes:
        words: tokens of a run in common.
        characters: the same where most tokens are characters of a script without spaces.
        most: test rows that may share a run; what more of them share is no row's own.
        threshold: the Jaccard similarity from which a row repeats another as a whole; None: never.
    """

    words: int
    characters: int
    most: int
    threshold: float | None


@final
class HeldOut:
    """An index of test rows; memory grows with their words, not with the rows compared.

    A row is contaminated if it has a run of 13 words in common with a test row, or all words of
    one that is shorter but no shorter than 8 (Brown et al. 2020, "Language models are few-shot
    learners", appendix C). Runs that more than ten rows share count for nothing, as there: they
    are instructions and set phrases. Beside that, rows that are near-duplicates as a whole.

    Args:
        texts: of the test rows, read once.
        measure: what counts as a repetition.
    """

    def __init__(self, texts: Iterable[str], measure: Measure):
        self._measure = measure
        self._count = 0
        runs, sets = _RunsOfRows(), _SetsOfRows()
        for chunk in chunks(texts, _CHUNK):
            words, ends = token_hashes(chunk)
            runs.add(words, ends, self._lengths(chunk, np.diff(ends)), self._count)
            sets.add(*shingle_sets(words, ends))
            self._count += len(chunk)
        self._runs = runs.build(measure.most)
        self._sets = None if measure.threshold is None else sets.build(measure.threshold)

    def __len__(self) -> int:
        return self._count

    def leaks(self, texts: Sequence[str]) -> list[Leak | None]:
        """For each text the first test row that it repeats; None if there is none."""
        words, ends = token_hashes(texts)
        found: list[Leak | None] = [None] * len(texts)
        runs = Runs(words, ends)
        for length, index in self._runs.items():
            hashes, text = runs.of(length)
            places, numbers = index.find(hashes)
            rows = index.rows[index.starts[numbers]]
            for number, row in zip(text[places].tolist(), rows.tolist(), strict=True):
                known = found[number]
                if known is None or row < known.row:
                    found[number] = Leak(row, near=False)
        if self._sets is not None:
            for number, row in self._sets.matches(*shingle_sets(words, ends)):
                found[number] = Leak(row, near=True)
        return found

    def _lengths(self, texts: Sequence[str], sizes: Numbers) -> Numbers:
        """How long the runs are that each text is looked for by; 0: it is too short for any."""
        words, characters = self._measure.words, self._measure.characters
        asked = np.array([words if has_words(text) else characters for text in texts], np.int64)
        shortest = np.ceil(_SHORTEST * asked).astype(np.int64)
        return np.where(sizes >= shortest, np.minimum(sizes, asked), 0)


class _RunsOfRows:
    """The runs of test rows, gathered by their length."""

    def __init__(self) -> None:
        self._hashes: dict[int, list[Hashes]] = {}
        self._rows: dict[int, list[NDArray[np.int32]]] = {}

    def add(self, words: Hashes, ends: Numbers, lengths: Numbers, first: int) -> None:
        runs = Runs(words, ends)
        for length in np.unique(lengths[lengths > 0]).tolist():
            hashes, text = runs.of(length)
            own = lengths[text] == length
            self._hashes.setdefault(length, []).append(hashes[own])
            self._rows.setdefault(length, []).append(text[own] + np.int32(first))

    def build(self, most: int) -> dict[int, HashIndex]:
        return {
            length: HashIndex.build(np.concatenate(parts), np.concatenate(self._rows[length]), most)
            for length, parts in sorted(self._hashes.items())
        }


class _SetsOfRows:
    """The shingle sets of test rows, each set once."""

    def __init__(self) -> None:
        self._sets: list[Hashes] = [np.empty(0, np.uint64)]
        self._first: dict[int, int] = {}
        self._rows: list[int] = []
        self._sizes: list[int] = []
        self._count = 0

    def add(self, flat: Hashes, ends: Numbers) -> None:
        for start, end in pairwise(ends.tolist()):
            own = flat[start:end]
            row, self._count = self._count, self._count + 1
            if len(own) and self._first.setdefault(xxh3_64_intdigest(own.tobytes()), row) == row:
                self._sets.append(own)
                self._rows.append(row)
                self._sizes.append(len(own))

    def build(self, threshold: float) -> "_Sets":
        flat, ends = np.concatenate(self._sets), np.cumsum([0, *self._sizes])
        numbers = np.repeat(np.arange(len(self._rows), dtype=np.int32), self._sizes)
        index = HashIndex.build(flat, numbers, CROWD, cut=True)
        return _Sets(index, flat, ends, np.array(self._rows, np.int64), threshold)


@dataclass(frozen=True, slots=True)
class _Sets:
    """Sets of shingles, and in which of them each shingle is.

    Attributes:
        index: shingle -> the first of the sets with it.
        flat: set after set.
        ends: (N + 1,) where each set begins and ends.
        rows: (N,) the test row of each set.
        threshold: the Jaccard similarity that is sought.
    """

    index: HashIndex
    flat: Hashes
    ends: Numbers
    rows: Numbers
    threshold: float

    def matches(self, flat: Hashes, ends: Numbers) -> Iterator[tuple[int, int]]:
        """For texts with a near-duplicate, by ascending text, the first test row that is one."""
        done = -1
        for text, number in self._candidates(flat, ends):
            if text != done:
                theirs = self.flat[self.ends[number] : self.ends[number + 1]]
                if jaccard(flat[ends[text] : ends[text + 1]], theirs) >= self.threshold:
                    done = text
                    yield text, int(self.rows[number])

    def _candidates(self, flat: Hashes, ends: Numbers) -> list[tuple[int, int]]:
        """Pairs (text, set) that share enough shingles, as far as that is known, ascending."""
        index = self.index
        places, numbers = index.find(flat)
        texts = np.searchsorted(ends, places, side="right") - 1
        counts = index.starts[numbers + 1] - index.starts[numbers]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        others = index.rows[np.repeat(index.starts[numbers], counts) + within].astype(np.int64)
        pairs, shared = np.unique(
            np.repeat(texts, counts) * len(self.rows) + others, return_counts=True
        )
        text, other = np.divmod(pairs, max(1, len(self.rows)))
        # A shingle that a crowd shares may be in any set, though it is known of the first ones.
        crowded = np.bincount(texts[counts == CROWD], minlength=len(ends) - 1)[text]
        # |A ∩ B| / |A ∪ B| >= t is the same as |A ∩ B| >= t / (1 + t) (|A| + |B|).
        sizes = np.diff(ends)[text] + np.diff(self.ends)[other]
        enough = shared + crowded >= self.threshold / (1 + self.threshold) * sizes - 1e-9
        return list(zip(text[enough].tolist(), other[enough].tolist(), strict=True))
