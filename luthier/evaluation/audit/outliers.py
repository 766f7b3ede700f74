"""Rows that lie far from all others: the distance to their nearest neighbours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 10
ALL = 50_000
"""Up to so many rows each is compared with all others."""
SAMPLE = 20_000
"""Of more rows, so many drawn by chance stand for all."""
_CELLS = 1 << 22  # distances held at a time: 16 MB
_FAR = 3.0

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outliers:
    """How far N rows lie from their neighbours.

    Attributes:
        distances: (N,) the mean cosine distance to the nearest ten.
        fence: what lies beyond is an outlier: Q3 + 3 (Q3 - Q1) (Tukey, 1977: far out).
        compared_with: how many rows each was compared with.
    """

    distances: Floats
    fence: float
    compared_with: int

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """(N,) which rows are outliers."""
        return self.distances > self.fence

    @property
    def scores(self) -> NDArray[np.float64]:
        """(N,) 1 - median / distance: 0 for a usual row, 0.5 at twice the usual distance."""
        distances = self.distances.astype(np.float64)
        return np.maximum(1 - np.median(distances) / np.maximum(distances, 1e-12), 0)


def find_outliers(features: Floats) -> Outliers:
    """Compare rows by the angle between their features, from the mean of all.

    Linear in memory; in time linear above 50,000 rows. See Angiulli and Pizzuti (2002) for the
    distance to neighbours as a measure, and Kuan and Mueller (2022) for it on learnt features.

    Args:
        features: (N, H), perhaps on disk.
    """
    count = len(features)
    reference = np.arange(count)
    if count > ALL:
        generator = np.random.Generator(np.random.PCG64(0))
        reference = np.sort(generator.permutation(count)[:SAMPLE])
    mean = features.mean(axis=0, dtype=np.float64).astype(np.float32)
    others = _directions(features[reference], mean)
    near = min(NEIGHBOURS, len(reference) - 1)
    if near < 1:
        return Outliers(np.zeros(count, np.float32), 0.0, 0)
    distances = np.empty(count, np.float32)
    size = max(1, _CELLS // len(reference))
    for start in range(0, count, size):
        apart = 1 - _directions(features[start : start + size], mean) @ others.T
        own = np.arange(start, start + len(apart))
        place = np.minimum(np.searchsorted(reference, own), len(reference) - 1)
        is_own = reference[place] == own
        apart[np.flatnonzero(is_own), place[is_own]] = np.inf
        nearest = np.partition(apart, near - 1, axis=1)[:, :near]
        distances[start : start + size] = nearest.mean(axis=1)
    distances = np.maximum(distances, 0)
    low, high = np.quantile(distances, [0.25, 0.75])
    return Outliers(distances, float(high + _FAR * (high - low)), len(reference))


def _directions(features: Floats, mean: Floats) -> Floats:
    apart = features - mean
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    directions: Floats = apart / np.maximum(lengths, 1e-12)
    return directions
