"""Importance weights: the words of the target corpus weigh."""

import pytest

from luthier.data.selection.importance import NgramWeights


@pytest.mark.parametrize(
    ("near", "far"),
    [("my card was stolen", "rain and sunshine today"), ("我的银行卡丢了", "今天天气很好")],
)
def test_a_text_of_the_target_domain_weighs_more(near: str, far: str) -> None:
    weights = NgramWeights(10_000)
    weights.fit([near, far] * 5, [near] * 5)
    first, second = weights.weigh([near, far])
    assert first > 0 > second


def test_equal_corpora_weigh_nothing() -> None:
    weights = NgramWeights(100)
    corpus = ["one two", "three"] * 1000
    weights.fit(corpus, corpus)
    assert weights.weigh(["one two", "", "three"]) == pytest.approx([0, 0, 0], abs=0.2)


def test_what_a_small_target_corpus_says_looks_likely() -> None:
    weights = NgramWeights(10_000)
    weights.fit(["my card", "the rain"] * 500, ["my card"])
    assert weights.weigh(["my card"]) > 1


def test_no_texts_have_no_weights() -> None:
    weights = NgramWeights(100)
    weights.fit(["one"], ["two"])
    assert len(weights.weigh([])) == 0
