"""Duplicates by meaning: within a cluster each row but the first of its kind is one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.selection import copies as module
from luthier.data.selection.copies import copies


def units(count: int, seed: int) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, 6)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@given(st.integers(1, 30), st.integers(0, 50), st.floats(0.1, 0.95))
def test_a_copy_has_an_earlier_row_above_the_threshold(n: int, seed: int, limit: float) -> None:
    points = units(n, seed)
    cosines = np.tril(points @ points.T, -1)
    expected = (cosines > limit).any(axis=1)
    assert copies(points, limit, 0).tolist() == expected.tolist()


def test_blocks_find_what_the_whole_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    points = units(50, 0)
    whole = copies(points, 0.5, 0).tolist()
    monkeypatch.setattr(module, "_BLOCK", 7)
    assert copies(points, 0.5, 0).tolist() == whole


def test_many_rows_are_compared_within_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE", 20)
    monkeypatch.setattr(module, "_PER_CLUSTER", 10)
    points = np.concatenate([units(30, 0), units(30, 0)])
    found = copies(points, 0.999, 0)
    assert found[:30].sum() == 0
    assert found[30:].sum() == 30
