from itertools import repeat

import numpy as np

from luthier.evaluation.baseline import Baseline


class LengthOfText(Baseline):
    title = "the length of the text"

    def __init__(self):
        self.batches = []

    def fit(self, texts, labels, num_labels):
        mean = np.mean([len(text) for text in texts])

        def classify(batch):
            self.batches.append(len(batch))
            return np.array([[len(text) <= mean, len(text) > mean] for text in batch], float)

        return classify


def test_answers_come_batch_by_batch_in_order():
    baseline = LengthOfText()
    test = iter(["short", "rather a long one", "s", "short", "quite long as well"])
    batches = list(baseline.answer(["12345", "1234567"], np.array([0, 1]), test, 2, batch_size=2))
    assert baseline.batches == [2, 2, 1]
    assert np.concatenate(batches)[:, 1].tolist() == [0, 1, 0, 0, 1]


def test_test_texts_are_read_no_further_than_the_batch_that_is_asked_for():
    endless = repeat("text")
    batches = LengthOfText().answer(["a"], np.array([0]), endless, 2, batch_size=3)
    assert len(next(batches)) == 3
