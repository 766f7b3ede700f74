"""How far people agree: beyond chance where that can be said, for each pair and each label."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from luthier.data.annotation.coefficients import (
    Distances,
    Interval,
    Nominal,
    Ordinal,
    Sets,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    observed,
)
from luthier.data.annotation.item import Answer
from luthier.data.annotation.kind import Kind, Level
from luthier.data.annotation.votes import Floats, Votes, votes_of

RESAMPLES = 200
MAX_SETS = 2000
"""Different sets of labels; their distances are a matrix."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient and its 95 % interval (bootstrap over items)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two people agree on the items both answered.

    Attributes:
        first: the one.
        second: the other.
        items: how many both answered.
        observed: the share of them on which they said the same.
        kappa: Cohen's; None if it says nothing, or answers are of parts or words.
        f1: of the parts of their answers; None if answers have no parts.
    """

    first: str
    second: str
    items: int
    observed: float
    kappa: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people agree. None stands wherever a coefficient says nothing.

    Attributes:
        items: items that two or more people answered; only those count.
        answers: their answers.
        observed: share of pairs of answers that are the same.
        alpha: Krippendorff's, by the level of the answers.
        fleiss: Fleiss' kappa, of `fleiss_items` items (those with the usual number of answers).
        f1: of the parts of two people's answers, over all pairs (Hripcsak and Rothschild 2005).
        level: what alpha took the answers for.
        pairs: for each two people that answered the same items.
        labels: for each label alpha of having it or not; F1 where answers are of parts.
    """

    items: int
    answers: int
    observed: Estimate | None
    alpha: Estimate | None
    fleiss: Estimate | None
    fleiss_items: int
    f1: Estimate | None
    level: Level
    pairs: list[PairAgreement]
    labels: dict[str, float | None]


def agreement(
    answers: Sequence[Answer], kind: Kind, *, level: Level | None = None, seed: int = 7
) -> Agreement:
    """Measure how far people agree.

    Args:
        answers: everybody's; items that only one person answered do not count.
        kind: what was asked.
        level: what ratings are taken for: `ordinal` (else), `interval` or `nominal`.
        seed: of the bootstrap.
    """
    votes = votes_of(answers, kind)
    level = level or kind.level
    usual = _usual(votes)
    estimate = _Bootstrap(seed)
    distances = _distances(votes, level)
    shared = _Shared(votes, kind) if level in ("sets", "parts") else None
    return Agreement(
        items=len(votes.sizes),
        answers=len(votes.items),
        observed=estimate(votes, lambda weights: observed(votes, weights)),
        alpha=None
        if distances is None
        else estimate(votes, lambda weights: krippendorff_alpha(votes, weights, distances)),
        fleiss=None
        if level in ("parts", "words", "sets")
        else estimate(usual, lambda weights: fleiss_kappa(usual, weights)),
        fleiss_items=len(usual.sizes),
        f1=None if shared is None else estimate(votes, shared.f1),
        level=level,
        pairs=_pairs(votes, shared, level),
        labels=_labels(votes, kind, shared, level),
    )


class _Bootstrap:
    """An estimate, and its interval over samples of items."""

    def __init__(self, seed: int):
        self._seed = seed

    def __call__(self, votes: Votes, measure: Callable[[Floats], float | None]) -> Estimate | None:
        count = len(votes.sizes)
        value = measure(np.ones(count)) if count else None
        if value is None:
            return None
        random = np.random.default_rng(self._seed)
        drawn = [
            measure(np.bincount(random.integers(count, size=count), minlength=count).astype(float))
            for _ in range(RESAMPLES)
        ]
        low, high = np.quantile([one for one in drawn if one is not None], [0.025, 0.975])
        return Estimate(value, float(low), float(high))


class _Shared:
    """What parts two answers to the same item share, for all pairs of answers."""

    def __init__(self, votes: Votes, kind: Kind):
        parts = [kind.parts(value) for value in votes.values]
        first, second = votes.pairs
        self._item = votes.items[first]
        pairs = [(parts[i], parts[j]) for i, j in zip(first, second, strict=True)]
        self.both = np.array([len(a & b) for a, b in pairs], np.float64)
        self.all = np.array([len(a) + len(b) for a, b in pairs], np.float64)
        both, all_ = Counter[str](), Counter[str]()
        for a, b in pairs:
            both.update(map(_label, a & b))
            all_.update(map(_label, [*a, *b]))
        self.labels = {label: 2 * both[label] / all_[label] for label in sorted(all_)}

    def f1(self, weights: Floats) -> float | None:
        """Of all pairs of answers together."""
        weight = weights[self._item]
        total = float(weight @ self.all)
        return 2 * float(weight @ self.both) / total if total else None

    def of(self, chosen: NDArray[np.bool_]) -> float | None:
        """Of some of the pairs."""
        total = float(self.all[chosen].sum())
        return 2 * float(self.both[chosen].sum()) / total if total else None


def _label(part: object) -> str:
    return str(part[-1]) if isinstance(part, tuple) else str(part)


def _usual(votes: Votes) -> Votes:
    """The items with as many answers as most have."""
    if not len(votes.sizes):
        return votes
    size = int(np.bincount(votes.sizes).argmax())
    return votes.where(votes.sizes[votes.items] == size)


def _distances(votes: Votes, level: Level) -> Distances | None:
    if level == "nominal":
        return Nominal()
    if level == "ordinal":
        return Ordinal()
    if level == "interval":
        return Interval(np.array(votes.units, np.float64))
    if level == "sets" and 0 < len(votes.units) <= MAX_SETS:
        sets = [unit if isinstance(unit, frozenset) else frozenset() for unit in votes.units]
        labels = sorted({str(label) for unit in sets for label in unit})
        return Sets(np.array([[label in unit for label in labels] for unit in sets]))
    return None


def _pairs(votes: Votes, shared: _Shared | None, level: Level) -> list[PairAgreement]:
    first, second = votes.pairs
    swap = votes.coders[first] > votes.coders[second]
    left, right = np.where(swap, second, first), np.where(swap, first, second)
    number = votes.coders[left] * len(votes.people) + votes.coders[right]
    found = []
    for a, b in combinations(range(len(votes.people)), 2):
        chosen = number == a * len(votes.people) + b
        if not chosen.any():
            continue
        said = votes.codes[left[chosen]], votes.codes[right[chosen]]
        found.append(
            PairAgreement(
                first=votes.people[a],
                second=votes.people[b],
                items=int(chosen.sum()),
                observed=float((said[0] == said[1]).mean()),
                kappa=None
                if level in ("parts", "words")
                else cohen_kappa(*said, units=len(votes.units)),
                f1=None if shared is None else shared.of(chosen),
            )
        )
    return found


def _labels(
    votes: Votes, kind: Kind, shared: _Shared | None, level: Level
) -> dict[str, float | None]:
    if level == "words" or not len(votes.items):
        return {}
    if shared is not None and level == "parts":
        return dict(shared.labels)
    having: dict[str, list[int]] = defaultdict(list)
    for code, value in dict(zip(votes.codes.tolist(), votes.values, strict=True)).items():
        for label in kind.labels_in(value):
            having[label].append(code)
    even = np.ones(len(votes.sizes))
    return {
        label: krippendorff_alpha(_binary(votes, having[label]), even, Nominal())
        for label in kind.labels
        if label in having
    }


def _binary(votes: Votes, codes: Sequence[int]) -> Votes:
    has = np.isin(votes.codes, codes).astype(np.int64)
    return replace(votes, codes=has, units=(False, True))
