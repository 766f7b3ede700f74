import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from luthier.scoring.rouge import rouge_f1, tokenizer

WORD = st.sampled_from(["the", "cats", "running", "sat", "on", "mats", "nationalities"])
TEXT = st.lists(WORD, max_size=25).map(" ".join)
each_kind = pytest.mark.parametrize("kind", ["rouge1", "rouge2", "rougeL"])


@each_kind
@pytest.mark.parametrize("use_stemmer", [False, True])
@given(reference=TEXT, prediction=TEXT)
def test_english_is_scored_as_by_rouge_score(kind, use_stemmer, reference, prediction):
    expected = RougeScorer([kind], use_stemmer=use_stemmer).score(reference, prediction)
    read = tokenizer(use_stemmer=use_stemmer)
    found = rouge_f1(kind, read(reference), read(prediction))
    assert found == pytest.approx(expected[kind].fmeasure, abs=1e-12)


@each_kind
@given(
    reference=st.text("猫坐在垫子上 ab", max_size=30), prediction=st.text("猫坐在 ab", max_size=30)
)
def test_chinese_is_scored_as_by_rouge_score_given_our_tokens(kind, reference, prediction):
    class Tokenizer:
        tokenize = staticmethod(tokenizer(use_stemmer=False))

    expected = RougeScorer([kind], tokenizer=Tokenizer()).score(reference, prediction)
    read = tokenizer(use_stemmer=False)
    found = rouge_f1(kind, read(reference), read(prediction))
    assert found == pytest.approx(expected[kind].fmeasure, abs=1e-12)


def test_long_texts_have_a_longest_common_subsequence_too():
    words = [str(i) for i in range(1000)]
    assert rouge_f1("rougeL", words, words[::2]) == pytest.approx(2 * 500 / 1500)


def test_the_stemmer_leaves_other_languages_alone():
    assert tokenizer(use_stemmer=True)("cats 跑步 naïves") == ["cat", "跑", "步", "naïves"]
