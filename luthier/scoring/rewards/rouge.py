"""How much an answer shares with the reference nearest to it (ROUGE F1, Chinese included)."""

from collections.abc import Sequence
from typing import Annotated, final

from pydantic import Field

from luthier.scoring.reward import Reward
from luthier.scoring.rouge import Kind, rouge_f1
from luthier.scoring.texts import tokens


@final
class Rouge(Reward):
    """ROUGE F1 with the reference that gives the highest; 0 without any."""

    def __init__(
        self,
        *,
        kind: Annotated[
            Kind, Field(description="words, pairs of words, or longest common subsequence")
        ] = "rougeL",
    ):
        self._kind: Kind = kind

    def score(self, prompt: str, answer: str, references: Sequence[str]) -> float:
        """From 0 to 1."""
        words = tokens(answer)
        return max((rouge_f1(self._kind, tokens(one), words) for one in references), default=0.0)
