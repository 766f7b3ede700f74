"""The share of the references' variance that predictions explain (scikit-learn's r2_score)."""

from typing import ClassVar, final

import numpy as np

from luthier.scoring.answers import Answers, Floats, NumberAnswers
from luthier.scoring.metric import AdditiveMetric, Unit, divide
from luthier.scoring.moments import spread


@final
class R2(AdditiveMetric[NumberAnswers]):
    """R^2 = 1 - sum of squared errors / sum of squares about the references' mean; at most 1.

    0 is what always answering that mean would have, below it is worse. NaN where all references
    are equal.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (NumberAnswers,)
    unit: ClassVar[Unit] = "number"

    def name(self) -> str:
        """`r2`."""
        return "r2"

    def statistics(self, answers: NumberAnswers) -> Floats:
        """1, squared error, y and y^2 of each row, y from the references' median: (N, 4)."""
        errors = answers.predictions - answers.references
        y = answers.references - np.sort(answers.references)[len(answers) // 2]
        return np.stack([np.ones(len(y)), errors**2, y, y * y], axis=1)

    def of_sums(self, sums: Floats) -> Floats:
        """The share from the sums: (B, 4) -> (B,)."""
        weight, errors, y, squares = sums.T
        return 1 - divide(errors, spread(weight, y, squares), np.nan)
