"""Groups of rows that repeat one another, exactly or nearly, directly or through others."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from xxhash import xxh3_64_intdigest

from luthier.data.duplicates.repeats import NONE, Repeats
from luthier.data.text.readable import clip, readable

LARGEST = 20
"""Groups that reports describe one by one."""
_TEXTS = 3
_LABELS = 50  # of a group, by name
_SIZES = ((2, 2), (3, 3), (4, 5), (6, 10), (11, 50), (51, 500), (501, None))


@dataclass(frozen=True, slots=True)
class Groups:
    """Which group every row of a dataset is in, 4 bytes a row.

    Attributes:
        numbers: split -> (n,) the group of each of its rows, from 0 by falling size; NONE where a
            row repeats no other. Rows that augmenters added come after these, and have none.
        sizes: (G,) the rows of each group.
    """

    numbers: Mapping[str, NDArray[np.int32]]
    sizes: NDArray[np.int64]

    @classmethod
    def gather(
        cls, repeats: Repeats, codes: NDArray[np.int8], splits: Mapping[str, int]
    ) -> "Groups":
        """Join what repeats: the connected components of classes and links.

        Args:
            repeats: after `find`.
            codes: (N,) the number of each row's split; negative where it has none.
            splits: the splits there are, and their numbers.
        """
        component = _components(repeats, codes)
        sizes = np.bincount(component[codes >= 0], minlength=len(codes))
        several = np.flatnonzero(sizes > 1)
        largest = several[np.argsort(-sizes[several], kind="stable")]
        number = np.full(len(codes) + 1, NONE, np.int32)
        number[largest] = np.arange(len(largest))
        own = number[component]
        return cls({name: own[codes == code] for name, code in splits.items()}, sizes[largest])


def _components(repeats: Repeats, codes: NDArray[np.int8]) -> NDArray[np.int32]:
    """A number for each row that it shares with the rows it repeats; rows left out join nothing."""
    count, inside = len(codes), codes >= 0
    present = np.zeros(count, np.bool_)
    present[repeats.classes[inside]] = True
    earlier, later = repeats.links
    both = present[earlier] & present[later]
    ends = (earlier[both], later[both])
    graph = coo_array((np.ones(len(ends[0]), np.bool_), ends), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    joined: NDArray[np.int32] = component[repeats.classes].astype(np.int32)
    return joined


@dataclass(slots=True)
class _Group:
    """What is told of one of the largest groups."""

    splits: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    texts: dict[str, None] = field(default_factory=dict)


@final
class GroupReport:
    """Looks at the rows of groups as all rows pass; memory grows with the repeated rows only.

    Args:
        groups: of the dataset whose rows will pass, split after split.
    """

    def __init__(self, groups: Groups):
        self._groups = groups
        self._passed: Counter[str] = Counter()
        self._largest = [_Group() for _ in range(min(LARGEST, len(groups.sizes)))]
        self._of, self._labels, self._splits = array("l"), array("Q"), array("Q")

    def add(self, split: str, texts: Sequence[str], labels: Sequence[Any]) -> None:
        """Take in the next rows of a split."""
        start = self._passed[split]
        self._passed[split] += len(texts)
        numbers = self._groups.numbers[split][start : start + len(texts)]
        for place in np.flatnonzero(numbers != NONE).tolist():
            group, label = int(numbers[place]), _named(labels[place])
            self._of.append(group)
            self._labels.append(_hash(label))
            self._splits.append(_hash(split))
            if group < len(self._largest):
                _show(self._largest[group], split, label, texts[place])

    def report(self) -> dict[str, Any]:
        """The part `groups` of report.json."""
        sizes = self._groups.sizes
        return {
            "groups": len(sizes),
            "rows": int(sizes.sum()),
            "sizes": [
                {"from": low, "to": high, "groups": _between(sizes, low, high)}
                for low, high in _SIZES
            ],
            "across_splits": _torn(self._of, self._splits),
            "across_labels": _torn(self._of, self._labels),
            "largest": [
                {
                    "rows": int(size),
                    "splits": dict(group.splits),
                    "labels": dict(group.labels.most_common()),
                    "texts": list(group.texts),
                }
                for size, group in zip(sizes, self._largest, strict=False)
            ],
        }


def _show(group: _Group, split: str, label: str | None, text: str) -> None:
    group.splits[split] += 1
    if label is not None and (label in group.labels or len(group.labels) < _LABELS):
        group.labels[label] += 1
    if len(group.texts) < _TEXTS:
        group.texts[clip(text)] = None


def _named(label: Any) -> str | None:
    if label is None:
        return None
    return readable(", ".join(sorted(map(str, label))) if isinstance(label, list) else str(label))


def _between(sizes: NDArray[np.int64], low: int, high: int | None) -> int:
    inside = sizes >= low if high is None else (sizes >= low) & (sizes <= high)
    return int(np.count_nonzero(inside))


def _torn(groups: "array[int]", values: "array[int]") -> int:
    """How many groups hold more than one value."""
    pairs = np.stack([np.asarray(groups).astype(np.uint64), np.asarray(values)])
    distinct = np.unique(pairs, axis=1)[0]
    return int(np.count_nonzero(np.unique(distinct, return_counts=True)[1] > 1))


def _hash(value: str | None) -> int:
    return 0 if value is None else xxh3_64_intdigest(value.encode("utf-8"))
