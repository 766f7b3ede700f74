"""Rows that lie far from each other: greedy k-center, in parts where rows are many."""

from collections.abc import Callable, Iterator
from itertools import chain, pairwise, zip_longest
from pathlib import Path
from tempfile import mkstemp

import numpy as np

from luthier.data.selection.pool import Numbers, Vectors

Greedy = Callable[[Vectors], Iterator[int]]
"""From n vectors to their numbers, the most wanted first."""

_BLOCK = 8192


def unit_vectors(vectors: Vectors, order: Numbers, scratch: Path) -> Vectors:
    """(N, D) the vectors in another order, less their mean, of length 1; on disk.

    Vectors of a language model all point one way (Ethayarajh, 2019); without what they share, the
    cosine of two of them tells more. What is left of length 0 stays 0.
    """
    handle, name = mkstemp(dir=scratch)
    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    with open(handle, "wb") as file:
        for start in range(0, len(order), _BLOCK):
            block = vectors[order[start : start + _BLOCK]] - mean
            norms = np.linalg.norm(block, axis=1, keepdims=True)
            block /= np.where(norms > 0, norms, 1)
            file.write(np.ascontiguousarray(block).data)
    return np.memmap(name, np.float32, mode="r", shape=vectors.shape)


def in_parts(vectors: Vectors, part_rows: int, greedy: Greedy) -> Iterator[int]:
    """Choose greedily within each part, by turns: one number of each part, then the next of each.

    It is the first round of GreeDi (Mirzasoleiman et al., 2013): time grows with the rows, not
    with their square. One part is the greedy choice itself.

    Args:
        vectors: (N, D), in random order, so that every part is like the whole.
        part_rows: the most that a part may hold.
        greedy: chooses within a part.
    """
    count = max(1, -(-len(vectors) // part_rows))
    edges = np.linspace(0, len(vectors), count + 1).astype(int).tolist()
    parts = [map(start.__add__, greedy(vectors[start:end])) for start, end in pairwise(edges)]
    turns = chain.from_iterable(zip_longest(*parts))
    return (number for number in turns if number is not None)


def farthest_first(vectors: Vectors) -> Iterator[int]:
    """Begin with the first, go on with whichever is farthest from all before it.

    For every k, the first k are a 2-approximation of the k-center problem: no k points have all n
    within less than half the distance (Gonzalez, 1985; as a core set: Sener and Savarese, 2018).
    Each step is one product of the (n, D) matrix with a vector.
    """
    squares = np.einsum("ij,ij->i", vectors, vectors)
    nearest = np.full(len(vectors), np.inf, np.float32)
    row = 0
    for _ in range(len(vectors)):
        yield row
        distances = squares + squares[row] - 2 * (vectors @ vectors[row])
        np.minimum(nearest, distances, out=nearest)
        nearest[row] = -np.inf
        row = int(nearest.argmax())
