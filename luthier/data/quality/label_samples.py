"""A few rows of every label to look at: the shortest, the longest, and two by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

from xxhash import xxh3_64_intdigest

from luthier.data.text.readable import readable

LABELS = 200
"""The first so many labels have samples; with more they are no classes any more."""
SHOWN = 1000
"""Characters shown of a sample."""
_DRAWN = 2


@dataclass(slots=True)
class _Samples:
    """The samples of one label; each text is held from its beginning, with its whole length."""

    shortest: tuple[int, str]
    longest: tuple[int, str]
    drawn: list[tuple[int, int, str]]

    def add(self, text: str, size: int) -> None:
        if size < self.shortest[0]:
            self.shortest = (size, text[:SHOWN])
        if size > self.longest[0]:
            self.longest = (size, text[:SHOWN])
        key = xxh3_64_intdigest(text[:SHOWN].encode("utf-8", "surrogatepass"))
        if len(self.drawn) < _DRAWN or key < self.drawn[-1][0]:
            self.drawn = sorted({*self.drawn, (key, size, text[:SHOWN])})[:_DRAWN]

    def report(self) -> list[dict[str, Any]]:
        """The samples by rising length, each once."""
        found = {(size, text) for _, size, text in self.drawn} | {self.shortest, self.longest}
        return [{"characters": size, "text": readable(text)} for size, text in sorted(found)]


@final
class LabelSamples:
    """Takes samples of each label as rows pass; rows without one are samples of no label.

    What is drawn by chance has the smallest hash, so that equal rows give equal samples in any
    order.
    """

    def __init__(self) -> None:
        self._samples: dict[str | None, _Samples] = {}

    def add(self, texts: Sequence[str], labels: Sequence[Any]) -> None:
        """Take in some rows; a row of several labels is a sample of each."""
        for text, label in zip(texts, labels, strict=True):
            size = len(text)
            for name in _names(label):
                found = self._samples.get(name)
                if found is None and (name is None or len(self._samples) < LABELS):
                    first = (size, text[:SHOWN])
                    found = self._samples[name] = _Samples(first, first, [])
                if found is not None:
                    found.add(text, size)

    def report(self, *, by_label: bool) -> list[dict[str, Any]]:
        """The part `samples` of report.json: `label` (None for rows without) and `texts` of each.

        Args:
            by_label: else those of all labels together, as of labels that are no classes.
        """
        if by_label or len(self._samples) < 2:
            return [_told(name, found) for name, found in self._samples.items()]
        drawn = sorted(one for found in self._samples.values() for one in found.drawn)[:_DRAWN]
        shortest = min(found.shortest for found in self._samples.values())
        longest = max(found.longest for found in self._samples.values())
        return [_told(None, _Samples(shortest, longest, drawn))]


def _names(label: Any) -> Sequence[str | None]:
    if label is None:
        return (None,)
    return [str(one) for one in label] if isinstance(label, list) else (str(label),)


def _told(name: str | None, found: _Samples) -> dict[str, Any]:
    return {"label": None if name is None else readable(name), "texts": found.report()}
