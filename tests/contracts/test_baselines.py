"""What every baseline on the menu must keep to."""

import numpy as np
import pytest

from luthier.core.registry import Menu
from luthier.evaluation.baseline import Baseline

MENU = Menu("luthier.evaluation.baselines")
TRAIN = ["win a prize now", "see you at lunch", "claim your prize", "lunch at noon", "中奖了"] * 4
LABELS = np.array([1, 0, 1, 0, 3] * 4)
TEST = ["prize", "", "lunch?", "恭喜中奖", "win win", "!?"]


@pytest.fixture(params=MENU.names())
def baseline(request, tiny_bert) -> Baseline:
    options = {"base_model": {"location": str(tiny_bert), "max_length": 16}}
    return MENU.build({request.param: options.get(request.param)})


def answers(baseline: Baseline, labels=LABELS, num_labels=4, **options) -> np.ndarray:
    batches = baseline.answer(iter(TRAIN), labels, iter(TEST), num_labels, **options)
    return np.concatenate(list(batches))


def test_the_suite_found_the_whole_menu():
    assert MENU.names() == ["base_model", "majority", "tfidf"]


@pytest.mark.parametrize("name", MENU.names())
def test_it_is_documented_in_one_sentence(name):
    assert MENU.summary(name).endswith(".")


def test_it_has_a_title_that_ends_a_phrase(baseline: Baseline):
    assert baseline.title
    assert not baseline.title.endswith(".")


def test_it_gives_each_text_probabilities_that_sum_to_1(baseline: Baseline):
    found = answers(baseline)
    assert found.shape == (6, 4)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)


def test_a_class_that_it_never_saw_gets_probability_0(baseline: Baseline):
    assert (answers(baseline)[:, 2] == 0).all()


def test_a_single_class_among_the_train_rows_is_the_answer_to_everything(baseline: Baseline):
    found = answers(baseline, labels=np.full(20, 2))
    np.testing.assert_allclose(found, np.tile([0, 0, 1, 0], (6, 1)))


def test_a_single_class_in_all_is_certain(baseline: Baseline):
    np.testing.assert_allclose(answers(baseline, labels=np.zeros(20, int), num_labels=1), 1)


def test_the_same_rows_give_the_same_answers(baseline: Baseline):
    assert np.array_equal(answers(baseline), answers(baseline))


def test_the_size_of_a_batch_does_not_matter(baseline: Baseline):
    np.testing.assert_allclose(answers(baseline, batch_size=1), answers(baseline), atol=1e-5)


def test_no_test_text_gives_no_answer(baseline: Baseline):
    assert list(baseline.answer(iter(TRAIN), LABELS, iter([]), 4)) == []
