"""The share of answers that are an acceptable one word for word (as SQuAD and CMRC 2018 do)."""

from itertools import chain
from typing import Annotated, ClassVar, final

import numpy as np
from pydantic import Field

from luthier.scoring.answers import Answers, Bools, TextAnswers
from luthier.scoring.metric import ShareMetric
from luthier.scoring.squad import RULES, RulesName, rules


@final
class ExactMatch(ShareMetric[TextAnswers]):
    """Exact match = rows whose answer is one of the acceptable ones, normalised / all rows.

    A row without any reference has no answer, and an empty prediction is right.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (TextAnswers,)

    def __init__(self, *, rules: Annotated[RulesName, Field(description=RULES)] = "auto"):
        super().__init__()
        self._rules: RulesName = rules

    def name(self) -> str:
        """`exact_match`."""
        return "exact_match"

    def right(self, answers: TextAnswers) -> Bools:
        """Which rows were answered with an acceptable text: (N,)."""
        chosen = rules(self._rules, chain.from_iterable(answers.references))
        pairs = zip(answers.references, answers.predictions, strict=True)
        return np.fromiter((chosen.is_exact(*pair) for pair in pairs), np.bool_, len(answers))
