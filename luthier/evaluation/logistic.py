"""Logistic regression on features, for the baselines that learn."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from luthier.scoring.metric import Floats, Integers

# What scikit-learn takes as features: an array or a sparse matrix, (N, F).
Features = Any

_INVERSE_REGULARIZATION = 10.0
_MAX_STEPS = 200


def fit_logistic(
    features: Features, labels: Integers, num_labels: int
) -> Callable[[Features], Floats]:
    """Fit multinomial logistic regression, L2-regularised with C = 10, by L-BFGS.

    Args:
        features: (N, F), at least one row.
        labels: (N,) class numbers; one class or several.
        num_labels: C; classes without a row get probability 0.

    Returns:
        a function from features (m, F) to probabilities (m, C).
    """
    classes = np.unique(labels)
    if len(classes) == 1:
        return lambda rows: np.tile(np.eye(num_labels)[classes[0]], (rows.shape[0], 1))
    model = LogisticRegression(C=_INVERSE_REGULARIZATION, max_iter=_MAX_STEPS)
    with warnings.catch_warnings():
        # 200 steps are enough for a baseline; the last digits of its optimum are nobody's concern.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, labels)

    def classify(rows: Features) -> Floats:
        probabilities = np.zeros((rows.shape[0], num_labels))
        probabilities[:, classes] = model.predict_proba(rows)
        return probabilities

    return classify
