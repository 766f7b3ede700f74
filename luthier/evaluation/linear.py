"""Linear heads on features, for the baselines that learn: of classes, label sets and numbers."""

import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge

from luthier.scoring.answers import Floats, Integers

# What scikit-learn takes as features: an array or a sparse matrix, (N, F).
Features = Any
Kind = Literal["classes", "label_sets", "numbers"]
Wanted = Floats | Integers
Head = Callable[[Features], Floats]
"""From features (m, F) to probabilities (m, C), or to numbers (m, 1)."""

_INVERSE_REGULARIZATION = 10.0
_MAX_STEPS = 200
_PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0)
_CHOOSING_ROWS = 10_000
_PROBES = 3


def fit_linear(features: Features, targets: Wanted, kind: Kind, width: int) -> Head:
    """Fit the head that suits the targets.

    Args:
        features: (N, F), at least one row.
        targets: (N,) class numbers, (N, C) 0 or 1 for label sets, or (N,) numbers.
        kind: which of these.
        width: C; a class or label without a row gets probability 0.
    """
    with warnings.catch_warnings():
        # 200 steps are enough for a baseline; the last digits of its optimum are nobody's concern.
        warnings.simplefilter("ignore", ConvergenceWarning)
        if kind == "classes":
            return _fit_classes(features, targets, width)
        if kind == "label_sets":
            return _fit_label_sets(features, targets)
        return _fit_numbers(features, targets)


def _fit_classes(features: Features, labels: Wanted, width: int) -> Head:
    """Multinomial logistic regression, L2-regularised with C = 10, by L-BFGS."""
    classes = np.unique(labels)
    if len(classes) == 1:
        return lambda rows: np.tile(np.eye(width)[classes[0]], (rows.shape[0], 1))
    model = LogisticRegression(C=_INVERSE_REGULARIZATION, max_iter=_MAX_STEPS)
    model.fit(features, labels)

    def classify(rows: Features) -> Floats:
        probabilities = np.zeros((rows.shape[0], width))
        probabilities[:, classes] = model.predict_proba(rows)
        return probabilities

    return classify


def _fit_label_sets(features: Features, sets: Wanted) -> Head:
    """One logistic regression a label (binary relevance), C = 10.

    LIBLINEAR (Fan et al., 2008), on sparse features by dual coordinate descent, is ten to thirty
    times as fast here as L-BFGS; its intercept is regularised, too.
    """
    is_sparse = not isinstance(features, np.ndarray)
    heads: list[Head] = []
    for column in sets.T:
        if column.min() == column.max():
            heads.append(_always(float(column[0])))
            continue
        model = LogisticRegression(
            C=_INVERSE_REGULARIZATION,
            max_iter=_MAX_STEPS,
            solver="liblinear",
            dual=is_sparse,
            random_state=0,
        )
        model.fit(features, column)
        heads.append(_probability_of(model))
    return lambda rows: np.stack([head(rows) for head in heads], axis=1)


def _always(share: float) -> Head:
    return lambda rows: np.full(rows.shape[0], share)


def _probability_of(model: LogisticRegression) -> Head:
    return lambda rows: model.predict_proba(rows)[:, 1]


def _fit_numbers(features: Features, numbers: Wanted) -> Head:
    """Ridge regression, its penalty the one of six with the least error by cross-validation.

    Of very many rows a random part chooses; the penalty is the ratio of two variances, which does
    not depend on how many rows there are.
    """
    if numbers.min() == numbers.max():
        return lambda rows: np.full((rows.shape[0], 1), float(numbers[0]))
    generator = np.random.default_rng(0)
    some = np.sort(generator.permutation(len(numbers))[:_CHOOSING_ROWS])
    signs = generator.choice([-1.0, 1.0], (len(some), _PROBES))
    targets = np.concatenate([numbers[some, np.newaxis], signs], axis=1)
    errors = [_cross_validated(features[some], targets, penalty) for penalty in _PENALTIES]
    best = Ridge(alpha=_PENALTIES[int(np.argmin(errors))]).fit(features, numbers)
    return lambda rows: best.predict(rows)[:, np.newaxis]


def _cross_validated(features: Features, targets: Floats, penalty: float) -> float:
    """The error of generalized cross-validation: |y - H y|² / (1 - tr H / n)² (Golub et al., 1979).

    y is the first column of the targets. The others are vectors z of random signs, over which the
    mean of zᵀ H z is tr H (Girard, 1989); so no matrix is inverted.
    """
    fitted = Ridge(alpha=penalty).fit(features, targets).predict(features)
    signs, answered = targets[:, 1:], fitted[:, 1:]
    # The intercept takes the mean out of z and is one degree of freedom by itself.
    freedom = 1 / len(targets) + (signs * (answered - signs.mean(axis=0))).mean()
    residuals = targets[:, 0] - fitted[:, 0]
    error: float = (residuals**2).mean() / max(1 - freedom, 1e-6) ** 2
    return error
