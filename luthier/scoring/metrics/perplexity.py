"""How many tokens the model wavers between: e to its mean loss on the references' tokens."""

from typing import ClassVar, final

import numpy as np

from luthier.scoring.answers import Answers, Floats, TextAnswers
from luthier.scoring.metric import AdditiveMetric, Unit, divide
from luthier.scoring.texts import known_number


@final
class Perplexity(AdditiveMetric[TextAnswers]):
    """exp(sum of `nll` / sum of `tokens`): every token counts the same, in short rows and long.

    NaN without those numbers, without a token, and beyond what a number holds. Of models with
    different tokenizers it says nothing, since the tokens differ.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (TextAnswers,)
    higher_is_better: ClassVar[bool] = False
    unit: ClassVar[Unit] = "number"

    def name(self) -> str:
        """`perplexity`."""
        return "perplexity"

    def statistics(self, answers: TextAnswers) -> Floats:
        """Negative log-likelihood and tokens of each row: (N, 2)."""
        return np.stack([known_number(answers, "nll"), known_number(answers, "tokens")], axis=1)

    def of_sums(self, sums: Floats) -> Floats:
        """The perplexity from the sums: (B, 2) -> (B,)."""
        mean = divide(sums[:, 0], sums[:, 1], np.nan)
        return np.exp(np.where(mean < np.log(np.finfo(np.float64).max), mean, np.nan))
