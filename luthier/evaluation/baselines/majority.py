"""Always the most frequent class of the train rows, whatever the text says."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, final

import numpy as np

from luthier.evaluation.baseline import Baseline, Classifier
from luthier.scoring.metric import Floats, Integers


@final
class Majority(Baseline):
    """The class shares of the train rows as probabilities; of equal shares the first class wins."""

    title: ClassVar[str] = "the majority class"

    def fit(self, texts: Iterable[str], labels: Integers, num_labels: int) -> Classifier:
        """Count the labels; the texts are not read."""
        shares = np.bincount(labels, minlength=num_labels) / len(labels)

        def classify(texts: Sequence[str]) -> Floats:
            return np.tile(shares, (len(texts), 1))

        return classify
