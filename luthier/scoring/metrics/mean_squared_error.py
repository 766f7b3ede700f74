"""The mean squared distance from the reference (scikit-learn's mean_squared_error)."""

from typing import ClassVar, final

from luthier.scoring.answers import Answers, Floats, NumberAnswers
from luthier.scoring.metric import MeanMetric, Unit


@final
class MeanSquaredError(MeanMetric[NumberAnswers]):
    """MSE = mean of (prediction - reference)^2, in the square of the references' unit."""

    judges: ClassVar[tuple[type[Answers], ...]] = (NumberAnswers,)
    higher_is_better: ClassVar[bool] = False
    unit: ClassVar[Unit] = "number"

    def name(self) -> str:
        """`mean_squared_error`."""
        return "mean_squared_error"

    def scores(self, answers: NumberAnswers) -> Floats:
        """The squared error of each row: (N,)."""
        return (answers.predictions - answers.references) ** 2
