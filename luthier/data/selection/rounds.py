"""Classes by turns: one row of each, then a second of each, as far as they go."""

import numpy as np

from luthier.data.selection.pool import Numbers


def by_turns(codes: Numbers, generator: np.random.Generator) -> Numbers:
    """(N,) all row numbers; of every prefix each class holds as many as the others, or all it has.

    Args:
        codes: (N,) the class of each row.
        generator: draws the order within classes and within turns.
    """
    shuffled = generator.permutation(len(codes))
    order: Numbers = shuffled[in_turns(codes[shuffled])]
    return order


def in_turns(codes: Numbers) -> Numbers:
    """(N,) the same, but each class gives its rows in the order they stand in."""
    by_class = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes) if len(codes) else np.empty(0, np.int64)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    turns = np.empty(len(codes), np.int64)
    turns[by_class] = np.arange(len(codes)) - starts
    order: Numbers = np.argsort(turns, kind="stable")
    return order
