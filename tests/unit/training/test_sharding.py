from typing import Any

import pytest
import torch

from luthier.core.config import Recipe
from luthier.core.errors import UserError
from luthier.training.distributed import joined
from luthier.training.sharding import gathered, parted, shard, sharding_mistakes
from tests.crews import run_crew
from tests.toy_loop import toy_model

pytestmark = pytest.mark.xdist_group("crews")

RECIPE: dict[str, Any] = {
    "task": "text_classification",
    "data": {"source": "rows.csv"},
    "model": {"base": "catalog:minilm"},
}


def mistakes(**choices: Any) -> list[str]:
    return [str(found) for found in sharding_mistakes(Recipe.model_validate(RECIPE | choices))]


def divide() -> tuple[list[str], int, int]:
    """Names that came back otherwise after a round trip, and numbers held whole and in parts."""
    whole = {name: p.detach().clone() for name, p in toy_model().named_parameters()}
    model = toy_model()
    with joined() as crew:
        shard(model, crew.size)
        parts = {name: p.detach() for name, p in model.named_parameters()}
        held = sum(part.to_local().numel() for part in parts.values())
        again = gathered({name: parted(whole[name], part) for name, part in parts.items()})
        changed = [name for name, full in again.items() if not torch.equal(full, whole[name])]
        return changed, len(again), round(100 * held / sum(p.numel() for p in whole.values()))


def test_parts_put_together_are_the_whole() -> None:
    first, other = run_crew(divide)
    number = len(list(toy_model().parameters()))
    assert (first[:2], other[:2]) == (([], number), ([], 0))


def test_each_process_holds_its_part_only() -> None:
    assert [held for *_, held in run_crew(divide)] == pytest.approx([50, 50], abs=1)


def test_what_is_whole_is_left_as_it_is() -> None:
    tensor = torch.ones(3)
    assert gathered({"a": tensor})["a"] is tensor
    assert parted(tensor, torch.zeros(3)) is tensor


def test_weights_in_few_bits_are_refused() -> None:
    model = torch.nn.Linear(2, 2)
    model.weight = torch.nn.Parameter(torch.ones(2, 2, dtype=torch.uint8), requires_grad=False)
    with pytest.raises(UserError, match="held in fewer bits"):
        shard(model, 2)


def test_adamw_goes_with_parts() -> None:
    assert mistakes() == []


@pytest.mark.parametrize("name", ["adafactor", "muon", "schedule_free", "sgd"])
def test_an_optimizer_of_whole_weights_is_refused(name: str) -> None:
    (found,) = mistakes(training={"optimizer": name})
    assert found == (
        f"training.optimizer: {name} moves whole weights only, and `parallel: sharded` leaves each "
        "process a part of them. Write `parallel: data`."
    )


def test_averaged_weights_are_refused() -> None:
    (found,) = mistakes(callbacks=["keep_best", "average_weights"])
    assert found.startswith("callbacks.average_weights: average_weights keeps whole weights, and")
