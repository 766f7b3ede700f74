"""How long the rows are, and what a limit on their length would cut off."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.data.text.readable import readable

CountTokens = Callable[[Sequence[str]], Sequence[int]]
"""Texts in, the number of tokens of each out; data never loads a tokenizer itself."""

PERCENTILES = (5, 25, 50, 75, 95, 99)
BINS = 30


class Lengths:
    """Counts how many rows have which length; memory grows with the lengths there are only."""

    def __init__(self, max_length: int | None, count_tokens: CountTokens | None):
        self._max_length = max_length
        self._count_tokens = count_tokens
        self._counts: Counter[int] = Counter()

    def add(self, texts: Sequence[str]) -> None:
        """Take in the texts of some rows."""
        if self._count_tokens is None:
            self._counts.update(map(len, texts))
        else:
            self._counts.update(map(int, self._count_tokens([readable(t) for t in texts])))

    def report(self) -> dict[str, Any]:
        """The part `lengths` of report.json.

        A percentile is the smallest length that so many rows do not exceed. The histogram has
        steps of equal width up to the 99th percentile and one step for all beyond.
        """
        values = np.array(sorted(self._counts), np.int64)
        rows = np.array([self._counts[value] for value in values.tolist()], np.int64)
        percentiles = _percentiles(values, rows)
        return {
            "unit": "characters" if self._count_tokens is None else "tokens",
            "max_length": None if self._count_tokens is None else self._max_length,
            "percentiles": percentiles,
            "histogram": _histogram(values, rows, percentiles["p99"]),
            "truncated": self._truncated(values, rows),
        }

    def _truncated(
        self, values: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> dict[str, Any] | None:
        if self._count_tokens is None or self._max_length is None:
            return None
        lost = np.maximum(values - self._max_length, 0)
        cut, tokens = int(rows[lost > 0].sum()), int((lost * rows).sum())
        return {
            "rows": cut,
            "rows_share": cut / max(1, int(rows.sum())),
            "tokens": tokens,
            "tokens_share": tokens / max(1, int((values * rows).sum())),
        }


def _percentiles(values: NDArray[np.int64], rows: NDArray[np.int64]) -> dict[str, int]:
    if not len(values):
        return {f"p{percent}": 0 for percent in PERCENTILES} | {"max": 0}
    upto = np.cumsum(rows)
    wanted = [-(-percent * int(upto[-1]) // 100) for percent in PERCENTILES]
    found = values[np.searchsorted(upto, wanted)].tolist()
    names = (f"p{percent}" for percent in PERCENTILES)
    return dict(zip(names, found, strict=True)) | {"max": int(values[-1])}


def _histogram(
    values: NDArray[np.int64], rows: NDArray[np.int64], most: int
) -> dict[str, list[int]]:
    width = -(-(most + 1) // BINS)
    edges = list(range(0, most + width + 1, width))
    longest = int(values.max(initial=0))
    if longest >= edges[-1]:
        edges.append(longest + 1)
    counts, _ = np.histogram(values, edges, weights=rows)
    return {"edges": edges, "counts": counts.astype(int).tolist()}
