"""Entities as the spans of tags that say them, counted as seqeval counts them."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

import numpy as np

from luthier.core.errors import UserError, did_you_mean
from luthier.scoring.answers import Answers, Floats, TagAnswers
from luthier.scoring.confusion import ClassCounts, Ratio
from luthier.scoring.counted import Average, averaged
from luthier.scoring.metric import AdditiveMetric

Span = tuple[str, int, int]
"""Type, number of the first token, number of the last."""

TYPE = "the one type of entity to judge by; else all"
STRICT = "an entity begins with B-, as IOB2 has it; else I- may begin one too, as in conlleval"


def spans_of(tags: Sequence[str]) -> list[Span]:
    """The entities that tags say, read as leniently as conlleval and seqeval's default do.

    An entity begins at B- or S-, where the type changes, and at I- or E- behind O, E- or S-. It
    ends behind E- and S-, before B-, S- and O, and where the type changes. So IOB1, IOB2 and IOBES
    are all understood, and an I- that nothing began is an entity too. What follows the first `-`
    is the type (`_` if nothing does).

    Args:
        tags: of the tokens of one row, none of them empty.
    """
    spans = []
    before, of_type, start = "O", "", 0
    for place, (prefix, kind) in enumerate(map(_parsed, [*tags, "O"])):
        changes = kind != of_type
        if _ends(before, prefix, changes):
            spans.append((of_type, start, place - 1))
        if _begins(before, prefix, changes):
            start = place
        before, of_type = prefix, kind
    return spans


@lru_cache(maxsize=10_000)
def _parsed(tag: str) -> tuple[str, str]:
    return tag[0], tag[1:].split("-", maxsplit=1)[-1] or "_"


def _ends(before: str, prefix: str, changes: bool) -> bool:
    return (
        before in "ES" or (before in "BI" and prefix in "BSO") or (changes and before not in "O.")
    )


def _begins(before: str, prefix: str, changes: bool) -> bool:
    return (
        prefix in "BS" or (before in "ESO" and prefix in "EI") or (changes and prefix not in "O.")
    )


def strict_spans_of(tags: Sequence[str]) -> list[Span]:
    """The entities that tags say by the letter of IOB2 (seqeval's `mode="strict"`).

    An entity is a B- and the I- of the same type right behind it; any other I- says nothing.

    Raises:
        UserError: a tag that IOB2 does not have.
    """
    spans: list[Span] = []
    going_on = False
    for place, tag in enumerate(tags):
        prefix, kind = _parsed(tag)
        if prefix not in "BIO":
            raise UserError(
                f"a span metric with `strict: true` reads tags B-, I- and O, the data has `{tag}`. "
                "Leave `strict` out."
            )
        if prefix == "B":
            spans.append((kind, place, place))
        elif prefix == "I" and going_on and spans[-1][0] == kind:
            spans[-1] = (kind, spans[-1][1], place)
        going_on = prefix == "B" or (prefix == "I" and going_on and spans[-1][0] == kind)
    return spans


def span_counts(answers: TagAnswers, *, strict: bool = False) -> tuple[list[str], Floats]:
    """Count the entities of each type in each row.

    Returns:
        the T types: those that answers are known to have, then any other that is found, by name;
        and (N, 3, T) how many entities were found with the right bounds, are there, were found.
    """
    read = strict_spans_of if strict else spans_of
    rows = [
        (set(read(reference)), set(read(prediction)))
        for reference, prediction in zip(answers.references, answers.predictions, strict=True)
    ]
    found = {span[0] for pair in rows for spans in pair for span in spans}
    types = [*answers.labels, *sorted(found.difference(answers.labels))]
    number = {kind: i for i, kind in enumerate(types)}
    counts = np.zeros((len(rows), 3, len(types)))
    for row, (there, answered) in zip(counts, rows, strict=True):
        for which, spans in enumerate((there & answered, there, answered)):
            for kind, _, _ in spans:
                row[which, number[kind]] += 1
    return types, counts


class SpanMetric(AdditiveMetric[TagAnswers]):
    """A ratio of entities right, there and found, of all types together or averaged over types.

    An entity is right if its type, its beginning and its end are. The averages are those of
    seqeval: see `averaged`; micro, its default, counts every entity alike.
    """

    judges: ClassVar[tuple[type[Answers], ...]] = (TagAnswers,)

    def __init__(self, title: str, average: Average, type: str | None, strict: bool):
        super().__init__()
        self._title = title
        self._average = average
        self._type = type
        self._strict = strict

    @abstractmethod
    def ratio(self, counts: ClassCounts) -> Ratio:
        """Numerator and denominator per type: each (B, T)."""

    def name(self) -> str:
        """`span_f1`, `span_f1_macro`, `span_f1_person`, `span_f1_strict` and so on."""
        average = None if self._average == "micro" else self._average
        strict = "strict" if self._strict else None
        return "_".join(part for part in (self._title, average, self._type, strict) if part)

    def statistics(self, answers: TagAnswers) -> Floats:
        """Entities right, there and found of each of T types, then 1: (N, 3 T + 1).

        Raises:
            UserError: there is no entity of the one type asked for, nor is it known.
        """
        types, counts = span_counts(answers, strict=self._strict)
        if self._type is not None:
            if self._type not in types:
                raise UserError(
                    f"metric `{self._title}`: no entity is a `{self._type}`. "
                    f"{did_you_mean(self._type, types)}"
                )
            counts = counts[:, :, [types.index(self._type)]]
        rows = len(answers)
        return np.concatenate([counts.reshape(rows, -1), np.ones((rows, 1))], axis=1)

    def of_sums(self, sums: Floats) -> Floats:
        """The metric from the sums: (B, 3 T + 1) -> (B,)."""
        right, there, found = sums[:, :-1].reshape(len(sums), 3, -1).swapaxes(0, 1)
        counts = ClassCounts(right, there, found, sums[:, -1])
        return averaged(counts, self.ratio(counts), self._average)
