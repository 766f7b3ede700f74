import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from luthier.tasks.thresholds import best_thresholds


def sets(seed: int, rows: int = 30, labels: int = 3):
    random = np.random.default_rng(seed)
    return random.random((rows, labels)) < 0.3, random.integers(0, 8, (rows, labels)) / 8


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 999))
def test_each_label_gets_the_cut_with_the_best_f1_there_is(seed):
    known, shares = sets(seed)
    cuts = best_thresholds(known, shares, each=True)
    for label in range(3):
        if not known[:, label].any():
            assert cuts[label] == 0.5
            continue
        found = f1_score(known[:, label], shares[:, label] >= cuts[label])
        tried = [f1_score(known[:, label], shares[:, label] >= cut) for cut in shares[:, label]]
        assert found >= max(tried) - 1e-12


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 999))
def test_one_for_all_is_the_best_of_a_hundred(seed):
    known, shares = sets(seed)
    cut = best_thresholds(known, shares)[0]
    found = f1_score(known, shares >= cut, average="macro", zero_division=0)
    tried = [
        f1_score(known, shares >= c, average="macro", zero_division=0)
        for c in np.linspace(0.01, 0.99, 99)
    ]
    assert found >= max(tried) - 1e-12
