from dataclasses import replace

import numpy as np
import pytest

from luthier.core.records import Row
from luthier.evaluation import classifier
from luthier.evaluation.classifier import TextClassifier
from tests.questions import question, text_label, text_labels, text_score


class Parrot(TextClassifier):
    """Says of every text what it was told, and remembers what it was asked."""

    title = title_zh = "a parrot"

    def __init__(self, shares):
        self.shares = shares
        self.lessons, self.batches = [], []

    def fit(self, lesson):
        self.lessons.append(
            (list(lesson.texts), lesson.targets.tolist(), lesson.kind, lesson.width)
        )

        def answer(texts):
            self.batches.append(len(texts))
            return np.tile(self.shares, (len(texts), 1))

        return answer


def test_classes_are_numbered_as_the_task_numbers_them(tiny_bert):
    parrot = Parrot([0.2, 0.5, 0.3])
    found = parrot.answers(question("text_classification", text_label(), tiny_bert))
    [(texts, targets, kind, width)] = parrot.lessons
    assert (targets, kind, width) == ([1, 0, 1, 0, 2, 0], "classes", 3)
    assert texts[0] == text_label()[0]["text"]
    assert found.predictions.tolist() == [1] * 6
    assert found.labels == ["ham", "spam", "中"]


def test_the_texts_of_a_pair_come_as_one(tiny_bert):
    rows = [Row({"text": "a", "text_pair": "b", "label": str(i)}) for i in range(2)]
    parrot = Parrot([1, 0])
    parrot.answers(question("text_classification", rows, tiny_bert))
    assert parrot.lessons[0][0] == ["a\nb", "a\nb"]


def test_answers_come_batch_by_batch_in_order(tiny_bert, monkeypatch):
    monkeypatch.setattr(classifier, "_BATCH", 4)
    parrot = Parrot([1, 0, 0])
    parrot.answers(question("text_classification", text_label(), tiny_bert))
    assert parrot.batches == [4, 2]


def test_sets_are_given_from_the_threshold_that_is_best_on_validation_rows(tiny_bert):
    # `joy` is in three of six rows: giving it to all is better than to none.
    parrot = Parrot([0.05, 0.4, 0.005])
    found = parrot.answers(question("text_classification", text_labels(), tiny_bert))
    assert parrot.lessons[0][1][:2] == [[0, 1, 0], [0, 0, 0]]
    assert parrot.lessons[0][2:] == ("label_sets", 3)
    assert found.predictions[0].tolist() == [True, True, False]


def test_without_validation_rows_the_threshold_is_one_half(tiny_bert):
    about = replace(question("text_classification", text_labels(), tiny_bert), validation=None)
    found = Parrot([0.6, 0.5, 0.4]).answers(about)
    assert found.predictions[0].tolist() == [True, True, False]


def test_numbers_are_answered_with_numbers(tiny_bert):
    parrot = Parrot([2.5])
    found = parrot.answers(question("regression", text_score(), tiny_bert))
    assert parrot.lessons[0][1:] == ([0, 1, 2, 3, 4, 5], "numbers", 1)
    assert found.predictions.tolist() == pytest.approx([2.5] * 6)
