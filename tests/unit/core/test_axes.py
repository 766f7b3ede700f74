import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.axes import Axis

VALUES = st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 6)), min_size=1, max_size=20)


@given(VALUES)
def test_an_axis_holds_every_value_and_begins_and_ends_on_a_mark(values):
    axis = Axis.over(values)
    marks = [value for value, _ in axis.marks()]
    assert axis.low <= min(values) + 1e-9 * abs(min(values))
    assert axis.high >= max(values) - 1e-9 * abs(max(values))
    assert marks[0] == axis.low
    assert marks[-1] == pytest.approx(axis.high, rel=1e-9, abs=1e-9 * axis.step)


@given(VALUES)
def test_an_axis_has_few_marks_and_no_label_twice(values):
    labels = [label for _, label in Axis.over(values).marks()]
    assert 3 <= len(labels) <= 9
    assert len(set(labels)) == len(labels)


@given(VALUES, st.floats(-1e12, 1e12))
def test_what_lies_outside_is_drawn_at_the_end(values, value):
    assert 0 <= Axis.over(values).share(value) <= 1


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (0.912, 0.957, ["0.91", "0.92", "0.93", "0.94", "0.95", "0.96"]),
        (0, 5e-5, ["0", "1e−5", "2e−5", "3e−5", "4e−5", "5e−5"]),
        (0.9449, 0.9457, ["0.9448", "0.945", "0.9452", "0.9454", "0.9456", "0.9458"]),
        (9e-4, 1.1e-3, ["9e−4", "9.5e−4", "1e−3", "1.05e−3", "1.1e−3"]),
        (-0.05, 0.05, ["−0.06", "−0.04", "−0.02", "0", "0.02", "0.04", "0.06"]),
        (0, 40_000, ["0", "10k", "20k", "30k", "40k"]),
    ],
)
def test_marks_are_round_numbers(low, high, labels):
    assert [label for _, label in Axis.over([low, high]).marks()] == labels


def test_an_axis_that_counts_has_whole_marks():
    assert [value for value, _ in Axis.over([0, 3], whole=True).marks()] == [0, 1, 2, 3]


def test_a_single_value_stands_in_the_middle():
    assert Axis.over([5.0]).share(5.0) == pytest.approx(0.5)
