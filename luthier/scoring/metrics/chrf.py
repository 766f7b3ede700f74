"""How many runs of up to six characters texts share with references (sacrebleu's chrF)."""

from typing import Annotated, final

from pydantic import Field
from sacrebleu.metrics.chrf import CHRF

from luthier.scoring.translation import TranslationMetric


@final
class Chrf(TranslationMetric):
    """chrF2 of the whole corpus, from 0 to 100 (Popović 2015); chrF++ with `word_order: 2`."""

    def __init__(
        self,
        *,
        word_order: Annotated[
            int, Field(ge=0, le=4, description="words in the longest word n-gram; 2 is chrF++")
        ] = 0,
    ):
        super().__init__()
        self._word_order = word_order

    def name(self) -> str:
        """`chrf`, with words in it `chrf+`, `chrf++` and so on."""
        return "chrf" + "+" * self._word_order

    def scorer(self, *, chinese: bool) -> CHRF:
        """Sacrebleu's chrF, which needs no tokenizer."""
        return CHRF(word_order=self._word_order)
