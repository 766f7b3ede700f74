"""The linear head: held-out losses, and gradients without ever making one."""

import numpy as np
import pytest

from luthier.data.selection.head import (
    fit_head,
    gradient_cosines,
    held_out_losses,
    residuals,
    standardised,
)


def two_classes(count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    codes = np.arange(count) % 2
    noise = np.random.default_rng(0).normal(size=(count, 3))
    return (noise + 3 * codes[:, np.newaxis]).astype(np.float32), codes


def test_the_cosine_is_that_of_the_gradients_written_out() -> None:
    dice = np.random.default_rng(0)
    pulls, features, aims, places = (
        dice.normal(size=shape).astype(np.float32) for shape in [(9, 4), (9, 5), (7, 4), (7, 5)]
    )
    mean = np.einsum("tc,td->cd", aims, places) / 7
    for row, found in enumerate(gradient_cosines(pulls, features, aims, places)):
        gradient = np.outer(pulls[row], features[row])
        size = np.linalg.norm(gradient) * np.linalg.norm(mean)
        assert found == pytest.approx((gradient * mean).sum() / size, abs=1e-5)


def test_a_row_without_a_gradient_is_like_none() -> None:
    ones = np.ones((2, 3), np.float32)
    assert gradient_cosines(0 * ones, ones, ones, ones).tolist() == [0, 0]


def test_the_residual_is_the_gradient_of_the_cross_entropy() -> None:
    found = residuals(np.array([[0.7, 0.3], [0.5, 0.5]], np.float32), np.array([1, -1]))
    assert found == pytest.approx(np.array([[0.7, -0.7], [0.5, 0.5]]))


def test_a_wrong_label_has_a_higher_loss_than_the_right_ones() -> None:
    features, codes = two_classes()
    codes = codes.copy()
    codes[10] = 1 - codes[10]
    losses = held_out_losses(standardised(features), codes, np.random.default_rng(0))
    assert losses.argmax() == 10


def test_a_class_of_one_row_has_the_loss_of_a_class_never_seen() -> None:
    features, codes = two_classes()
    codes = codes.copy()
    codes[5] = 2
    losses = held_out_losses(features, codes, np.random.default_rng(0))
    assert losses[5] == pytest.approx(-np.log(1e-12))
    assert np.isfinite(losses).all()


def test_one_class_alone_is_certain() -> None:
    found = fit_head(np.zeros((4, 2), np.float32), np.full(4, 1), 3)(np.zeros((2, 2), np.float32))
    assert found.tolist() == [[0, 1, 0], [0, 1, 0]]


def test_a_single_row_has_no_other_to_learn_from() -> None:
    losses = held_out_losses(
        np.ones((1, 2), np.float32), np.zeros(1, int), np.random.default_rng(0)
    )
    assert losses.tolist() == [0]
