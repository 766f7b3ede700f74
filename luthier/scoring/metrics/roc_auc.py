"""How well the scores rank rows of a class above others (scikit-learn's roc_auc_score)."""

from collections.abc import Iterator
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from luthier.scoring.answers import Answers, ClassAnswers, Floats
from luthier.scoring.metric import Metric, divide

# Elements of one temporary: for replicates so that it stays in the cache, for columns of a memory
# map so that the file is read in few passes.
_CACHE_ELEMENTS = 1 << 17
_COLUMN_ELEMENTS = 1 << 24


@final
class RocAuc(Metric[ClassAnswers]):
    """The area under the ROC curve, by the statistic of Mann and Whitney (1947).

    AUC = sum over positives i and negatives j of w_i w_j ([s_i > s_j] + [s_i = s_j] / 2)
          / (sum of w_i * sum of w_j), for scores s and row weights w (Hanley and McNeil 1982).

    Two classes: of the positive class. Several: each class against the rest, macro mean. NaN where
    a class has no row, or nothing but rows.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (ClassAnswers,)
    needs_probabilities: ClassVar[bool] = True

    def name(self) -> str:
        """`roc_auc`."""
        return "roc_auc"

    def value(self, answers: ClassAnswers, weights: Floats | None = None) -> float:
        """The area over all rows."""
        row = np.ones(len(answers)) if weights is None else weights
        return float(self.replicates(answers, row[np.newaxis])[0])

    def replicates(self, answers: ClassAnswers, weights: Floats) -> Floats:
        """The area for each of B reweightings; each class is sorted once for all of them."""
        assert answers.probabilities is not None, "roc_auc needs probabilities"
        if len(answers.labels) == 2:
            scores = np.asarray(answers.probabilities[:, answers.positive])
            return _areas(scores, answers.references == answers.positive, weights)
        total = np.zeros(len(weights))
        for number, scores in _columns(answers.probabilities):
            total += _areas(scores, answers.references == number, weights)
        return total / len(answers.labels)


def _columns(probabilities: Floats) -> Iterator[tuple[int, Floats]]:
    rows, classes = probabilities.shape
    step = max(1, _COLUMN_ELEMENTS // rows)
    for start in range(0, classes, step):
        block = np.ascontiguousarray(probabilities[:, start : start + step].T)
        yield from enumerate(block, start)


def _areas(scores: Floats, is_positive: NDArray[np.bool_], weights: Floats) -> Floats:
    positives = _ascending(scores, np.flatnonzero(is_positive))
    negatives = _ascending(scores, np.flatnonzero(~is_positive))
    # How many negatives, in ascending order, lie below each positive, and below or level with it.
    below = np.searchsorted(scores[negatives], scores[positives], side="left")
    level = np.searchsorted(scores[negatives], scores[positives], side="right")
    wins, pairs = np.empty((2, len(weights)))
    step = max(1, _CACHE_ELEMENTS // len(scores))
    for start in range(0, len(weights), step):
        block = slice(start, start + step)
        above = np.take(weights[block], positives, axis=1)
        beaten = np.zeros((len(above), len(negatives) + 1))
        np.cumsum(np.take(weights[block], negatives, axis=1), axis=1, out=beaten[:, 1:])
        halves = np.take(beaten, below, axis=1) + np.take(beaten, level, axis=1)
        wins[block] = np.einsum("bi,bi->b", above, halves) / 2
        pairs[block] = above.sum(axis=1) * beaten[:, -1]
    return divide(wins, pairs, np.nan)


def _ascending(scores: Floats, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    return rows[np.argsort(scores[rows])]
