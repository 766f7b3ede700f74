"""The same text, or nearly the same, with different labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from luthier.data.duplicates.repeats import Repeats

NONE = -1
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What the rows that repeat a row say of it.

    Attributes:
        groups: (N,) a number shared by rows that repeat one another, through any others.
        scores: (N,) share of the labelled rows of its group that have another label.
        suggested: (N,) the most frequent other label of the group; NONE where all agree.
    """

    groups: Integers
    scores: NDArray[np.float64]
    suggested: Integers

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """(N,) rows that at least as many others of their group contradict as agree with."""
        return (self.scores > 0) & (self.scores >= 0.5)


def find_conflicts(repeats: Repeats, codes: Integers) -> Conflicts:
    """Put rows that repeat one another together, and look where their labels differ.

    Args:
        repeats: after `find`.
        codes: (N,) the label of each row, NONE for none.
    """
    groups = _linked(repeats)
    scores, suggested = np.zeros(len(codes)), np.full(len(codes), NONE)
    labelled = np.flatnonzero(codes != NONE)
    votes = _votes(groups[labelled], codes[labelled])
    scores[labelled] = np.where(votes.is_torn, 1 - votes.share, 0)
    suggested[labelled] = np.where(votes.is_torn, votes.rival, NONE)
    return Conflicts(groups, scores, suggested)


@dataclass(frozen=True, slots=True)
class _Votes:
    """Of M labelled rows: whether their group disagrees, the share of their own label in it, and
    the most frequent label that is not theirs (the row's own where all agree).
    """

    is_torn: NDArray[np.bool_]
    share: NDArray[np.float64]
    rival: Integers


def _votes(groups: Integers, codes: Integers) -> _Votes:
    ballot, of_row, votes = np.unique(
        np.stack([groups, codes], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    _, group, kinds = np.unique(ballot[:, 0], return_inverse=True, return_counts=True)
    order = np.lexsort((ballot[:, 1], -votes, group))  # of each group the strongest label first
    begins = np.cumsum(kinds) - kinds
    first, second = order[begins], order[begins + (kinds > 1)]
    is_first = first[group] == np.arange(len(group))
    rival = ballot[np.where(is_first, second[group], first[group]), 1]
    share = votes / np.bincount(group, votes)[group]
    return _Votes((kinds > 1)[group][of_row], share[of_row], rival[of_row])


def _linked(repeats: Repeats) -> Integers:
    """Rows of one text, and rows of texts that are linked by any chain, have one number."""
    lowest = repeats.classes.astype(np.int64)
    one, other = repeats.links
    while True:
        before = lowest.copy()
        low = np.minimum(lowest[one], lowest[other])
        np.minimum.at(lowest, one, low)
        np.minimum.at(lowest, other, low)
        lowest = lowest[lowest]  # jump, so that a long chain takes few rounds
        if np.array_equal(lowest, before):
            groups: Integers = lowest[repeats.classes]
            return groups
