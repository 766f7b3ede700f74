"""How likely one of k written programs passes its tests (Chen et al. 2021)."""

from typing import Annotated, ClassVar, final

import numpy as np
from pydantic import Field

from luthier.scoring.answers import Answers, Bools, Floats, TextAnswers
from luthier.scoring.metric import MeanMetric
from luthier.scoring.pass_at_k import pass_at_k as estimates
from luthier.scoring.texts import known_number


@final
class PassAtK(MeanMetric[TextAnswers]):
    """Mean over rows of the unbiased estimator of pass@k, from `samples` and `passed` of each row.

    NaN where a row has fewer than k samples.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (TextAnswers,)

    def __init__(self, *, k: Annotated[int, Field(ge=1, le=1000)] = 1):
        super().__init__()
        self._k = k

    def name(self) -> str:
        """`pass_at_1`, `pass_at_10` and so on."""
        return f"pass_at_{self._k}"

    def scores(self, answers: TextAnswers) -> Floats:
        """The estimate for each row: (N,)."""
        samples, passed = (known_number(answers, name) for name in ("samples", "passed"))
        return estimates(samples, passed, self._k)

    def right(self, answers: TextAnswers) -> Bools | None:
        """Which rows passed, where one program was written for each."""
        if self._k > 1 or not np.all(known_number(answers, "samples") == 1):
            return None
        passed: Bools = known_number(answers, "passed") == 1
        return passed
