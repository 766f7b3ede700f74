"""Whether the answer has the wanted length, counted in words or Chinese characters."""

from collections.abc import Sequence
from typing import Annotated, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.scoring.reward import Reward
from luthier.scoring.texts import tokens


@final
class Length(Reward):
    """1 between two lengths; n / minimum for n words below, maximum / n for n words above."""

    def __init__(
        self,
        *,
        minimum: Annotated[
            int, Field(ge=0, description="words; characters where words have no spaces between")
        ] = 1,
        maximum: Annotated[int, Field(ge=1, description="likewise")] = 100,
    ):
        if minimum > maximum:
            raise UserError(f"rewards.length: minimum {minimum} is more than maximum {maximum}.")
        self._minimum, self._maximum = minimum, maximum

    def score(self, prompt: str, answer: str, references: Sequence[str]) -> float:
        """From 0 to 1."""
        count = len(tokens(answer))
        if count < self._minimum:
            return count / self._minimum
        return self._maximum / max(count, self._maximum)
