"""Facility location: the lazy greedy algorithm is greedy, and within 1 - 1/e of the best."""

from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.selection import coverage
from luthier.data.selection.coverage import most_covering


def vectors(count: int, seed: int) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def value(points: np.ndarray, chosen: list[int]) -> float:
    return float(np.maximum(points @ points[chosen].T, 0).max(axis=1).sum())


@given(st.integers(3, 9), st.integers(0, 50), st.integers(1, 3))
def test_no_choice_of_k_is_worth_more_than_the_bound_allows(n: int, seed: int, k: int) -> None:
    points = vectors(n, seed)
    best = max(value(points, list(some)) for some in combinations(range(n), k))
    greedy = value(points, list(islice(most_covering(points), k)))
    assert greedy >= (1 - 1 / np.e) * best - 1e-4


@pytest.mark.parametrize("asked", [1, 3, 16])
def test_the_lazy_choice_is_the_greedy_one(asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "_ASKED", asked)
    points, chosen = vectors(40, 0), []
    for row in islice(most_covering(points), 15):
        left = [n for n in range(40) if n not in chosen]
        best = max(value(points, [*chosen, n]) for n in left)
        assert value(points, [*chosen, row]) == pytest.approx(best, abs=1e-3)
        chosen.append(row)


@given(st.integers(1, 12), st.integers(0, 20))
def test_every_row_comes_once(n: int, seed: int) -> None:
    points = np.concatenate([vectors(n, seed), vectors(n, seed)])
    assert sorted(most_covering(points)) == list(range(2 * n))


def test_rows_without_direction_come_all_the_same() -> None:
    assert list(most_covering(np.zeros((3, 2), np.float32))) == [0, 1, 2]


def test_gains_do_not_depend_on_the_size_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    points = vectors(20, 3)
    whole = list(most_covering(points))
    monkeypatch.setattr(coverage, "_BLOCK", 3)
    assert list(most_covering(points)) == whole
