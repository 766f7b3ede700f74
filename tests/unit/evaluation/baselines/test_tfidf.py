import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from luthier.evaluation.bag_of_words import words
from luthier.evaluation.baselines import tfidf
from luthier.evaluation.baselines.tfidf import Tfidf
from luthier.evaluation.classifier import Lesson

TEXTS = [f"{'win a prize' if i % 2 else 'see you at lunch'} {i % 7} {i % 5}" for i in range(80)]
LABELS = np.arange(80) % 2


def fit(texts, targets, kind="classes", width=2):
    return Tfidf().fit(Lesson(iter(texts), np.asarray(targets), kind, width, recipe=None))


def test_it_is_scikit_learns_tf_idf_and_logistic_regression():
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), tokenizer=words, token_pattern=None
    )
    features = vectorizer.fit_transform(TEXTS)
    expected = LogisticRegression(C=10, max_iter=200).fit(features, LABELS)
    found = fit(TEXTS, LABELS)(["win lunch", "see 3"])
    wanted = expected.predict_proba(vectorizer.transform(["win lunch", "see 3"]))
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_chinese_texts_are_told_apart_by_their_words():
    good, bad = ["这本书非常好看", "质量很好很喜欢"], ["酒店太脏了", "质量太差不喜欢"]
    classify = fit(good * 5 + bad * 5, np.repeat([1, 0], 10))
    assert classify(["房间太脏", "非常喜欢"]).argmax(axis=1).tolist() == [0, 1]


def test_each_label_of_a_set_has_words_of_its_own():
    classify = fit(TEXTS, np.stack([LABELS, 1 - LABELS], axis=1), "label_sets")
    found = classify(["prize", "lunch"]) > 0.5
    assert found.tolist() == [[True, False], [False, True]]


def test_numbers_rise_with_the_words_that_raise_them():
    predict = fit(TEXTS, 10.0 * LABELS, "numbers", 1)
    low, high = predict(["see you at lunch", "win a prize"])[:, 0]
    assert low < 3
    assert high > 7


def test_texts_without_words_get_the_class_shares():
    classify = fit(["", "!", "?", "."], [0, 0, 0, 1])
    np.testing.assert_allclose(classify(["..."]), [[0.75, 0.25]], atol=1e-3)


def test_only_the_most_frequent_columns_stay(monkeypatch):
    monkeypatch.setattr(tfidf, "_MAX_FEATURES", 1)
    classify = fit(["rare spam"] + ["spam"] * 9 + ["ham"] * 8, np.repeat([1, 0], [10, 8]))
    apart = classify(["rare", "unseen"])
    np.testing.assert_allclose(apart[0], apart[1])
