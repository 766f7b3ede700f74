import pytest

from luthier.scoring.rewards.rouge import Rouge


def test_the_nearest_reference_counts() -> None:
    assert Rouge(kind="rouge1").score("", "the cat sat", ["a dog", "the cat"]) == 0.8


def test_chinese_is_compared_by_character() -> None:
    assert Rouge().score("", "明天见", ["明天再见"]) == pytest.approx(6 / 7)


def test_without_a_reference_there_is_nothing_to_share() -> None:
    assert Rouge().score("", "anything", []) == 0
