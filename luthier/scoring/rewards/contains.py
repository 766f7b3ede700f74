"""The share of the wanted texts that are in the answer; without any, whether a reference is."""

from collections.abc import Sequence
from typing import Annotated, final

from pydantic import Field

from luthier.scoring.reward import Reward


@final
class Contains(Reward):
    """Wanted texts that occur in the answer / all wanted texts.

    Where none are wanted: 1 if one of the references occurs in the answer, else 0.
    """

    def __init__(
        self,
        *,
        texts: Annotated[
            tuple[Annotated[str, Field(min_length=1)], ...],
            Field(description="what the answer should contain; else one of the references"),
        ] = (),
        ignore_case: Annotated[bool, Field(description="upper case is as good as lower")] = True,
    ):
        self._ignore_case = ignore_case
        self._texts = [self._folded(text) for text in texts]

    def score(self, prompt: str, answer: str, references: Sequence[str]) -> float:
        """From 0 to 1."""
        said = self._folded(answer)
        if not self._texts:
            known = filter(None, map(self._folded, references))
            return float(any(text in said for text in known))
        return sum(text in said for text in self._texts) / len(self._texts)

    def _folded(self, text: str) -> str:
        return text.casefold() if self._ignore_case else text
