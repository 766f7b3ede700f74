"""The share of tokens that were right: tags that are equal, or references' tokens likeliest."""

from typing import ClassVar, final

import numpy as np

from luthier.scoring.answers import Answers, Floats, TagAnswers, TextAnswers
from luthier.scoring.metric import AdditiveMetric, divide
from luthier.scoring.texts import known_number


@final
class TokenAccuracy(AdditiveMetric[TagAnswers | TextAnswers]):
    """Tokens right / all tokens, every token alike, in short rows and long.

    Of tags (seqeval's accuracy_score): those that equal the reference's. Of texts: the tokens of
    the reference that the model held for the likeliest, from `right` and `tokens`; NaN without.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (TagAnswers, TextAnswers)

    def name(self) -> str:
        """`token_accuracy`."""
        return "token_accuracy"

    def statistics(self, answers: TagAnswers | TextAnswers) -> Floats:
        """Tokens right and all tokens of each row: (N, 2)."""
        if isinstance(answers, TextAnswers):
            columns = [known_number(answers, name) for name in ("right", "tokens")]
            return np.stack(columns, axis=1)
        pairs = zip(answers.references, answers.predictions, strict=True)
        counts = [
            (sum(map(str.__eq__, reference, prediction)), len(reference))
            for reference, prediction in pairs
        ]
        return np.array(counts, np.float64).reshape(-1, 2)

    def of_sums(self, sums: Floats) -> Floats:
        """The share from the sums: (B, 2) -> (B,)."""
        return divide(sums[:, 0], sums[:, 1], np.nan)
