"""Classes take turns."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.selection.rounds import by_turns


@given(st.lists(st.integers(0, 4), max_size=40), st.integers(0, 99))
def test_of_every_prefix_classes_differ_by_one_row_at_most(codes: list[int], seed: int) -> None:
    order = by_turns(np.array(codes, np.int64), np.random.default_rng(seed))
    assert sorted(order.tolist()) == list(range(len(codes)))
    left = np.bincount(codes, minlength=5)
    held = np.zeros(5, int)
    for row in order.tolist():
        held[codes[row]] += 1
        left[codes[row]] -= 1
        assert (held[left > 0] >= held.max() - 1).all()
