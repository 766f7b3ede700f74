"""The clause of the context that shares most with the question."""

from collections import Counter
from functools import lru_cache
from math import log
from typing import ClassVar, final

from luthier.evaluation.baseline import Baseline, Question
from luthier.evaluation.sentences import clauses
from luthier.scoring.answers import Answers, TextAnswers
from luthier.scoring.texts import tokens


@final
class SlidingWindow(Baseline):
    """Words of the question, the rarer in the context the more they count: sum of log(1 + 1/n).

    The sliding window of Richardson et al. (2013), as Rajpurkar et al. (2016) turn it to spans:
    here a span is a clause. In scripts without spaces a word is a character. Where nothing is
    shared, there is no answer; of equal clauses the first is taken.
    """

    title: ClassVar[str] = "the clause most like the question"
    title_zh: ClassVar[str] = "与问题最相似的分句"

    def answers(self, question: Question) -> Answers:
        """Look through the context of every row."""
        ours = question.ours
        assert isinstance(ours, TextAnswers)
        found = [most_alike(row["context"], row["question"]) for row in question.test()]
        return TextAnswers(ours.references, found)


def most_alike(context: str, question: str) -> str:
    """The clause of the context that shares most with the question; empty if none shares a word."""
    pieces, words, counts = _read(context)
    asked = set(tokens(question))
    best, most = "", 0.0
    for piece, there in zip(pieces, words, strict=True):
        shared = sum(log(1 + 1 / counts[word]) for word in sorted(asked & there))
        if shared > most:
            best, most = piece, shared
    return best


@lru_cache(maxsize=8)  # questions about one context stand together
def _read(context: str) -> tuple[list[str], list[frozenset[str]], Counter[str]]:
    pieces = clauses(context)
    words = [tokens(piece) for piece in pieces]
    counts = Counter(word for piece in words for word in piece)
    return pieces, [frozenset(piece) for piece in words], counts
