"""How the texts measure by the rules of `keep_quality`: symbols, digits, repetitions, words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.core.config import MENUS
from luthier.data.text.repetition import repeated_share
from luthier.data.text.scripts import han_share
from luthier.data.text.signs import count_digits, count_symbols

_SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
_LENGTHS = (0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 20.0)
_MOSTLY = 0.3  # of the characters are Han: then no spaces part its words
_CLEANER = "keep_quality"


def symbol_share(text: str) -> float:
    """The share of symbols among the characters that are no white space."""
    return count_symbols(text) / _visible(text)


def digit_share(text: str) -> float:
    """The share of digits among the characters that are no white space."""
    return count_digits(text) / _visible(text)


def mean_word_length(text: str) -> float:
    """Characters per word between white space; not a number for Chinese, which has none."""
    if han_share(text) >= _MOSTLY:
        return nan
    return _visible(text) / max(1, len(text.split()))


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is measured, the edges of its histogram, and the cleaner's option that bounds it."""

    of: Callable[[str], float]
    edges: Sequence[float] = _SHARES
    option: str | None = None


_MEASURES: Mapping[str, _Measure] = MappingProxyType(
    {
        "symbols": _Measure(symbol_share, option="max_symbol_share"),
        "digits": _Measure(digit_share, option="max_digit_share"),
        "repetition": _Measure(repeated_share),
        "word_length": _Measure(mean_word_length, _LENGTHS),
    }
)


def quality(texts: Sequence[str]) -> dict[str, Any] | None:
    """The part `quality` of report.json; None without texts.

    Returns:
        `rows`: how many texts were measured. `measures`: for each the `median`, the 95th
        percentile `p95`, the cleaner's default `limit` where there is one, and a `histogram` whose
        last bin holds all beyond it. Word lengths are left out where all is Chinese.
    """
    if not texts:
        return None
    options = MENUS["clean"].schema(_CLEANER).model_fields
    measures = {
        name: _summary(found, measure.edges)
        | {"limit": measure.option and options[measure.option].default}
        for name, measure in _MEASURES.items()
        if len(found := _values(measure.of, texts))
    }
    return {"rows": len(texts), "measures": measures}


def _values(measure: Callable[[str], float], texts: Sequence[str]) -> NDArray[np.float64]:
    """The measure of each text that it can be taken of."""
    values = np.array([measure(text) for text in texts])
    found: NDArray[np.float64] = values[~np.isnan(values)]
    return found


def _summary(values: NDArray[np.float64], edges: Sequence[float]) -> dict[str, Any]:
    counts, _ = np.histogram(values.clip(max=edges[-1]), np.array(edges))
    median, high = np.percentile(values, [50, 95])
    return {
        "median": round(float(median), 4),
        "p95": round(float(high), 4),
        "histogram": {"edges": list(edges), "counts": counts.tolist()},
    }


def _visible(text: str) -> int:
    return max(1, len("".join(text.split())))
