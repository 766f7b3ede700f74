"""How much of a text says again what it said before, by lines and by runs of words."""

import re

import numpy as np
from numpy.typing import NDArray

from luthier.data.text.scripts import HAN, han_share

# Rae et al., 2021 (Gopher), table A1: the largest share of characters that may lie in the most
# frequent run of n words, and in all runs of n words that come more than once.
_TOP_RUNS = {2: 0.20, 3: 0.18, 4: 0.16}
_REPEATED_RUNS = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
_LINES, _IN_LINES = 0.30, 0.20

_FEW = 50  # words, Gopher's shortest document; in fewer, a run of them is a large share by itself
_HAN_WORD = 2  # characters that count for a word where words are not apart
_MOSTLY = 0.3  # of the characters are Han: then words are not apart
_UNSPACED = re.compile(f"[{HAN}]|[^\\W{HAN}]+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


def repeats_lines(text: str) -> bool:
    """Whether more lines, or more of the characters in them, are repetitions than Gopher allows."""
    lines = [line.strip() for line in text.split("\n") if line and not line.isspace()]
    distinct = set(lines)
    if len(distinct) == len(lines):
        return False
    total, said_once = sum(map(len, lines)), sum(map(len, distinct))
    return len(distinct) < (1 - _LINES) * len(lines) or said_once < (1 - _IN_LINES) * total


def repeats_phrases(text: str) -> bool:
    """Whether runs of 2 to 10 words come again more than Gopher allows.

    In Chinese, two characters count for a word. Texts of fewer than 50 words are never told so.
    """
    words, per_word = _words(text)
    if len(words) < _FEW * per_word:
        return False
    lengths, hashes = _measured(words)
    runs = hashes
    size = 1
    for n, limit in (_TOP_RUNS | _REPEATED_RUNS).items():
        while size < n * per_word:
            runs = runs[:-1] * _MULTIPLIER + hashes[size:]
            size += 1
        said = (_top if n in _TOP_RUNS else _repeated)(runs, lengths, size)
        if said > limit * int(lengths.sum()):
            return True
        if not said:
            return False  # no run comes twice, so no longer one does
    return False


def repeated_share(text: str, words: int = 5) -> float:
    """The share of a text's characters that lie in runs of so many words that come more than once.

    White space does not count. In Chinese, two characters count for a word.
    """
    found, per_word = _words(text)
    size = words * per_word
    if len(found) <= size:
        return 0.0
    lengths, hashes = _measured(found)
    runs = hashes[: len(hashes) - size + 1].copy()
    for place in range(1, size):
        runs = runs * _MULTIPLIER + hashes[place : place + len(runs)]
    return _repeated(runs, lengths, size) / int(lengths.sum())


def _words(text: str) -> tuple[list[str], int]:
    """The words of a text, or its characters if it is Chinese, and how many of them make a word."""
    if han_share(text) >= _MOSTLY:
        return _UNSPACED.findall(text), _HAN_WORD
    return text.lower().split(), 1


def _measured(words: list[str]) -> tuple[NDArray[np.int64], Hashes]:
    """The length of each word, and its hash."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    return lengths, np.fromiter(map(hash, words), np.int64, len(words)).view(np.uint64)


def _top(runs: Hashes, lengths: NDArray[np.int64], size: int) -> int:
    """Characters in all places of the run that comes most often; 0 if none comes twice."""
    ordered = np.sort(runs)
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    counts = np.diff(starts, append=len(ordered))
    most = int(counts.argmax())
    if counts[most] < 2:
        return 0
    first = int((runs == ordered[starts[most]]).argmax())
    return int(counts[most]) * int(lengths[first : first + size].sum())


def _repeated(runs: Hashes, lengths: NDArray[np.int64], size: int) -> int:
    """Characters that lie in any run that comes more than once, each counted once."""
    ordered = np.sort(runs)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return 0
    nearest = np.searchsorted(repeated, runs).clip(max=len(repeated) - 1)
    starts = np.flatnonzero(repeated[nearest] == runs)
    edges = np.zeros(len(lengths) + 1, np.int64)
    edges[starts] += 1
    edges[starts + size] -= 1
    return int(lengths[np.cumsum(edges)[:-1] > 0].sum())
