"""How much a text shares with a reference, in words or Chinese characters (rouge-score's ROUGE)."""

from typing import Annotated, ClassVar, final

import numpy as np
from pydantic import Field

from luthier.scoring.answers import Answers, Floats, TextAnswers
from luthier.scoring.metric import MeanMetric
from luthier.scoring.rouge import Kind, rouge_f1, tokenizer


@final
class Rouge(MeanMetric[TextAnswers]):
    """Mean over rows of ROUGE F1 with the reference that gives the highest.

    As rouge-score computes it, but with tokens that know scripts without spaces, of which its own
    tokenizer sees nothing. On ASCII text the numbers are the same.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (TextAnswers,)

    def __init__(
        self,
        *,
        kind: Annotated[
            Kind, Field(description="words, pairs of words, or longest common subsequence")
        ] = "rougeL",
        use_stemmer: Annotated[bool, Field(description="compare English words by stem")] = False,
    ):
        super().__init__()
        self._kind: Kind = kind
        self._use_stemmer = use_stemmer

    def name(self) -> str:
        """`rouge1`, `rouge2` or `rougeL`."""
        return self._kind

    def scores(self, answers: TextAnswers) -> Floats:
        """The F1 of each row: (N,)."""
        read = tokenizer(use_stemmer=self._use_stemmer)
        found = np.empty(len(answers))
        for row, prediction in enumerate(answers.predictions):
            words = read(prediction)
            references = answers.references[row] or [""]
            found[row] = max(rouge_f1(self._kind, read(one), words) for one in references)
        return found
