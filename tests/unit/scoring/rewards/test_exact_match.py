import pytest

from luthier.scoring.rewards.exact_match import ExactMatch


@pytest.mark.parametrize(
    ("answer", "references", "score"),
    [
        ("the Cat.", ["dog", "cat"], 1),
        ("cats", ["cat"], 0),
        ("红楼梦。", ["《红楼梦》"], 1),
        ("", [], 1),
        ("something", [], 0),
    ],
)
def test_an_answer_is_right_or_wrong(answer: str, references: list[str], score: float) -> None:
    assert ExactMatch().score("", answer, references) == score


def test_the_rules_can_be_fixed() -> None:
    assert ExactMatch(rules="squad").score("", "红楼梦。", ["《红楼梦》"]) == 0
