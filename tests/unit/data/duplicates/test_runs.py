"""Hashes of runs of tokens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.duplicates.runs import Runs
from luthier.data.duplicates.shingles import token_hashes


def runs(texts: list[str], length: int) -> tuple[list[int], list[int]]:
    hashes, text = Runs(*token_hashes(texts)).of(length)
    return hashes.tolist(), text.tolist()


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=9), max_size=4), st.integers(1, 6))
def test_runs_are_equal_where_their_tokens_are_and_lie_within_one_text(
    texts: list[list[str]], length: int
) -> None:
    hashes, text = runs([" ".join(words) for words in texts], length)
    expected = [
        (tuple(words[start : start + length]), number)
        for number, words in enumerate(texts)
        for start in range(len(words) - length + 1)
    ]
    assert text == [number for _, number in expected]
    assert len(set(hashes)) == len({run for run, _ in expected})
    assert len(set(zip(hashes, (run for run, _ in expected), strict=True))) == len(set(hashes))


def test_the_order_of_tokens_counts() -> None:
    (first, second), _ = runs(["a b c", "c b a"], 3)
    assert first != second


def test_hashes_are_the_same_wherever_a_run_stands() -> None:
    (first, *_, last), _ = runs(["a b c d e a b c"], 3)
    assert first == last


@pytest.mark.parametrize("texts", [[], [""], ["a b"]])
def test_texts_shorter_than_a_run_have_none(texts: list[str]) -> None:
    assert runs(texts, 3) == ([], [])


def test_hashes_spread_over_all_bits() -> None:
    hashes, _ = Runs(*token_hashes([" ".join(f"w{i}" for i in range(5000))])).of(5)
    shares = [np.mean((hashes >> np.uint64(bit)) & np.uint64(1)) for bit in (0, 31, 63)]
    assert np.allclose(shares, 0.5, atol=0.05)
