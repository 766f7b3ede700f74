"""The interval of a mean over seeds and rows."""

import numpy as np
import pytest

from luthier.evaluation.selection import scatter
from luthier.evaluation.selection.scatter import measured


def test_the_value_is_the_mean_and_lies_in_its_interval() -> None:
    values = np.random.default_rng(0).normal(0.2, 1, (3, 200))
    found = measured(values)
    assert found.value == pytest.approx(values.mean())
    assert found.low < found.value < found.high


def test_of_one_seed_it_is_the_bootstrap_of_the_mean_over_rows() -> None:
    values = np.random.default_rng(0).normal(0, 1, (1, 400))
    found = measured(values)
    assert found.high - found.low == pytest.approx(2 * 1.96 / 20, rel=0.1)


def test_seeds_that_differ_widen_the_interval() -> None:
    rows = np.random.default_rng(0).normal(0, 1, 300)
    alike, apart = np.stack([rows] * 4), np.stack([rows + n for n in range(4)])
    assert measured(apart).high - measured(apart).low > 2 * (
        measured(alike).high - measured(alike).low
    )


def test_no_difference_is_no_surprise() -> None:
    assert measured(np.zeros((2, 50))).p_value == 1


def test_a_large_difference_is_hardly_chance() -> None:
    assert measured(np.random.default_rng(0).normal(1, 0.5, (3, 100))).p_value < 0.001


def test_the_interval_does_not_depend_on_the_size_of_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = np.random.default_rng(0).normal(0.2, 1, (1, 50))
    wide = measured(values)
    monkeypatch.setattr(scatter, "_ELEMENTS", 50 * 1000)
    found = measured(values)
    assert (found.low, found.high) == pytest.approx((wide.low, wide.high), abs=0.03)
