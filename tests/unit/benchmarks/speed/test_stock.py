from collections import Counter

from benchmarks.speed.stock import chosen

ROWS = [{"text": str(n), "label": "rare" if n % 10 == 0 else "usual"} for n in range(100)]


def test_each_label_gets_as_many_rows_as_there_can_be() -> None:
    assert Counter(row["label"] for row in chosen(ROWS, 16)) == {"rare": 8, "usual": 8}
    assert Counter(row["label"] for row in chosen(ROWS, 50)) == {"rare": 10, "usual": 40}


def test_rows_are_drawn_the_same_every_time_and_none_twice() -> None:
    drawn = chosen(ROWS, 60)
    assert drawn == chosen(ROWS, 60)
    assert len({row["text"] for row in drawn}) == 60


def test_more_rows_than_there_are_are_all_rows() -> None:
    assert len(chosen(ROWS, 1000)) == 100


def test_rows_without_labels_are_drawn_too() -> None:
    assert len(chosen([{"messages": str(n)} for n in range(9)], 5)) == 5
