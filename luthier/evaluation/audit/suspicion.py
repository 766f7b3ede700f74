"""One order of all rows, the worst first, from all that speaks against them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from luthier.evaluation.audit.conflicts import Conflicts
from luthier.evaluation.audit.gather import Gathered, Labels
from luthier.evaluation.audit.label_errors import LabelErrors
from luthier.evaluation.audit.outliers import Outliers
from luthier.evaluation.dynamics import Dynamics

LABEL, CONFLICT, OUTLIER, HARD = "label error", "conflicting labels", "outlier", "hard to learn"
DOUBTFUL = "doubtful label"
_FENCE = 1.5

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How suspicious each of N rows is, and why.

    Attributes:
        scores: (N,) 0 to 1.
        flags: reason -> (N,) rows that it speaks against.
        suggest: what a row might be labelled with instead; None if nobody knows.
    """

    scores: Floats
    flags: dict[str, Bools]
    suggest: Callable[[int], str | None]

    @property
    def flagged(self) -> Bools:
        """(N,) rows that anything speaks against."""
        flagged: Bools = np.any(list(self.flags.values()), axis=0)
        return flagged

    def worst(self, share: float | None = None) -> NDArray[np.int64]:
        """The rows that are suspected, or this share of all rows; the most suspicious first."""
        order = np.argsort(-self.scores, kind="stable")
        if share is not None:
            return order[: round(share * len(order))]
        return order[self.flagged[order]]

    def counts(self) -> dict[str, int]:
        """How many rows each reason speaks against."""
        return {reason: int(flags.sum()) for reason, flags in self.flags.items()}

    def reason(self, row: int) -> str:
        """What speaks against a row, in a few words; `doubtful label` where nothing does."""
        told = [reason for reason, flags in self.flags.items() if flags[row]]
        return ", ".join(told) or DOUBTFUL


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the searches found; None where a search has nothing to look at."""

    errors: LabelErrors | None
    conflicts: Conflicts | None
    outliers: Outliers
    dynamics: Dynamics | None


def weigh(gathered: Gathered, evidence: Evidence) -> Suspicion:
    """Take, of each row, the strongest of what speaks against it.

    A label's doubt (1 - quality) counts for every row, so that all have an order; the others count
    where they are flagged. Where labels can be judged, what a run found hard to learn adds nothing:
    it learnt from the very labels that are in doubt.
    """
    scores, flags = np.zeros(len(gathered)), dict[str, Bools]()
    if (errors := evidence.errors) is not None:
        flags[LABEL] = errors.flagged
        scores = 1 - errors.quality
    if (conflicts := evidence.conflicts) is not None:
        flags[CONFLICT] = conflicts.flagged
        scores = np.maximum(scores, np.where(conflicts.flagged, conflicts.scores, 0))
    outliers = evidence.outliers
    flags[OUTLIER] = outliers.flagged
    scores = np.maximum(scores, np.where(outliers.flagged, outliers.scores, 0))
    if evidence.dynamics is not None and errors is None:
        confidence = _confidence(gathered.ids, evidence.dynamics)
        flags[HARD] = confidence < _fence(evidence.dynamics.confidence)
        scores = np.maximum(scores, np.where(flags[HARD], 1 - confidence, 0))
    return Suspicion(scores, flags, partial(_suggest, gathered.labels, evidence))


def _suggest(labels: Labels, evidence: Evidence, row: int) -> str | None:
    """What copies of the row say, where nothing else makes its label doubtful; else the models."""
    errors, conflicts = evidence.errors, evidence.conflicts
    if errors is None or conflicts is None:
        return None
    if conflicts.flagged[row] and not errors.flagged[row]:
        return labels.told(int(conflicts.suggested[row]))
    return labels.named(errors.suggested(row))


def _confidence(ids: NDArray[np.bytes_], dynamics: Dynamics) -> Floats:
    """(N,) the confidence of each row; 1 for rows that the run did not learn from."""
    learnt = dynamics.ids.astype("S32")
    order = np.argsort(learnt)
    place = np.minimum(np.searchsorted(learnt, ids, sorter=order), len(learnt) - 1)
    is_known = learnt[order[place]] == ids
    return np.where(is_known, dynamics.confidence[order[place]], 1.0)


def _fence(values: NDArray[np.float32]) -> float:
    """What lies below is unusual: Q1 - 1.5 (Q3 - Q1) (Tukey, 1977)."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float(low - _FENCE * (high - low))
