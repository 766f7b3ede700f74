"""What the labels are: how many rows each has, and which equal texts disagree about theirs."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from luthier.data.text.readable import readable

EXAMPLES = 5
PARTS = 16
"""Sorting is done in so many parts, one after the other, so that it takes little memory."""


class Labels:
    """Counts labels as rows pass; each label of a list is counted.

    Attributes:
        counts: split -> label -> rows, labels as text.
        missing: rows without a label.
        nan: rows whose label is not a number, though it should be one.
        empty: rows whose list of labels is empty.
        is_number: some label is not whole, so that they are values and not classes.
    """

    def __init__(self, splits: Sequence[str]):
        self.counts: dict[str, Counter[str]] = {split: Counter() for split in splits}
        self.missing = self.nan = self.empty = 0
        self.is_number = False

    def add(self, split: str, labels: Sequence[Any]) -> None:
        """Take in the labels of some rows of a split; None where a row has none."""
        for label in labels:
            if label is None:
                self.missing += 1
            elif isinstance(label, float) and isnan(label):
                self.nan += 1
            elif isinstance(label, float) and not label.is_integer():
                self.is_number = True
            elif isinstance(label, list):
                self.empty += not label
                self.counts[split].update({readable(str(name)) for name in label})
            else:
                self.counts[split][readable(str(label))] += 1

    @property
    def total(self) -> Counter[str]:
        """Rows of each label over all splits."""
        return sum(self.counts.values(), Counter())

    def case_variants(self) -> list[list[str]]:
        """Labels that are the same but for case and white space."""
        alike: dict[str, list[str]] = defaultdict(list)
        for label in sorted(self.total):
            alike["".join(label.casefold().split())].append(label)
        return [labels for labels in alike.values() if len(labels) > 1]

    def report(self, field: str) -> dict[str, Any] | None:
        """The part `labels` of report.json; None for values that are no classes."""
        if self.is_number or not self.total:
            return None
        order = [label for label, _ in sorted(self.total.items(), key=lambda item: -item[1])]
        counts = {
            split: {label: count[label] for label in order} for split, count in self.counts.items()
        }
        return {"field": field, "counts": counts, "case_variants": self.case_variants()}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Equal texts with different labels.

    Attributes:
        texts: how many texts.
        rows: how many rows have one of them.
        examples: the numbers of the rows of the first few texts.
    """

    texts: int
    rows: int
    examples: list[NDArray[np.int64]]


class Conflicts:
    """Finds equal texts with different labels, in 12 bytes a row."""

    def __init__(self) -> None:
        self._texts = array("Q")
        self._labels = array("I")

    def add(self, texts: Sequence[str], labels: Sequence[Any]) -> None:
        """Take in some rows: their texts and labels."""
        for text, label in zip(texts, labels, strict=True):
            names = sorted(map(str, label)) if isinstance(label, list) else [str(label)]
            self._texts.append(_hash(text))
            self._labels.append(_hash("\0".join(names)) & 0xFFFFFFFF)

    def find(self) -> Disagreement:
        """Sort rows by text, and look where the label changes within one."""
        texts, labels = np.asarray(self._texts), np.asarray(self._labels)
        bad = np.concatenate([_torn(texts, labels, part) for part in range(PARTS)])
        rows = np.flatnonzero(np.isin(texts, bad))
        _, first = np.unique(texts[rows], return_index=True)
        shown = texts[rows[np.sort(first)[:EXAMPLES]]]
        return Disagreement(len(bad), len(rows), [rows[texts[rows] == text] for text in shown])


def _torn(texts: NDArray[np.uint64], labels: NDArray[np.uint32], part: int) -> NDArray[np.uint64]:
    """The texts with more than one label, of those whose hash falls into this part of PARTS."""
    inside = np.flatnonzero(texts % np.uint64(PARTS) == part)
    texts, labels = texts[inside], labels[inside]
    order = np.lexsort((labels, texts))
    texts, labels = texts[order], labels[order]
    return np.unique(texts[1:][(texts[1:] == texts[:-1]) & (labels[1:] != labels[:-1])])


def _hash(text: str) -> int:
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))
