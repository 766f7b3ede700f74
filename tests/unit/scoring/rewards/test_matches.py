import pytest

from luthier.core.config import MENUS
from luthier.scoring.rewards.matches import Matches


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("<think>\n因为\n</think> 42", 1),
        ("  <think></think> 7\n", 1),
        ("42", 0),
        ("<think></think> x", 0),
    ],
)
def test_the_whole_answer_has_to_fit(answer: str, score: float) -> None:
    assert Matches(pattern=r"<think>.*</think> \d+").score("", answer, []) == score


def test_what_is_no_expression_is_a_mistake_in_the_recipe() -> None:
    (mistake,) = MENUS["rewards"].mistakes({"matches": {"pattern": "("}}, "rewards")
    assert "no regular expression: missing )" in str(mistake)
