"""Whether the answer is one of the references, word for word (as SQuAD and CMRC 2018 do)."""

from collections.abc import Sequence
from typing import Annotated, final

from pydantic import Field

from luthier.scoring.reward import Reward
from luthier.scoring.squad import RULES, RulesName
from luthier.scoring.squad import rules as rules_named


@final
class ExactMatch(Reward):
    """1 for one of the references, normalised, else 0; without any, 1 for an empty answer."""

    def __init__(self, *, rules: Annotated[RulesName, Field(description=RULES)] = "auto"):
        self._rules: RulesName = rules

    def score(self, prompt: str, answer: str, references: Sequence[str]) -> float:
        """1 or 0."""
        return float(rules_named(self._rules, references).is_exact(references, answer))
