"""The answer of the training row whose prompt is most like the one asked."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, final

import numpy as np
from sklearn.feature_extraction.text import TfidfTransformer

from luthier.core.chunks import chunks
from luthier.core.records import Row
from luthier.evaluation.bag_of_words import most_frequent, thinned, word_counts
from luthier.evaluation.baseline import Baseline, Question
from luthier.scoring.answers import Answers, Integers
from luthier.tasks.generation import Writing

_MAX_FEATURES = 1 << 20
_BLOCK = 2048
"""Prompts asked, and prompts known, that are compared at a time: 32 MB of similarities."""


@final
class Nearest(Baseline):
    """One nearest neighbour by the cosine of TF-IDF weights of words and word pairs.

    Of equally near rows the first is taken; a prompt that shares no word with any gets the answer
    of the first row. Memory is bounded as for TF-IDF; time grows with asked times known prompts.
    """

    title: ClassVar[str] = "the answer to the most similar prompt"
    title_zh: ClassVar[str] = "最相似提示的回答"

    def answers(self, question: Question) -> Answers:
        """Find the nearest rows, then read their answers."""
        task = question.task
        assert isinstance(task, Writing)
        size = sum(1 for _ in _known(task, question.train()))
        rows, kept = thinned((p for p, _ in _known(task, question.train())), size)
        nearest = _Neighbours(kept)
        prompts = (task.prompt_of(row) for row in question.test())
        chosen = rows[np.concatenate([nearest.of(block) for block in chunks(prompts, _BLOCK)])]
        wanted = set(chosen.tolist())
        answers = {
            row: answer
            for row, (_, answer) in enumerate(_known(task, question.train()))
            if row in wanted
        }
        return task.said([answers[row] for row in chosen.tolist()], question.test())


class _Neighbours:
    """Known texts, as rows of L2-normalised weights."""

    def __init__(self, texts: Sequence[str]):
        counts = word_counts(texts)
        self._columns = most_frequent(counts, _MAX_FEATURES)
        self._weigh = TfidfTransformer(sublinear_tf=True)
        self._weights = self._weigh.fit_transform(counts[:, self._columns])

    def of(self, texts: Sequence[str]) -> Integers:
        """The number of the known text that is nearest to each: (m,)."""
        asked: Any = self._weigh.transform(word_counts(texts)[:, self._columns])
        best = np.zeros(len(texts), np.intp)
        most = np.full(len(texts), -1.0)
        for start in range(0, self._weights.shape[0], _BLOCK):
            likeness = (asked @ self._weights[start : start + _BLOCK].T).toarray()
            first = likeness.argmax(axis=1)
            value = np.take_along_axis(likeness, first[:, np.newaxis], axis=1)[:, 0]
            # Two ways to the same cosine differ in their last bits, and must count as equal.
            is_nearer = value > most + 1e-12
            best[is_nearer], most[is_nearer] = start + first[is_nearer], value[is_nearer]
        return best


def _known(task: Writing, rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Prompt and first answer of the rows that have one."""
    for row in rows:
        if references := task.references_of(row):
            yield task.prompt_of(row), references[0]
