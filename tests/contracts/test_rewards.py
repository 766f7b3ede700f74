"""What every reward on the menu must keep to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.core.config import MENUS
from luthier.scoring.reward import Reward

MENU = MENUS["rewards"]
NAMES = ["contains", "diversity", "exact_match", "length", "matches", "rouge"]
OPTIONS: dict[str, list[Any]] = {
    "contains": [{}, {"texts": ["a", "好"]}, {"ignore_case": False}],
    "diversity": [{}, {"n": 1}],
    "length": [{}, {"minimum": 0, "maximum": 1}],
    "matches": [{"pattern": r"\w+"}],
    "rouge": [{"kind": kind} for kind in ("rouge1", "rouge2", "rougeL")],
}
BUILT: list[Any] = [(name, o) for name in MENU.names() for o in OPTIONS.get(name, [{}])]
each = pytest.mark.parametrize(
    "reward", [MENU.build({n: o}) for n, o in BUILT], ids=[f"{n}-{o}" for n, o in BUILT]
)
texts = st.text(alphabet="ab .,好的\n\ud800", max_size=12)


def test_the_suite_found_the_whole_menu() -> None:
    assert MENU.names() == NAMES


@pytest.mark.parametrize("name", MENU.names())
def test_it_is_documented_in_one_sentence(name: str) -> None:
    assert MENU.summary(name).endswith(".")


@each
@given(prompt=texts, answer=texts, references=st.lists(texts, max_size=3))
def test_it_runs_from_0_to_1_and_says_the_same_again(
    reward: Reward, prompt: str, answer: str, references: list[str]
) -> None:
    score = reward.score(prompt, answer, references)
    assert isinstance(score, float)
    assert 0 <= score <= 1
    assert reward.score(prompt, answer, references) == score


@each
def test_an_empty_answer_without_a_reference_is_no_reason_to_fail(reward: Reward) -> None:
    assert 0 <= reward.score("", "", []) <= 1
