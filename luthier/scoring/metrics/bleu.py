"""How many runs of up to four words texts share with references (sacrebleu's BLEU)."""

from typing import Annotated, Literal, final

from pydantic import Field
from sacrebleu.metrics.bleu import BLEU

from luthier.scoring.translation import TranslationMetric


@final
class Bleu(TranslationMetric):
    """BLEU of the whole corpus, from 0 to 100 (Papineni et al. 2002; sacrebleu, Post 2018)."""

    def __init__(
        self,
        *,
        tokenize: Annotated[
            Literal["auto", "13a", "zh", "intl", "char", "none"],
            Field(description="sacrebleu's tokenizer; auto: zh for Chinese references, else 13a"),
        ] = "auto",
        lowercase: Annotated[bool, Field(description="compare in lower case")] = False,
    ):
        super().__init__()
        self._tokenize = tokenize
        self._lowercase = lowercase

    def name(self) -> str:
        """`bleu`."""
        return "bleu"

    def scorer(self, *, chinese: bool) -> BLEU:
        """Sacrebleu's BLEU with the tokenizer of the script."""
        tokenize = ("zh" if chinese else "13a") if self._tokenize == "auto" else self._tokenize
        # `force`: no warning about text that looks tokenized, such as model output in lower case.
        return BLEU(tokenize=tokenize, lowercase=self._lowercase, force=True)
