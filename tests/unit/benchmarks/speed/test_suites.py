import pytest

from benchmarks.speed.suites import OF_OURS, SUITES, Contender, Goal, Item, overridden
from luthier.core.config import read_recipe

ITEMS = [item for suite in SUITES.values() for item in suite]


def test_every_row_of_the_issue_has_a_suite() -> None:
    promised = {"full", "top", "head", "search", "chat", "chat_top", "predict", "scale", "levers"}
    assert set(SUITES) == promised | {"target"}
    assert len({item.name for item in ITEMS}) == len(ITEMS) == 12


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_a_recipe_is_one_that_luthier_takes(item: Item) -> None:
    for contender in item.contenders:
        options = contender.options if contender.program in OF_OURS else {}
        recipe = overridden({**item.recipe, "data": {"source": "x.jsonl"}}, options)
        assert read_recipe(recipe).training.learning_rate > 0


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_goals_are_against_contenders_and_luthier_comes_first(item: Item) -> None:
    names = [contender.name for contender in item.contenders]
    assert len(set(names)) == len(names) > 1
    assert item.contenders[0].program in OF_OURS
    assert {goal.against for goal in item.goals} <= {None, *names[1:]}


def test_an_override_leaves_the_recipe_as_it_was() -> None:
    recipe = {"training": {"batch_size": 8}}
    assert overridden(recipe, {"training.batch_size": 4, "run.seed": 1}) == {
        "training": {"batch_size": 4},
        "run": {"seed": 1},
    }
    assert recipe == {"training": {"batch_size": 8}}


def test_a_goal_has_two_ends() -> None:
    goal = Goal("cost", "B", at_least=9, at_most=11)
    assert [goal.is_met(value) for value in (8.9, 9.0, 11.0, 11.1)] == [False, True, True, False]
    assert goal.written() == "cost at least 9 and at most 11"


def test_peers_are_told_nothing_that_is_luthiers() -> None:
    peers: list[Contender] = [c for i in ITEMS for c in i.contenders if c.program not in OF_OURS]
    assert len(peers) == 16
    assert not [peer for peer in peers if any("." in name for name in peer.options)]
