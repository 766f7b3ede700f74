import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from luthier.evaluation.audit.folds import deal

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20)), min_size=1, max_size=60)


@given(ROWS)
def test_no_group_is_torn(rows: list[tuple[int, int]]) -> None:
    codes, groups = np.array(rows).T
    folds = deal(codes, groups, 5)
    for group in np.unique(groups):
        assert len(np.unique(folds[groups == group])) == 1


@given(ROWS)
def test_it_deals_the_same_every_time(rows: list[tuple[int, int]]) -> None:
    codes, groups = np.array(rows).T
    assert deal(codes, groups, 5).tolist() == deal(codes, groups, 5).tolist()


def test_every_label_is_spread_evenly() -> None:
    codes = np.repeat([0, 1, 2], [50, 13, 5])
    folds = deal(codes, np.arange(68), 5)
    for code, least, most in ((0, 10, 10), (1, 2, 3), (2, 1, 1)):
        counts = np.bincount(folds[codes == code], minlength=5)
        assert (counts.min(), counts.max()) == (least, most)
