"""Which rows hold a hash."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.duplicates.hash_index import HashIndex


def built(pairs: list[tuple[int, int]], most: int = 9, *, cut: bool = False) -> HashIndex:
    hashes = np.array([number << 60 | number for number, _ in pairs], np.uint64)
    return HashIndex.build(hashes, np.array([row for _, row in pairs], np.int32), most, cut=cut)


def rows(index: HashIndex, number: int) -> list[int]:
    _, found = index.find(np.array([number << 60 | number], np.uint64))
    return [
        row for at in found for row in index.rows[index.starts[at] : index.starts[at + 1]].tolist()
    ]


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 5))))
def test_each_hash_is_found_in_its_rows(pairs: list[tuple[int, int]]) -> None:
    index = built(pairs)
    for number in range(16):
        assert rows(index, number) == sorted({row for own, row in pairs if own == number})


def test_a_hash_of_too_many_rows_is_left_out() -> None:
    pairs = [(1, row) for row in range(3)] + [(2, 0)]
    assert (rows(built(pairs, 2), 1), rows(built(pairs, 2), 2)) == ([], [0])


def test_a_hash_of_too_many_rows_can_be_cut_to_the_first() -> None:
    assert rows(built([(1, 2), (1, 0), (1, 1)], 2, cut=True), 1) == [0, 1]


def test_a_hash_that_comes_twice_in_a_row_counts_once() -> None:
    assert rows(built([(1, 4), (1, 4)], 1), 1) == [4]


def test_of_many_hashes_the_places_of_known_ones_are_told() -> None:
    places, _ = built([(3, 0)]).find(np.array([1, 3 << 60 | 3, 5, 3 << 60 | 4], np.uint64))
    assert places.tolist() == [1]
