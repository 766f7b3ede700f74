"""From which probability a label is given: the thresholds that are best on validation rows."""

import numpy as np

from luthier.scoring.answers import Bools, Floats


def best_thresholds(references: Bools, probabilities: Floats, *, each: bool = False) -> Floats:
    """The threshold that is best for all labels together, or one for each.

    Together: of 99 thresholds from 0.01 to 0.99 the one with the highest macro F1; of equals the
    lowest. Each: label by label the cut in its own ranking with the highest F1 (Lipton et al.,
    2014); it fits the validation rows more closely, and wants more of them.

    Args:
        references: (N, C) which labels a row has.
        probabilities: (N, C) of each label.
        each: one threshold for each label.

    Returns:
        (C,) thresholds; a label without a row keeps 0.5.
    """
    if not each:
        candidates = np.linspace(0.01, 0.99, 99)
        values = [_f1(references, probabilities >= cut).mean() for cut in candidates]
        return np.full(probabilities.shape[1], candidates[int(np.argmax(values))])
    pairs = zip(references.T, probabilities.T, strict=True)
    return np.array([_best_cut(known, shares) for known, shares in pairs])


def _f1(references: Bools, given: Bools) -> Floats:
    below = references.sum(axis=0) + given.sum(axis=0)
    f1: Floats = 2 * (references & given).sum(axis=0) / np.maximum(below, 1)
    return f1


def _best_cut(known: Bools, shares: Floats) -> float:
    if not known.any():
        return 0.5
    order = np.argsort(-shares, kind="stable")
    ranked = shares[order]
    hits = np.cumsum(known[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + known.sum())
    # Rows of equal probability stand or fall together: only the last of them is a cut.
    is_cut = np.append(ranked[:-1] != ranked[1:], True)
    return float(ranked[int(np.argmax(np.where(is_cut, f1, -1)))])
