"""How close predictions lie to a straight line through the references (scipy's pearsonr)."""

from typing import ClassVar, final

import numpy as np

from luthier.scoring.answers import Answers, Floats, NumberAnswers
from luthier.scoring.metric import AdditiveMetric, Unit, divide
from luthier.scoring.moments import centred, spread


@final
class Pearson(AdditiveMetric[NumberAnswers]):
    """Pearson's correlation: covariance / product of the standard deviations, from -1 to 1.

    NaN where all references or all predictions are equal.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (NumberAnswers,)
    unit: ClassVar[Unit] = "number"

    def name(self) -> str:
        """`pearson`."""
        return "pearson"

    def statistics(self, answers: NumberAnswers) -> Floats:
        """1, x, y, x^2, y^2 and x y of each row: (N, 6)."""
        x, y = centred(answers.references), centred(answers.predictions)
        return np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y], axis=1)

    def of_sums(self, sums: Floats) -> Floats:
        """The correlation from the sums: (B, 6) -> (B,)."""
        weight, x, y, xx, yy, xy = sums.T
        scale = np.sqrt(spread(weight, x, xx) * spread(weight, y, yy))
        together = xy - divide(x * y, weight, np.nan)
        return np.clip(divide(together, scale, np.nan), -1, 1)
