"""The mean reward that the written texts earned."""

from typing import ClassVar, final

from luthier.scoring.answers import Answers, Floats, TextAnswers
from luthier.scoring.metric import MeanMetric, Unit
from luthier.scoring.texts import known_number


@final
class Reward(MeanMetric[TextAnswers]):
    """Mean of the number `reward` over the rows, on the reward's own scale; NaN without it."""

    judges: ClassVar[tuple[type[Answers], ...]] = (TextAnswers,)
    unit: ClassVar[Unit] = "number"

    def name(self) -> str:
        """`reward`."""
        return "reward"

    def scores(self, answers: TextAnswers) -> Floats:
        """The reward of each row: (N,)."""
        return known_number(answers, "reward")
