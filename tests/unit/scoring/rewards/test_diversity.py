import pytest

from luthier.scoring.rewards.diversity import Diversity


@pytest.mark.parametrize(
    ("answer", "n", "score"),
    [("a b c", 2, 1), ("a b a b a", 2, 0.5), ("天天天", 2, 0.5), ("go go go go", 1, 0.25)],
)
def test_it_is_the_share_of_different_ngrams(answer: str, n: int, score: float) -> None:
    assert Diversity(n=n).score("", answer, []) == score


@pytest.mark.parametrize("answer", ["", "one"])
def test_an_answer_too_short_for_an_ngram_earns_nothing(answer: str) -> None:
    assert Diversity().score("", answer, []) == 0
