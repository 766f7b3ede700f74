"""How many edits, of 100 words, would turn texts into their references (sacrebleu's TER)."""

from typing import Annotated, ClassVar, Literal, final

from pydantic import Field
from sacrebleu.metrics.ter import TER

from luthier.scoring.translation import TranslationMetric


@final
class Ter(TranslationMetric):
    """Translation edit rate of the whole corpus (Snover et al. 2006): 0 is best, 100 or more bad.

    Edits insert, delete or replace a word or move a run of them.
    """

    higher_is_better: ClassVar[bool] = False

    def __init__(
        self,
        *,
        edits: Annotated[
            Literal["auto", "words", "characters"],
            Field(description="what is edited; auto: characters of Chinese references, else words"),
        ] = "auto",
    ):
        super().__init__()
        self._edits = edits

    def name(self) -> str:
        """`ter`."""
        return "ter"

    def scorer(self, *, chinese: bool) -> TER:
        """Sacrebleu's TER, which parts Chinese characters if told to."""
        apart = chinese if self._edits == "auto" else self._edits == "characters"
        return TER(normalized=apart, asian_support=apart)
