"""Rows that say the same in other words: pairs of vectors whose cosine is above a threshold."""

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from luthier.data.selection.pool import Numbers, Vectors

WHOLE = 20_000
"""Rows up to which every pair is compared; of more, only those within a cluster."""
_PER_CLUSTER = 2000
_BLOCK = 1024


def copies(vectors: Vectors, threshold: float, seed: int) -> NDArray[np.bool_]:
    """(N,) which rows have an earlier one, in their cluster, with a cosine above the threshold.

    SemDeDup (Abbas et al., 2023): k-means cuts the space into clusters, within which all pairs are
    compared, so that time grows with the rows and not with their square. Copies on two sides of a
    border are missed.

    Args:
        vectors: (N, D) of length 1.
        threshold: a cosine.
        seed: of the clusters' first centres.
    """
    found = np.zeros(len(vectors), np.bool_)
    for members in _clusters(vectors, seed):
        found[members] = _repeated(vectors[members], threshold)
    return found


def _clusters(vectors: Vectors, seed: int) -> list[Numbers]:
    if len(vectors) <= WHOLE:
        return [np.arange(len(vectors))]
    count = -(-len(vectors) // _PER_CLUSTER)
    means = MiniBatchKMeans(count, random_state=seed, n_init=1, batch_size=4096)
    of_row = means.fit_predict(vectors)
    order = np.argsort(of_row, kind="stable")
    return np.split(order, np.cumsum(np.bincount(of_row, minlength=count))[:-1])


def _repeated(vectors: Vectors, threshold: float) -> NDArray[np.bool_]:
    """(n,) which vectors have an earlier one that is near; a block of rows at a time."""
    found = np.zeros(len(vectors), np.bool_)
    for start in range(0, len(vectors), _BLOCK):
        end = min(start + _BLOCK, len(vectors))
        near = vectors[start:end] @ vectors[:end].T > threshold
        near[:, start:] = np.tril(near[:, start:], -1)
        found[start:end] = near.any(axis=1)
    return found
