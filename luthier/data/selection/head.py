"""A linear head on frozen features: what it finds likely of rows, and how each row pulls at it."""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from luthier.data.selection.pool import Numbers, Vectors

Head = Callable[[Vectors], Vectors]
"""From features (m, D) to probabilities (m, C)."""

_FOLDS = 5
_MAX_STEPS = 50
_INVERSE_REGULARIZATION = 1.0
_BLOCK = 4096


def standardised(vectors: Vectors, like: Vectors | None = None) -> Vectors:
    """(m, D) each feature less its mean and by its spread, those of other rows if given."""
    like = vectors if like is None else like
    found: Vectors = (vectors - like.mean(axis=0)) / (like.std(axis=0) + np.float32(1e-6))
    return found


def fit_head(features: Vectors, codes: Numbers, width: int) -> Head:
    """Multinomial logistic regression, C = 1, of at most 50 steps of L-BFGS.

    Args:
        features: (n, D), standardised.
        codes: (n,) class numbers.
        width: of the classes there are; those without a row get probability 0.
    """
    classes = np.unique(codes)
    if len(classes) == 1:
        return lambda rows: np.tile(np.eye(width, dtype=np.float32)[classes[0]], (len(rows), 1))
    model = LogisticRegression(C=_INVERSE_REGULARIZATION, max_iter=_MAX_STEPS)
    with warnings.catch_warnings():
        # What rows are worth beside each other is settled long before the optimum's last digits.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, codes)

    def probabilities(rows: Vectors) -> Vectors:
        found = np.zeros((len(rows), width), np.float32)
        found[:, classes] = model.predict_proba(rows)
        return found

    return probabilities


def held_out_losses(
    features: Vectors, codes: Numbers, generator: np.random.Generator
) -> NDArray[np.float64]:
    """(N,) -log p of each row's own class, by a head that has not seen the row (5 folds)."""
    fold = generator.permutation(len(codes)) % _FOLDS
    width = int(codes.max()) + 1
    losses = np.zeros(len(codes))
    for one in range(min(_FOLDS, len(codes))):
        asked, told = np.flatnonzero(fold == one), np.flatnonzero(fold != one)
        if not len(told):
            continue
        found = fit_head(features[told], codes[told], width)(features[asked])
        losses[asked] = -np.log(np.maximum(found[np.arange(len(asked)), codes[asked]], 1e-12))
    return losses


def residuals(probabilities: Vectors, codes: Numbers) -> Vectors:
    """(m, C) p - y: the gradient of the cross-entropy by the logits; a code of -1 is no class."""
    found = probabilities.copy()
    known = np.flatnonzero(codes >= 0)
    found[known, codes[known]] -= 1
    return found


def gradient_cosines(
    pulls: Vectors, features: Vectors, target_pulls: Vectors, target_features: Vectors
) -> Vectors:
    """(N,) the cosine of each row's gradient with the mean gradient of the targets.

    The gradient of row i by the head's weights is the outer product of r_i = p_i - y_i and x_i, so
    <r_i x_iᵀ, G> = r_i · (G x_i) with G = 1/T Σ_t r_t x_tᵀ: exact, in products of low rank, with no
    (C, D) gradient of any row ever made. |r_i x_iᵀ| = |r_i| |x_i|.

    Args:
        pulls: (N, C) r of the rows.
        features: (N, D) x of the rows.
        target_pulls: (T, C) r of the targets.
        target_features: (T, D) x of the targets.
    """
    mean = target_pulls.T @ target_features / len(target_pulls)
    size = np.linalg.norm(mean)
    found = np.zeros(len(pulls), np.float32)
    for start in range(0, len(pulls), _BLOCK):
        rows = slice(start, start + _BLOCK)
        dots = np.einsum("ij,ij->i", pulls[rows], features[rows] @ mean.T)
        sizes = np.linalg.norm(pulls[rows], axis=1) * np.linalg.norm(features[rows], axis=1) * size
        found[rows] = dots / np.where(sizes > 0, sizes, 1)
    return found
