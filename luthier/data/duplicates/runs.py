"""The hashes of all runs of so many tokens in many texts at once, for any number of tokens."""

from typing import final

import numpy as np
from numpy.typing import NDArray

_BASE = 0x9E3779B97F4A7C15
_INVERSE = np.uint64(pow(_BASE, -1, 1 << 64))
_MIXER = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(33)


@final
class Runs:
    """Rolling hashes (Karp and Rabin 1987) of the runs of tokens that lie within one text.

    With S_i the sum of h_k b^k over the tokens k < i, the run of n tokens at i has the hash
    (S_{i+n} - S_i) b^{-i} = the sum of h_{i+j} b^j over j < n, all modulo 2^64 with b odd, mixed.

    Args:
        words: (T,) the hashes of all tokens, text after text.
        ends: (N + 1,) where the tokens of each text begin and end.
    """

    def __init__(self, words: NDArray[np.uint64], ends: NDArray[np.int64]):
        powers = _powers(np.uint64(_BASE), len(words))
        self._sums = np.append(np.uint64(0), np.cumsum(words * powers, dtype=np.uint64))
        self._back = _powers(_INVERSE, len(words))
        self._text = np.repeat(np.arange(len(ends) - 1, dtype=np.int32), np.diff(ends))

    def of(self, length: int) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """The hash of each run of so many tokens, and the number of its text."""
        count = max(0, len(self._text) - length + 1)
        sums = self._sums
        hashes = (sums[length : length + count] - sums[:count]) * self._back[:count]
        hashes = (hashes ^ (hashes >> _HALF)) * _MIXER
        hashes ^= hashes >> _HALF
        whole = self._text[:count] == self._text[length - 1 : length - 1 + count]
        return hashes[whole], self._text[:count][whole]


def _powers(of: np.uint64, count: int) -> NDArray[np.uint64]:
    factors = np.full(count, of, np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)
