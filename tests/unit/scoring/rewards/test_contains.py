import pytest

from luthier.scoring.rewards.contains import Contains


def test_it_is_the_share_of_the_wanted_texts() -> None:
    reward = Contains(texts=("dear", "regards", "你好"))
    assert reward.score("", "Dear all, 你好", []) == pytest.approx(2 / 3)


def test_without_wanted_texts_a_reference_is_enough() -> None:
    assert Contains().score("", "It is Paris, of course.", ["Rome", "paris"]) == 1
    assert Contains().score("", "It is Rome.", ["Paris"]) == 0


def test_an_empty_reference_is_in_no_answer() -> None:
    assert Contains().score("", "anything", [""]) == 0


def test_case_may_matter() -> None:
    assert Contains(ignore_case=False).score("", "paris", ["Paris"]) == 0
