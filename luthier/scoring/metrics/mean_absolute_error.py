"""The mean distance from the reference (scikit-learn's mean_absolute_error)."""

from typing import ClassVar, final

import numpy as np

from luthier.scoring.answers import Answers, Floats, NumberAnswers
from luthier.scoring.metric import MeanMetric, Unit


@final
class MeanAbsoluteError(MeanMetric[NumberAnswers]):
    """MAE = mean of |prediction - reference|, in the references' unit."""

    judges: ClassVar[tuple[type[Answers], ...]] = (NumberAnswers,)
    higher_is_better: ClassVar[bool] = False
    unit: ClassVar[Unit] = "number"

    def name(self) -> str:
        """`mean_absolute_error`."""
        return "mean_absolute_error"

    def scores(self, answers: NumberAnswers) -> Floats:
        """The absolute error of each row: (N,)."""
        return np.abs(answers.predictions - answers.references)
