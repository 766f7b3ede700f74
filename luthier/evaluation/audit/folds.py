"""Which rows are held out together when a model judges rows it has not learnt from."""

import numpy as np
from numpy.typing import NDArray


def deal(codes: NDArray[np.int64], groups: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """Deal groups of rows to folds, evenly within each label: the same every time.

    A group is never torn: a copy of a mislabelled row in the other folds would vouch for it.

    Args:
        codes: (N,) the label of each row.
        groups: (N,) a number that rows of one group share.
        count: of folds.

    Returns:
        (N,) the fold of each row, 0 up to count - 1.
    """
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    shuffled = np.random.Generator(np.random.PCG64(0)).permutation(len(first))
    # Dealt round over all labels in turn: folds are as even as their labels are.
    order = shuffled[np.argsort(codes[first[shuffled]], kind="stable")]
    fold = np.empty(len(first), np.int64)
    fold[order] = np.arange(len(order)) % count
    found: NDArray[np.int64] = fold[group]
    return found
