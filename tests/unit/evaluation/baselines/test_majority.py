import numpy as np

from luthier.evaluation.baselines.majority import Majority


def test_the_probabilities_are_the_class_shares_of_the_train_rows():
    classify = Majority().fit(["a", "b", "c", "d"], np.array([1, 1, 3, 1]), 4)
    assert classify(["x", "y"]).tolist() == [[0, 0.75, 0, 0.25]] * 2


def test_the_train_texts_are_not_read():
    unread = iter(["a", "b"])
    Majority().fit(unread, np.array([0, 1]), 2)
    assert list(unread) == ["a", "b"]
