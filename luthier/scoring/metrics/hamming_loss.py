"""The share of labels that were given or withheld wrongly (scikit-learn's hamming_loss)."""

from typing import ClassVar, final

import numpy as np

from luthier.scoring.answers import Answers, Floats, LabelSetAnswers
from luthier.scoring.metric import MeanMetric


@final
class HammingLoss(MeanMetric[LabelSetAnswers]):
    """Hamming loss = labels missed or given wrongly / (rows * labels)."""

    judges: ClassVar[tuple[type[Answers], ...]] = (LabelSetAnswers,)
    higher_is_better: ClassVar[bool] = False

    def name(self) -> str:
        """`hamming_loss`."""
        return "hamming_loss"

    def scores(self, answers: LabelSetAnswers) -> Floats:
        """The share of the labels that is wrong in each row: (N,)."""
        wrong = answers.references != answers.predictions
        share: Floats = np.mean(wrong, axis=1)
        return share
