"""Rows that stand for all others: facility location by the lazy greedy algorithm."""

from collections.abc import Iterator

import numpy as np

from luthier.data.selection.pool import Vectors

_ASKED = 16  # gains that are computed in one product
_BLOCK = 512


def most_covering(vectors: Vectors) -> Iterator[int]:
    """One after another, whichever adds most to F(S) = Σ_i max_{j in S} max(0, x_i · x_j).

    F is monotone and submodular: the first k reach at least 1 - 1/e of what any k can (Nemhauser
    et al., 1978). Gains only fall, so those of earlier steps are upper bounds, and few are
    computed anew in a step (Minoux, 1978). Memory: n vectors and some columns of similarities.
    """
    covered = np.zeros(len(vectors), np.float32)
    bounds = _first_gains(vectors)
    for _ in range(len(vectors)):
        best = _best(vectors, covered, bounds)
        if bounds[best] <= 0:  # whatever is left adds nothing
            yield from np.flatnonzero(bounds > -np.inf).tolist()
            return
        yield best
        bounds[best] = -np.inf
        np.maximum(covered, vectors @ vectors[best], out=covered)


def _best(vectors: Vectors, covered: Vectors, bounds: Vectors) -> int:
    """The number of the largest gain; bounds on the way to it become the gains they are now."""
    is_fresh = np.zeros(len(bounds), np.bool_)
    best = int(bounds.argmax())
    while not is_fresh[best] and bounds[best] > 0:
        count = min(_ASKED, len(bounds))
        asked = np.argpartition(-bounds, count - 1)[:count]
        asked = np.union1d(asked[~is_fresh[asked] & (bounds[asked] > 0)], [best])
        bounds[asked] = _gains(vectors, covered, vectors[asked])
        is_fresh[asked] = True
        best = int(bounds.argmax())
    return best


def _gains(vectors: Vectors, covered: Vectors, candidates: Vectors) -> Vectors:
    more = vectors @ candidates.T
    more -= covered[:, np.newaxis]
    np.maximum(more, 0, out=more)
    gains: Vectors = more.sum(axis=0)
    return gains


def _first_gains(vectors: Vectors) -> Vectors:
    nothing = np.zeros(len(vectors), np.float32)
    blocks = [
        _gains(vectors, nothing, vectors[start : start + _BLOCK])
        for start in range(0, len(vectors), _BLOCK)
    ]
    return np.concatenate([nothing[:0], *blocks])
