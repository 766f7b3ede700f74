"""Lengths are counted in characters or tokens, and what a limit cuts off is told."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.data.quality.lengths import Lengths


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def test_without_a_tokenizer_characters_are_counted() -> None:
    lengths = Lengths(256, None)
    lengths.add(["一二三", "ab"])
    report = lengths.report()
    assert (report["unit"], report["max_length"], report["truncated"]) == ("characters", None, None)
    assert report["percentiles"]["max"] == 3


def test_what_a_limit_cuts_off_is_counted_in_rows_and_tokens() -> None:
    lengths = Lengths(3, words)
    lengths.add(["a b c", "a b c d e", "a", "a"])
    assert lengths.report()["truncated"] == {
        "rows": 1,
        "rows_share": 0.25,
        "tokens": 2,
        "tokens_share": 0.2,
    }


def test_text_that_is_not_utf8_is_made_readable_for_the_tokenizer() -> None:
    seen: list[str] = []
    lengths = Lengths(3, lambda texts: [seen.append(t) or 1 for t in texts])  # type: ignore[func-returns-value]
    lengths.add(["caf\udce9"])
    assert seen == ["caf\ufffd"]


@settings(deadline=None)
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=60))
def test_percentiles_are_numpys_inverted_cdf(sizes: list[int]) -> None:
    lengths = Lengths(None, None)
    lengths.add(["x" * size for size in sizes])
    percentiles = lengths.report()["percentiles"]
    for percent in (5, 25, 50, 75, 95, 99):
        wanted = np.percentile(sizes, percent, method="inverted_cdf")
        assert percentiles[f"p{percent}"] == wanted


@settings(deadline=None)
@given(st.lists(st.integers(0, 2000), max_size=60))
def test_every_row_is_in_the_histogram(sizes: list[int]) -> None:
    lengths = Lengths(None, None)
    lengths.add(["x" * size for size in sizes])
    histogram = lengths.report()["histogram"]
    assert sum(histogram["counts"]) == len(sizes)
    assert len(histogram["edges"]) == len(histogram["counts"]) + 1
    assert histogram["edges"] == sorted(set(histogram["edges"]))
    assert len(histogram["counts"]) <= 32


@pytest.mark.parametrize("limit", [None, 5])
def test_without_rows_all_lengths_are_zero(limit: int | None) -> None:
    report = Lengths(limit, words).report()
    assert set(report["percentiles"].values()) == {0}
    assert report["histogram"]["counts"] == [0]
