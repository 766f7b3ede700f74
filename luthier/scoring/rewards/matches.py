"""Whether the answer has the wanted form, told by a regular expression."""

import re
from collections.abc import Sequence
from typing import Annotated, final

from pydantic import AfterValidator, Field

from luthier.scoring.reward import Reward


def _checked(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


@final
class Matches(Reward):
    """1 if the expression fits the whole answer, white space around it aside, else 0.

    A dot fits line breaks too, so `.*` stands for any text.
    """

    def __init__(
        self,
        *,
        pattern: Annotated[
            str, AfterValidator(_checked), Field(description=r"in Python's syntax: `\d+ euros`")
        ],
    ):
        self._pattern = re.compile(pattern, re.DOTALL)

    def score(self, prompt: str, answer: str, references: Sequence[str]) -> float:
        """1 or 0."""
        return float(self._pattern.fullmatch(answer.strip()) is not None)
