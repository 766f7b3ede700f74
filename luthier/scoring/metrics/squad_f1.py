"""How much of an acceptable answer was found, and how little else (as SQuAD and CMRC 2018 do)."""

from itertools import chain
from typing import Annotated, ClassVar, final

import numpy as np
from pydantic import Field

from luthier.scoring.answers import Answers, Floats, TextAnswers
from luthier.scoring.metric import MeanMetric
from luthier.scoring.squad import RULES, RulesName, rules


@final
class SquadF1(MeanMetric[TextAnswers]):
    """Mean over rows of the F1 between the answer and the acceptable one that is most like it.

    SQuAD: of the words that both have; CMRC 2018: of the longest run of characters and English
    words that both have. A row without any reference has no answer: an empty prediction gets 1.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (TextAnswers,)

    def __init__(self, *, rules: Annotated[RulesName, Field(description=RULES)] = "auto"):
        super().__init__()
        self._rules: RulesName = rules

    def name(self) -> str:
        """`squad_f1`."""
        return "squad_f1"

    def scores(self, answers: TextAnswers) -> Floats:
        """The F1 of each row: (N,)."""
        chosen = rules(self._rules, chain.from_iterable(answers.references))
        pairs = zip(answers.references, answers.predictions, strict=True)
        return np.fromiter((chosen.f1(*pair) for pair in pairs), np.float64, len(answers))
