import math
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from luthier.core.errors import UserError
from luthier.training.distributed import ALONE, joined
from tests.crews import run_crew

pytestmark = pytest.mark.xdist_group("crews")

Told = list[dict[str, Any]]


def parameters(*gradients: list[float] | None) -> list[torch.nn.Parameter]:
    made = [torch.nn.Parameter(torch.zeros(2)) for _ in gradients]
    for parameter, gradient in zip(made, gradients, strict=True):
        parameter.grad = None if gradient is None else torch.tensor(gradient)
    return made


def gradients_of(made: list[torch.nn.Parameter]) -> list[Any]:
    return [None if p.grad is None else p.grad.tolist() for p in made]


def tell(folder: Path) -> dict[str, Any]:
    """What a process finds when it does all that a crew is for."""
    with joined() as crew:
        with crew.in_turn():
            found = [path.name for path in folder.iterdir()]
            (folder / str(crew.rank)).touch()
        made = parameters([1.0 + crew.rank, 2.0], None, [5.0, 5.0] if crew.rank else None)
        crew.sum_gradients(made)
        return {
            "place": (crew.rank, crew.size, crew.neighbours, crew.writes),
            "found": found,
            "totals": list(crew.totals(1, 0.25 + crew.rank, True)),
            "once": crew.once(lambda: {"rank": crew.rank, "third": 1 / 3, "none": math.nan}),
            "gradients": gradients_of(made),
        }


def fail(exception: type[Exception]) -> None:
    with joined() as crew, crew.in_turn():
        if crew.writes:
            raise exception("a mistake")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return run_crew(tell, tmp_path_factory.mktemp("crew"))


def test_each_process_knows_its_place(told: Told) -> None:
    assert [one["place"] for one in told] == [(0, 2, 2, True), (1, 2, 2, False)]


def test_the_first_goes_before_the_others(told: Told) -> None:
    assert [one["found"] for one in told] == [[], ["0"]]


def test_totals_are_sums_over_all(told: Told) -> None:
    assert [one["totals"] for one in told] == [[2.0, 1.5, 2.0]] * 2


def test_what_the_first_decides_holds_for_all_to_the_bit(told: Told) -> None:
    assert [one["once"]["rank"] for one in told] == [0, 0]
    assert [one["once"]["third"] for one in told] == [1 / 3] * 2
    assert all(math.isnan(one["once"]["none"]) for one in told)


def test_gradients_are_summed_and_what_nobody_has_stays_absent(told: Told) -> None:
    assert [one["gradients"] for one in told] == [[[3.0, 4.0], None, [5.0, 5.0]]] * 2


def test_a_mistake_of_one_ends_the_others_with_a_sentence() -> None:
    first, other = run_crew(fail, UserError)
    assert first == "UserError: a mistake"
    assert other.startswith("UserError: Another process of this run has ended, or answers no more")


def test_a_fault_of_ours_keeps_its_name() -> None:
    assert run_crew(fail, RuntimeError)[0] == "RuntimeError: a mistake"


def test_without_a_launcher_a_process_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with joined() as crew:
        assert crew is ALONE


def test_alone_nothing_is_changed() -> None:
    made = parameters([1.0, 2.0], None)
    ALONE.sum_gradients(made)
    assert gradients_of(made) == [[1.0, 2.0], None]
    assert (*ALONE.totals(3, 0.5), ALONE.once(os.getpid)) == (3, 0.5, os.getpid())
