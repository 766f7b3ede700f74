"""Rewards as a recipe names them, from our menu and from elsewhere."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from luthier.core import registry
from luthier.core.config import read_recipe
from luthier.core.errors import RecipeError, UserError
from luthier.scoring.reward import rewards_of, total

RECIPE: dict[str, Any] = {"data": {"source": "a.csv"}, "model": {"base": "somewhere"}}
OWN = '''
"""A user's own."""

from luthier.scoring.reward import Reward


class Polite(Reward):
    """Whether the answer says please."""

    def __init__(self, *, word: str = "please"):
        self.word = word

    def score(self, prompt, answer, references):
        return float(self.word in answer)
'''


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    info = tmp_path / "own-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
    entry = "[luthier.scoring.rewards]\npolite = own_reward:Polite\n"
    (info / "entry_points.txt").write_text(entry)
    (tmp_path / "own_reward.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    registry._entry_points.cache_clear()
    yield
    registry._entry_points.cache_clear()
    sys.modules.pop("own_reward", None)


def test_several_are_summed() -> None:
    rewards = rewards_of(["exact_match", {"length": {"minimum": 4}}])
    assert total(rewards, "Say it.", "One two", ["one two"]) == 1.5


def test_none_is_worth_nothing() -> None:
    assert total([], "a", "b", ["b"]) == 0


def test_an_unknown_name_gets_the_nearest_right_one() -> None:
    with pytest.raises(UserError, match="Did you mean `length`"):
        rewards_of(["lenght"])


def test_another_distribution_adds_one_by_entry_point(own: None) -> None:
    (polite,) = rewards_of([{"polite": {"word": "bitte"}}])
    assert polite.score("", "ja bitte", []) == 1


@pytest.mark.parametrize("task", ["chat", "text_generation"])
def test_a_recipe_records_every_option_of_its_rewards(task: str) -> None:
    recipe = read_recipe({**RECIPE, "task": {task: {"rewards": "length"}}})
    rewards = recipe.resolved()["task"][task]["rewards"]
    assert rewards == [{"length": {"minimum": 1, "maximum": 100}}]


def test_all_mistakes_are_told_with_the_rest_of_the_recipe() -> None:
    rewards = ["lenght", {"length": {"maxmum": 3}}, {"matches": {"pattern": "("}}]
    with pytest.raises(RecipeError) as caught:
        read_recipe({**RECIPE, "task": {"chat": {"rewards": rewards}}})
    (mistake,) = caught.value.mistakes
    assert mistake.place == "task.chat.rewards"
    assert "?, not" not in mistake.sentence
    for said in ("Did you mean `length`?", "Did you mean `maximum`?", "no regular expression"):
        assert said in mistake.sentence
