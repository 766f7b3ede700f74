"""Labels that a model which never learnt from their row would not give: confident learning."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from luthier.core.extras import extra
from luthier.evaluation.audit.folds import deal
from luthier.evaluation.audit.gather import Features, Labels
from luthier.evaluation.linear import Head, fit_linear
from luthier.evaluation.predict import mapped

FOLDS = 5
LEARNT = 20_000
"""Rows at most that the model of a fold learns from, drawn by chance."""
_DECAY = 0.01
"""L2 against the mean loss, the same for any number of rows: strong, so that no wrong label is
learnt by heart."""
_MAX_STEPS = 200
_WINDOW = 8192

NONE = -1

Floats = NDArray[np.float32]
Wide = NDArray[np.float64]
Integers = NDArray[np.int64]
Fit = Callable[[Features, Integers, int], Head]


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """What was found about the labels of N rows.

    Attributes:
        judged: (N,) rows whose label could be judged: it has one, and so has a row of another fold.
        quality: (N,) 0 to 1, how well the label fits; 1 where it was not judged.
        flagged: (N,) labels that are more likely wrong than right, by confident learning.
        said: what the model would give: (N,) a label's number, NONE where not judged; or (N, C) 0
            or 1 for label sets.
        agreement: share of the judged labels that the model gives, too; None if none was judged.
    """

    judged: NDArray[np.bool_]
    quality: NDArray[np.float64]
    flagged: NDArray[np.bool_]
    said: NDArray[np.integer]
    agreement: float | None

    def suggested(self, row: int) -> tuple[int, ...]:
        """The numbers of the labels that the model would give to a row."""
        said = self.said[row]
        found = np.flatnonzero(said) if said.ndim else said[said != NONE]
        return tuple(found.tolist())


def find_label_errors(features: Features, labels: Labels, groups: Integers) -> LabelErrors:
    """Let models on frozen features judge the rows they have not learnt from.

    Logistic regression on standardised features by five folds; near-duplicates share a fold. The
    quality of a label y is its self-confidence p_y, and which are flagged is pruning by noise rate,
    both of confident learning (Northcutt et al., 2021) as cleanlab has them; of label sets
    cleanlab's for several labels (Thyagarajan et al., 2022).

    Args:
        features: (N, H).
        labels: classes or label sets.
        groups: (N,) a number that rows which repeat one another share.

    Raises:
        UserError: cleanlab is not installed.
    """
    folds = deal(labels.codes, groups, FOLDS)
    judge = _classes if labels.kind == "classes" else _label_sets
    return judge(features, labels, folds)


def _classes(features: Features, labels: Labels, folds: Integers) -> LabelErrors:
    with extra("audit", "Finding label errors"):
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores

    count = len(labels.codes)
    number = np.array([names[0] for names in labels.written])
    given = np.where(labels.codes < 0, NONE, number[labels.codes])
    rows = np.flatnonzero((given != NONE) & _elsewhere(given, folds))
    known, codes = np.unique(given[rows], return_inverse=True)
    everywhere = np.full(count, NONE)
    if len(known) < 2:
        return _over_all(rows[:0], np.ones(0), np.zeros(0, np.bool_), everywhere, None)
    found = _held_out(_fit_classes, features, rows, codes, folds, len(known))
    with _quiet():
        quality = get_label_quality_scores(codes, found, method="self_confidence")
        flagged = find_label_issues(codes, found, n_jobs=1)
    agrees = found.argmax(axis=1) == codes
    everywhere[rows] = known[found.argmax(axis=1)]
    return _over_all(rows, quality, flagged & ~agrees, everywhere, float(agrees.mean()))


def _label_sets(features: Features, labels: Labels, folds: Integers) -> LabelErrors:
    with extra("audit", "Finding label errors"):
        from cleanlab.multilabel_classification.filter import find_label_issues
        from cleanlab.multilabel_classification.rank import get_label_quality_scores

    rows = np.flatnonzero(labels.codes >= 0)
    written = np.zeros((len(labels.written), len(labels.names)), np.int64)
    for line, names in zip(written, labels.written, strict=True):
        line[list(names)] = 1
    given = written[labels.codes[rows]]
    found = _held_out(_fit_label_sets, features, rows, given, folds, len(labels.names))
    lists = [list(labels.written[code]) for code in labels.codes[rows].tolist()]
    with _quiet():
        quality = get_label_quality_scores(lists, found)
        flagged = find_label_issues(lists, found, n_jobs=1)
    everywhere = np.zeros((len(labels.codes), len(labels.names)), np.uint8)
    everywhere[rows] = found >= 0.5
    agrees = (everywhere[rows] == given).all(axis=1)
    return _over_all(rows, quality, flagged & ~agrees, everywhere, float(agrees.mean()))


def _over_all(
    rows: Integers,
    quality: NDArray[np.float64],
    flagged: NDArray[np.bool_],
    said: NDArray[np.integer],
    agreement: float | None,
) -> LabelErrors:
    """What was found of some rows, among all rows."""
    judged, is_flagged = np.zeros(len(said), np.bool_), np.zeros(len(said), np.bool_)
    qualities = np.ones(len(said))
    judged[rows], is_flagged[rows], qualities[rows] = True, flagged, quality
    return LabelErrors(judged, qualities, is_flagged, said, agreement)


def _elsewhere(given: Integers, folds: Integers) -> NDArray[np.bool_]:
    """(N,) rows whose label some row of another fold has, so that its model has seen it."""
    size = int(given.max(initial=0)) + 1
    place = np.where(given == NONE, size, given)
    counts = np.zeros((size + 1, FOLDS), np.int64)
    np.add.at(counts, (place, folds), 1)
    elsewhere: NDArray[np.bool_] = counts.sum(axis=1)[place] > counts[place, folds]
    return elsewhere


def _held_out(
    fit: Fit, features: Features, rows: Integers, targets: Integers, folds: Integers, width: int
) -> Floats:
    """The probabilities (n, width) of some rows, each from a model that has not learnt from it."""
    mean, scale = _standard(features)
    generator = np.random.Generator(np.random.PCG64(0))
    found = mapped((len(rows), width))
    for fold in range(FOLDS):
        is_held = folds[rows] == fold
        learnt = np.sort(generator.permutation(np.flatnonzero(~is_held))[:LEARNT])
        if not len(learnt) or not is_held.any():
            continue  # fewer groups of rows than folds
        answer = fit((features[rows[learnt]] - mean) / scale, targets[learnt], width)
        for start in range(0, len(rows), _WINDOW):
            window = start + np.flatnonzero(is_held[start : start + _WINDOW])
            if len(window):
                found[window] = answer((features[rows[window]] - mean) / scale)
    return found


def _standard(features: Features) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each feature; numpy's own would copy all rows in fp64."""
    mean = features.mean(axis=0, dtype=np.float64)
    squares = np.zeros_like(mean)
    for start in range(0, len(features), _WINDOW):
        squares += ((features[start : start + _WINDOW] - mean) ** 2).sum(axis=0)
    scale = np.sqrt(squares / len(features)) + 1e-6
    return mean.astype(np.float32), scale.astype(np.float32)


def _fit_classes(features: Features, codes: Integers, width: int) -> Head:
    classes = np.unique(codes)
    if len(classes) == 1:
        return lambda rows: np.tile(np.eye(width)[classes[0]], (len(rows), 1))
    model = LogisticRegression(C=1 / (_DECAY * len(codes)), max_iter=_MAX_STEPS)
    with warnings.catch_warnings():
        # 200 steps rank the rows; the last digits of the optimum change no order.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, codes)

    def answer(rows: Features) -> Wide:
        probabilities = np.zeros((len(rows), width))
        probabilities[:, classes] = model.predict_proba(rows)
        return probabilities

    return answer


def _fit_label_sets(features: Features, sets: Integers, width: int) -> Head:
    return fit_linear(features, sets, "label_sets", width)


@contextmanager
def _quiet() -> Iterator[None]:
    """Rare classes are told by the report itself, not by cleanlab's warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
