import numpy as np
import pytest

from luthier.evaluation.baselines.majority import Majority
from luthier.evaluation.classifier import Lesson


def answers(targets, kind, width):
    lesson = Lesson(iter(()), np.array(targets), kind, width, recipe=None)
    return Majority().fit(lesson)(["x", "y"])


def test_the_probabilities_are_the_class_shares_of_the_train_rows():
    assert answers([1, 1, 3, 1], "classes", 4).tolist() == [[0, 0.75, 0, 0.25]] * 2


def test_each_label_of_a_set_has_its_share():
    sets = [[1, 0], [1, 0], [1, 1], [0, 0]]
    assert answers(sets, "label_sets", 2).tolist() == [[0.75, 0.25]] * 2


def test_of_numbers_it_is_the_mean():
    assert answers([1.0, 2.0, 6.0], "numbers", 1).tolist() == [[pytest.approx(3)]] * 2


def test_the_train_texts_are_not_read():
    unread = iter(["a", "b"])
    Majority().fit(Lesson(unread, np.array([0, 1]), "classes", 2, recipe=None))
    assert list(unread) == ["a", "b"]
