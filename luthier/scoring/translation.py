"""The metrics of sacrebleu: its own counts of each sentence, its own score of their sums."""

from abc import abstractmethod
from itertools import chain, zip_longest
from typing import ClassVar

import numpy as np
from sacrebleu.metrics.base import Metric as Scorer

from luthier.scoring.answers import Answers, Floats, TextAnswers
from luthier.scoring.metric import AdditiveMetric, Unit
from luthier.scoring.texts import is_chinese


class TranslationMetric(AdditiveMetric[TextAnswers]):
    """A corpus score of sacrebleu (Post 2018), from 0 to 100 or more.

    A row without a reference counts as one whose reference is empty.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (TextAnswers,)
    unit: ClassVar[Unit] = "points"

    @abstractmethod
    def scorer(self, *, chinese: bool) -> Scorer:
        """Sacrebleu's metric, set up for references that are Chinese or not."""

    def statistics(self, answers: TextAnswers) -> Floats:
        """What sacrebleu adds up over sentences, and 1: (N, K + 1)."""
        # sacrebleu wants the first reference of every row, then the second of every row, ...
        streams = list(zip_longest(*(one or [""] for one in answers.references)))
        scorer = self.scorer(chinese=is_chinese(chain.from_iterable(answers.references)))
        counts = scorer._extract_corpus_statistics(answers.predictions, streams)
        return np.array([[*row, 1] for row in counts], np.float64)

    def of_sums(self, sums: Floats) -> Floats:
        """Sacrebleu's corpus score of each row of sums: (B, K + 1) -> (B,)."""
        scorer = self.scorer(chinese=False)  # only its statistics depend on the script
        return np.array(
            [
                scorer._compute_score_from_stats(row).score if weight else np.nan
                for *row, weight in sums.tolist()
            ]
        )

    def signature(self, answers: TextAnswers) -> str:
        """Sacrebleu's signature: whoever publishes a score has to publish it too."""
        scorer = self.scorer(chinese=is_chinese(chain.from_iterable(answers.references)))
        numbers = {len(references) or 1 for references in answers.references}
        scorer.num_refs = numbers.pop() if len(numbers) == 1 else -1
        return str(scorer.get_signature())
