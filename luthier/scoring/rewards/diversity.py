"""The share of an answer's word pairs that are not repetitions (distinct-n of Li et al. 2016)."""

from collections.abc import Sequence
from typing import Annotated, final

from pydantic import Field

from luthier.scoring.reward import Reward
from luthier.scoring.texts import tokens


@final
class Diversity(Reward):
    """Different n-grams / all n-grams; 0 for an answer that is too short to have one.

    Distinct-n of Li et al., "A Diversity-Promoting Objective Function for Neural Conversation
    Models", 2016, section 5.3, of one answer. Words are characters where no spaces are between.
    """

    def __init__(self, *, n: Annotated[int, Field(ge=1, le=10, description="words each")] = 2):
        self._n = n

    def score(self, prompt: str, answer: str, references: Sequence[str]) -> float:
        """From 0 to 1."""
        words = tokens(answer)
        ngrams = list(zip(*(words[start:] for start in range(self._n)), strict=False))
        return len(set(ngrams)) / len(ngrams) if ngrams else 0.0
