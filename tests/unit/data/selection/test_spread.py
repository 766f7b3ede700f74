"""Greedy k-center: never worse than twice the best, in parts as well."""

from itertools import combinations, islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from luthier.data.selection.spread import farthest_first, in_parts, unit_vectors

POINTS = arrays(np.float32, st.tuples(st.integers(4, 9), st.just(2)), elements=st.integers(-9, 9))


def radius(points: np.ndarray, centres: list[int]) -> float:
    apart = np.linalg.norm(points[:, np.newaxis] - points[centres], axis=2)
    return float(apart.min(axis=1).max())


@given(POINTS, st.integers(1, 4))
def test_no_choice_of_k_is_better_than_half_the_radius(points: np.ndarray, k: int) -> None:
    greedy = radius(points, list(islice(farthest_first(points), k)))
    best = min(radius(points, list(some)) for some in combinations(range(len(points)), k))
    assert greedy <= 2 * best + 1e-3


@given(POINTS)
def test_every_point_comes_once(points: np.ndarray) -> None:
    assert sorted(farthest_first(points)) == list(range(len(points)))


def test_points_far_apart_come_before_their_neighbours() -> None:
    points = np.array([[0, 0], [0, 1], [100, 0], [100, 1], [0, 100]], np.float32)
    assert sorted(islice(farthest_first(points), 3)) == [0, 3, 4]


@given(st.integers(1, 40), st.integers(2, 15))
def test_parts_take_turns_and_leave_nobody_out(count: int, part_rows: int) -> None:
    points = np.arange(count, dtype=np.float32)[:, np.newaxis]
    chosen = list(in_parts(points, part_rows, farthest_first))
    assert sorted(chosen) == list(range(count))
    parts = -(-count // part_rows)
    edges = np.linspace(0, count, parts + 1).astype(int)
    first_turn = np.searchsorted(edges, chosen[:parts], side="right").tolist()
    assert len(set(first_turn)) == parts


def test_one_part_is_the_greedy_choice_itself() -> None:
    points = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    assert list(in_parts(points, 30, farthest_first)) == list(farthest_first(points))


def test_unit_vectors_have_no_mean_in_common_and_length_one(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(5, 1, (50, 8)).astype(np.float32)
    order = np.random.default_rng(1).permutation(50)
    found = unit_vectors(vectors, order, tmp_path)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(found.mean(axis=0)).max() < 0.2
    expected = vectors[order[3]] - vectors.mean(axis=0)
    assert found[3] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)


def test_equal_vectors_have_no_direction(tmp_path: Path) -> None:
    found = unit_vectors(np.ones((3, 2), np.float32), np.arange(3), tmp_path)
    assert not found.any()
