from types import SimpleNamespace
from typing import Any

import pytest

from luthier.core.config import MENUS


def stops_at(values: list[float], **options: Any) -> int | None:
    """The number of the evaluation after which the run is stopped."""
    stop_early = MENUS["callbacks"].build({"stop_early": options})
    stopped: list[bool] = []
    loop: Any = SimpleNamespace(
        goodness=lambda scores, metric: scores["value"], stop=lambda: stopped.append(True)
    )
    for number, value in enumerate(values, start=1):
        stop_early.on_evaluation(loop, {"value": value})
        if stopped:
            return number
    return None


@pytest.mark.parametrize(("patience", "end"), [(1, 3), (2, 4), (3, None)])
def test_it_stops_after_so_many_evaluations_without_gain(patience: int, end: int | None) -> None:
    assert stops_at([0.5, 0.6, 0.6, 0.55], patience=patience) == end


def test_a_gain_fills_the_patience_again() -> None:
    assert stops_at([0.5, 0.4, 0.6, 0.4, 0.7], patience=2) is None


def test_a_gain_of_no_more_than_the_least_is_none() -> None:
    assert stops_at([0.5, 0.75, 1.0], patience=2, min_gain=0.25) is None
    assert stops_at([0.5, 0.75], patience=1, min_gain=0.25) == 2
