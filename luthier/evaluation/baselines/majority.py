"""Always the most frequent class, the labels' shares or the mean, whatever the text says."""

from collections.abc import Sequence
from typing import ClassVar, final

import numpy as np

from luthier.evaluation.classifier import Classifier, Lesson, TextClassifier
from luthier.scoring.answers import Floats


@final
class Majority(TextClassifier):
    """One answer to everything.

    Of classes and label sets, the shares of the training rows are the probabilities; of equal
    shares the first class wins. Of numbers, the mean is the answer.
    """

    title: ClassVar[str] = "a constant answer"
    title_zh: ClassVar[str] = "固定答案"

    def fit(self, lesson: Lesson) -> Classifier:
        """Count the targets; the texts are not read."""
        targets = lesson.targets
        if lesson.kind == "classes":
            constant = np.bincount(targets.astype(np.intp), minlength=lesson.width) / len(targets)
        else:
            constant = targets.mean(axis=0, dtype=np.float64).reshape(-1)

        def answer(texts: Sequence[str]) -> Floats:
            return np.tile(constant, (len(texts), 1))

        return answer
