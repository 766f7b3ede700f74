import numpy as np

from luthier.data.topics.terms import names_of, terms_of, tf_idf


def test_terms_are_words_in_any_script_without_stop_words() -> None:
    assert terms_of("The Refund for my 手机充值, please! a 42") == ["refund", "手机", "充值"]


def test_what_masks_personal_data_is_no_term() -> None:
    assert terms_of("write to [EMAIL_qkzvbnre] or [BANK_CARD] today") == ["write", "today"]


def test_terms_of_one_text_only_are_left_out() -> None:
    weights, terms = tf_idf(["red apple", "red pear", "green sky"])
    assert (weights.shape, list(terms)) == ((3, 1), ["red"])


def test_texts_that_share_no_term_have_no_columns() -> None:
    weights, terms = tf_idf(["red", "green"])
    assert (weights.shape, list(terms)) == ((2, 0), [])


def test_a_cluster_is_called_by_what_sets_it_apart() -> None:
    texts = ["refund order", "refund order", "login order", "login order"]
    weights, terms = tf_idf(texts)
    assert names_of(weights, terms, np.array([0, 0, 1, 1], np.int32), 2) == ["refund", "login"]
