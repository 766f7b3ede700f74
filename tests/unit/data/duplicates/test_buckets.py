"""Rows that meet in buckets."""

import numpy as np

from luthier.data.duplicates.buckets import CROWD, Buckets


def gathered(*columns: list[int]) -> Buckets:
    among = np.arange(len(columns[0]), dtype=np.int64)
    return Buckets.gather((np.array(column, np.uint64) for column in columns), among)


def test_only_rows_that_share_a_key_are_in_buckets() -> None:
    assert gathered([7, 8, 7], [1, 2, 3]).rows.tolist() == [0, 2]


def test_rows_meet_those_put_in_before_them_whatever_the_column() -> None:
    buckets = gathered([7, 8, 7], [1, 2, 2])
    met = {}
    for row, own in buckets:
        met[row] = buckets.earlier(own).tolist()
        buckets.put(row, own)
    assert met == {0: [], 1: [], 2: [0, 1]}


def test_equal_keys_of_different_columns_are_different_buckets() -> None:
    assert gathered([1, 2], [2, 1]).rows.tolist() == []


def test_a_crowded_bucket_is_met_by_its_first_rows_only() -> None:
    buckets = gathered([0] * 100)
    for row, own in buckets:
        met = buckets.earlier(own).tolist()
        buckets.put(row, own)
    assert met == list(range(CROWD))


def test_there_may_be_no_rows_at_all() -> None:
    assert list(gathered([])) == []
