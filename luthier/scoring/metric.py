"""How many answers are summed up: the contract of `metrics/`, and the answers they see."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to N rows of a classification with C classes, beside the references.

    Attributes:
        references: (N,) class numbers, what is true.
        predictions: (N,) class numbers, what was answered.
        probabilities: (N, C) float, rows sum to 1; may be a memory map that is larger than memory,
            so a metric reads it by column or in slices. None where the model gives no probability.
        labels: the C class names.
        positive: for two classes, the number of the one that precision, recall, F1 and ROC-AUC
            speak of.
    """

    references: Integers
    predictions: Integers
    probabilities: Floats | None
    labels: Sequence[str]
    positive: int = 1

    def __len__(self) -> int:
        return len(self.references)


class Metric(ABC):
    """One number about many answers, with row weights so that it can be bootstrapped.

    The definition is scikit-learn's of the same name; the tests hold ours against it.
    """

    higher_is_better: ClassVar[bool] = True
    needs_probabilities: ClassVar[bool] = False

    @abstractmethod
    def name(self) -> str:
        """The key under which reports show it, such as `f1_macro`."""

    @abstractmethod
    def value(self, answers: Answers, weights: Floats | None = None) -> float:
        """The metric over all rows; `weights` (N,) counts row i weights[i] times.

        NaN where it is not defined (ROC-AUC when one class is absent).
        """

    def replicates(self, answers: Answers, weights: Floats) -> Floats:
        """The metric for each of B reweightings: weights (B, N) -> (B,).

        Metrics override this where one pass over the rows serves all replicates.
        """
        return np.array([self.value(answers, row) for row in weights])
