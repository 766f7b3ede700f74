import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.evaluation.curves import MAX_POINTS, Curve, read_training


def training(step, loss=0.5):
    return {"step": step, "epoch": step / 10, "loss": loss, "learning_rate": 1e-5, "seconds": step}


@given(st.integers(0, 20 * MAX_POINTS))
def test_a_curve_keeps_few_points_from_first_to_last(count):
    curve = Curve()
    for step in range(count):
        curve.add(step, 2.0 * step)
    points = curve.drawn()
    assert len(points) <= 2 * MAX_POINTS
    assert len(points) >= min(count, MAX_POINTS)
    assert all(value == pytest.approx(2 * step) for step, value in points)
    assert [step for step, _ in points] == sorted(step for step, _ in points)


def test_a_short_curve_is_drawn_as_it_is():
    curve = Curve()
    for step in range(5):
        curve.add(step, step**2)
    assert curve.drawn() == [(0, 0), (1, 1), (2, 4), (3, 9), (4, 16)]


def test_a_log_holds_training_and_validation():
    lines = [training(10, 0.9), training(20, 0.6), {"step": 20, "validation": {"loss": 0.7}}]
    found = read_training(lines)
    assert found.loss == [(10, 0.9), (20, 0.6)]
    assert found.validation == {"loss": [(20, 0.7)]}
    assert found.last == lines[1]
    assert found.end == 20


def test_losses_share_a_chart():
    found = read_training([training(10), {"step": 10, "validation": {"loss": 0.7, "f1": 0.9}}])
    assert [series.name for series in found.losses("one", "two")] == ["one", "two"]


def test_without_validation_there_is_one_line():
    assert [series.name for series in read_training([training(10)]).losses("one", "two")] == ["one"]


def test_a_metric_that_is_not_defined_has_no_point():
    lines = [{"step": 1, "validation": {"roc_auc": None}}, {"step": 2, "validation": {"f1": 1.0}}]
    assert read_training(lines).validation == {"f1": [(2, 1.0)]}


def test_a_run_that_has_not_begun_has_no_curve():
    assert read_training([]).last is None
