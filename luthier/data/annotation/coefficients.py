"""Coefficients of agreement, corrected for chance, over weighted items.

Weights (one for each item) make a bootstrap sample as cheap as the estimate itself. Nothing is said
(None) where all answers are the same: chance would agree as well.
"""

from abc import ABC, abstractmethod
from typing import final

import numpy as np
from numpy.typing import NDArray

from luthier.data.annotation.votes import Floats, Ints, Votes


def observed(votes: Votes, weights: Floats) -> float | None:
    """The share of pairs of answers that are equal, averaged over items."""
    first, second = votes.pairs
    of_item = weights[votes.items[first]] / _pairs_of(votes)[votes.items[first]]
    total = of_item.sum()
    equal = votes.codes[first] == votes.codes[second]
    return float(of_item[equal].sum() / total) if total else None


def krippendorff_alpha(votes: Votes, weights: Floats, distances: "Distances") -> float | None:
    """Alpha = 1 - D_o / D_e (Krippendorff 2004, Content Analysis, equations 11.2 to 11.6).

    D_o is the mean distance of two answers to the same item, D_e that of any two answers; each item
    with m answers counts as m. Any number of people may have answered each item.

    Args:
        votes: the answers.
        weights: of the items, (I,).
        distances: how far two answers are apart.
    """
    first, second = votes.pairs
    item = votes.items[first]
    margin = _margin(votes, weights)
    total = margin.sum()
    apart, expected = distances.measure(votes.codes[first], votes.codes[second], margin)
    if total < 2 or expected <= 0:
        return None
    within = 2 * (weights[item] * apart / (votes.sizes[item] - 1)).sum() / total
    return float(1 - within * total * (total - 1) / expected)


def fleiss_kappa(votes: Votes, weights: Floats) -> float | None:
    """Kappa for many people (Fleiss 1971): every item has the same number of answers.

    P_e sums the squares of the shares of all labels; P is `observed`.
    """
    margin = _margin(votes, weights)
    return _corrected(observed(votes, weights), margin / margin.sum(), margin / margin.sum())


def cohen_kappa(first: Ints, second: Ints, units: int) -> float | None:
    """Kappa of two people (Cohen 1960).

    Args:
        first: what the one said of each of N items, (N,).
        second: what the other said, (N,).
        units: how many different things can be said.
    """
    margins = [np.bincount(codes, minlength=units) / len(first) for codes in (first, second)]
    return _corrected(float((first == second).mean()), *margins)


def _corrected(agreed: float | None, first: Floats, second: Floats) -> float | None:
    by_chance = float(first @ second)
    if agreed is None or np.isclose(by_chance, 1):
        return None
    return (agreed - by_chance) / (1 - by_chance)


def _margin(votes: Votes, weights: Floats) -> Floats:
    """How often each unit was said, (K,)."""
    counted = np.bincount(votes.codes, weights[votes.items], len(votes.units))
    return counted.astype(np.float64)


def _pairs_of(votes: Votes) -> Floats:
    return votes.sizes * (votes.sizes - 1) / 2


class Distances(ABC):
    """How far two answers are apart, by their codes, and what that sums to over all pairs."""

    @abstractmethod
    def measure(self, first: Ints, second: Ints, margin: Floats) -> tuple[Floats, float]:
        """Distances of pairs of codes, (P,); and summed over all ordered pairs of answers.

        Args:
            first: codes, (P,).
            second: codes, (P,).
            margin: how often each code was said, (K,).
        """


@final
class Nominal(Distances):
    """0 for the same, else 1."""

    def measure(self, first: Ints, second: Ints, margin: Floats) -> tuple[Floats, float]:
        """See `Distances`."""
        total = margin.sum()
        return (first != second).astype(np.float64), float(total**2 - margin @ margin)


@final
class Interval(Distances):
    """The square of the difference of numbers.

    Args:
        values: the number that each code stands for, (K,).
    """

    def __init__(self, values: Floats):
        self._values = values

    def measure(self, first: Ints, second: Ints, margin: Floats) -> tuple[Floats, float]:
        """See `Distances`."""
        return _squares(self._values, first, second, margin)


@final
class Ordinal(Distances):
    """The square of how many answers lie between two ranks; codes are in the order of the scale.

    Both ends count half, so that it is the difference of mid-ranks (Krippendorff 2004, 11.3.3).
    """

    def measure(self, first: Ints, second: Ints, margin: Floats) -> tuple[Floats, float]:
        """See `Distances`."""
        return _squares(np.cumsum(margin) - margin / 2, first, second, margin)


@final
class Sets(Distances):
    """Jaccard's distance of sets of labels: the share that only one of two sets has.

    Args:
        has: which labels are in the set of each code, (K, L).
    """

    def __init__(self, has: NDArray[np.bool_]):
        sizes = has.sum(axis=1)
        both = has.astype(np.float64) @ has.T
        either = sizes[:, None] + sizes - both
        self._matrix = np.where(either > 0, 1 - both / np.maximum(either, 1), 0.0)

    def measure(self, first: Ints, second: Ints, margin: Floats) -> tuple[Floats, float]:
        """See `Distances`."""
        return self._matrix[first, second], float(margin @ self._matrix @ margin)


def _squares(values: Floats, first: Ints, second: Ints, margin: Floats) -> tuple[Floats, float]:
    centred = values - (margin @ values) / margin.sum()
    apart = (centred[first] - centred[second]) ** 2
    return apart, float(2 * margin.sum() * (margin @ centred**2) - 2 * (margin @ centred) ** 2)
