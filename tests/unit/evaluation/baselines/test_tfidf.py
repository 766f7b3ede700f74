import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from luthier.evaluation.baselines import tfidf
from luthier.evaluation.baselines.tfidf import Tfidf, words

TEXTS = [f"{'win a prize' if i % 2 else 'see you at lunch'} {i % 7} {i % 5}" for i in range(80)]
LABELS = np.arange(80) % 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't know GPT-4.", ["i", "don", "t", "know", "gpt", "4"]),
        ("Ça déjà vu", ["ça", "déjà", "vu"]),
        ("我爱北京天安门", ["我", "爱", "北京", "天安门"]),
        ("用GPT4写诗，well done！", ["用", "gpt4", "写诗", "well", "done"]),
        ("カナです", ["カ", "ナ", "で", "す"]),
        ("안녕하세요 세계", ["안녕하세요", "세계"]),
        ("", []),
        ("!?。\ud800", []),
    ],
)
def test_words_of_any_script(text, expected):
    assert words(text) == expected


@given(st.text())
def test_any_text_has_words_without_spaces(text):
    assert all(word and not any(char.isspace() for char in word) for word in words(text))


def test_it_is_scikit_learns_tf_idf_and_logistic_regression():
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), tokenizer=words, token_pattern=None
    )
    features = vectorizer.fit_transform(TEXTS)
    expected = LogisticRegression(C=10, max_iter=200).fit(features, LABELS)
    found = Tfidf().fit(TEXTS, LABELS, 2)(["win lunch", "see 3"])
    wanted = expected.predict_proba(vectorizer.transform(["win lunch", "see 3"]))
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_chinese_texts_are_told_apart_by_their_words():
    good, bad = ["这本书非常好看", "质量很好很喜欢"], ["酒店太脏了", "质量太差不喜欢"]
    classify = Tfidf().fit(good * 5 + bad * 5, np.repeat([1, 0], 10), 2)
    assert classify(["房间太脏", "非常喜欢"]).argmax(axis=1).tolist() == [0, 1]


def test_texts_without_words_get_the_class_shares():
    classify = Tfidf().fit(["", "!", "?", "."], np.array([0, 0, 0, 1]), 2)
    np.testing.assert_allclose(classify(["..."]), [[0.75, 0.25]], atol=1e-3)


def test_only_the_most_frequent_columns_stay(monkeypatch):
    monkeypatch.setattr(tfidf, "_MAX_FEATURES", 1)
    classify = Tfidf().fit(
        ["rare spam"] + ["spam"] * 9 + ["ham"] * 8, np.repeat([1, 0], [10, 8]), 2
    )
    apart = classify(["rare", "unseen"])
    np.testing.assert_allclose(apart[0], apart[1])


def test_more_characters_than_fit_into_memory_are_thinned_at_random(monkeypatch):
    monkeypatch.setattr(tfidf, "_MAX_CHARACTERS", 1000)
    rows, kept = tfidf._thinned((f"{i:010}" for i in range(10_000)), 10_000)
    assert 0 < len(kept) <= 100
    assert kept == [f"{i:010}" for i in rows]
    assert rows.max() > 5000 > rows.min()


def test_of_a_text_longer_than_any_only_the_beginning_counts(monkeypatch):
    monkeypatch.setattr(tfidf, "_MAX_TEXT", 5)
    assert words("one two three") == ["one", "t"]
    assert tfidf._thinned(["one two three"], 1)[1] == ["one t"]
