"""What a frozen model makes of the items: features, a head on the answers so far, ranks."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast, final

import numpy as np
from numpy.typing import NDArray

from luthier.core.cache import keep
from luthier.core.chunks import chunks
from luthier.data.annotation.kind import Value
from luthier.data.dataset import Dataset
from luthier.data.duplicates.shingles import text_of
from luthier.evaluation.linear import Kind, fit_linear
from luthier.evaluation.mean_vectors import MeanVectors
from luthier.scoring.answers import Floats

RANKED, AHEAD = 1000, 100
"""Items that get a rank by uncertainty and by diversity: more than are answered until the next."""
MAX_LENGTH = 256
_BATCH, _CENTRES = 1024, 64
_FILE = "features.npy"

Features = NDArray[np.float32]


@final
class Learner:
    """The features of all items, and what can be learnt on them in seconds.

    Args:
        items: the project's dataset of items.
        model: the frozen pretrained model.
        kind: of the question.
        labels: that it offers.
        say: told what goes on.
    """

    def __init__(
        self,
        items: Path,
        model: str,
        kind: str,
        labels: Sequence[str],
        say: Callable[[str], None],
    ):
        dataset = Dataset.open(items)
        self._ids = [id for split in dataset.splits for id in dataset.ids(split)]
        self._number = {id: number for number, id in enumerate(self._ids)}
        self._kind, self._labels = kind, {label: code for code, label in enumerate(labels)}
        found = features_of(dataset, self._ids, model, say)
        self._features = (found - found.mean(axis=0)) / (found.std(axis=0) + 1e-6)
        self._squares: Features = np.einsum("ij,ij->i", self._features, self._features)
        self._nearest = np.full(len(self._ids), np.inf, np.float32)
        self._reached: set[int] = set()

    def uncertainty(self, said: Mapping[str, Value]) -> dict[str, float]:
        """The items the head is least sure of, by 1 - (p1 - p2): smallest margin first.

        p1 and p2 are the two largest probabilities (Scheffer et al. 2001, "Active Hidden Markov
        Models"); of label sets, those of the label that is least sure. Nothing as long as all
        answers are the same.
        """
        rows = np.array([self._number[id] for id in said], np.int64)
        targets = self._targets(list(said.values()))
        if not len(rows) or (targets == targets[0]).all():
            return {}
        kind: Kind = "label_sets" if self._kind == "label_sets" else "classes"
        head = fit_linear(self._features[rows], targets, kind, len(self._labels))
        probabilities = head(self._features)
        if kind == "label_sets":
            margin = np.abs(2 * probabilities - 1).min(axis=1)
        else:
            largest = np.partition(probabilities, -2, axis=1)[:, -2:]
            margin = largest[:, 1] - largest[:, 0]
        return self._ranked(1 - margin, rows)

    def diversity(self, said: Mapping[str, Value]) -> dict[str, float]:
        """Items one after another, each the farthest from all before it and all answered ones.

        Farthest-first traversal: greedy k-center (Gonzalez 1985; Sener and Savarese 2018).
        """
        answered = {self._number[id] for id in said}
        if not self._reached <= answered:  # an answer was taken back
            self._reached, self._nearest = set(), np.full(len(self._ids), np.inf, np.float32)
        for rows in chunks(sorted(answered - self._reached), _CENTRES):
            self._draw_near(self._nearest, rows)
        self._reached = answered
        # With no answer yet, the first is the item farthest from the mean.
        nearest = self._nearest.copy() if answered else self._squares.copy()
        ranks: dict[str, float] = {}
        for place in range(min(AHEAD, len(self._ids))):
            row = int(nearest.argmax())
            if nearest[row] <= 0:
                break
            ranks[self._ids[row]] = -float(place)
            self._draw_near(nearest, [row])
        return ranks

    def _draw_near(self, nearest: Features, rows: Sequence[int]) -> None:
        """Each item's squared distance to the nearest of those so far, and now to these as well."""
        likeness = self._features @ self._features[rows].T
        distance = self._squares + (self._squares[rows] - 2 * likeness).min(axis=1)
        np.minimum(nearest, np.maximum(distance, 0), out=nearest)
        nearest[rows] = 0

    def _targets(self, values: Sequence[Value]) -> NDArray[Any]:
        if self._kind != "label_sets":
            field = "label" if self._kind == "classes" else "score"
            return np.array([self._labels[str(value[field])] for value in values], np.int64)
        sets = np.zeros((len(values), len(self._labels)), np.float32)
        for row, value in enumerate(values):
            sets[row, [self._labels[label] for label in value["labels"]]] = 1
        return sets

    def _ranked(self, scores: Floats, answered: NDArray[np.int64]) -> dict[str, float]:
        scores[answered] = -1
        best = np.argsort(-scores, kind="stable")[:RANKED]
        return {self._ids[row]: float(scores[row]) for row in best if scores[row] >= 0}


def features_of(
    dataset: Dataset, ids: Sequence[str], model: str, say: Callable[[str], None]
) -> Features:
    """The mean vector of each item, (N, width); kept in the cache by model and items.

    Raises:
        UserError: there is no such model.
    """
    vectors = MeanVectors(model, MAX_LENGTH)
    told = f"{vectors.identity} {MAX_LENGTH} {' '.join(ids)}"
    name = f"features/{hashlib.sha256(told.encode()).hexdigest()[:32]}"
    folder = keep(name, partial(_fill, dataset, vectors, len(ids), say), say)
    return cast(Features, np.load(folder / _FILE, mmap_mode="r"))


def _fill(
    dataset: Dataset,
    vectors: MeanVectors,
    rows: int,
    say: Callable[[str], None],
    folder: Path,
    scratch: Path,
) -> None:
    say(f"Reading {rows:,} items once, with the model that ranks them.")
    features = np.lib.format.open_memmap(
        folder / _FILE, mode="w+", dtype=np.float32, shape=(rows, vectors.width)
    )
    start = 0
    for split in dataset.splits:
        for batch in dataset.field_batches(split):
            for begin in range(0, len(batch), _BATCH):
                texts = [text_of(fields) for fields in batch[begin : begin + _BATCH]]
                features[start : start + len(texts)] = vectors.of(texts)
                start += len(texts)
    features.flush()
    say("The items are read; from now on the order follows the answers.")
