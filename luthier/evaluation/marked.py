"""Sentences with their entities marked: those that are there, and those that were found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from luthier.scoring.spans import Span, spans_of
from luthier.scoring.texts import SPACELESS

# With the full-width punctuation that belongs to these scripts.
_SPACELESS = re.compile(f"[{SPACELESS}\u3000-\u303f\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence: an entity of a type, or what stands between two of them.

    Attributes:
        text: as it stands in the sentence.
        type: of the entity; None between entities.
        right: whether the other side has the same entity.
    """

    text: str
    type: str | None = None
    right: bool = True


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence twice: with the entities that are there, and with those that were found."""

    reference: list[Piece]
    answer: list[Piece]


def marked(prediction: Any, *, spans: bool) -> Marked:
    """A line of predictions.jsonl whose answers are tags.

    Args:
        prediction: with `input.tokens` (or `tokens`), `reference` and `prediction`.
        spans: whether the tags mark entities; else each tag that differs is marked by itself.
    """
    tokens = prediction.get("tokens") or prediction["input"]["tokens"]
    sides = prediction["reference"], prediction["prediction"]
    there, found = (set(spans_of(tags)) for tags in sides) if spans else _differing(*sides)
    return Marked(_pieces(tokens, there, found), _pieces(tokens, found, there))


def _differing(reference: Sequence[str], answer: Sequence[str]) -> tuple[set[Span], set[Span]]:
    both = list(enumerate(zip(reference, answer, strict=True)))
    there = {(one, place, place) for place, (one, other) in both if one != other}
    found = {(other, place, place) for place, (one, other) in both if one != other}
    return there, found


def _pieces(tokens: Sequence[str], spans: set[Span], other: set[Span]) -> list[Piece]:
    pieces, done = [], 0
    for span in sorted(spans, key=lambda one: one[1]):
        kind, first, last = span
        between, entity = _joined(tokens, done, first), _joined(tokens, first, last + 1)
        if entity.startswith(" "):  # which is no part of the entity
            between, entity = f"{between} ", entity[1:]
        if between:
            pieces.append(Piece(between))
        pieces.append(Piece(entity, kind, span in other))
        done = last + 1
    if done < len(tokens):
        pieces.append(Piece(_joined(tokens, done, len(tokens))))
    return pieces


def _joined(tokens: Sequence[str], start: int, stop: int) -> str:
    """Tokens as a text, with a space between words of scripts that have any."""
    return "".join(
        token if i == 0 or not _are_apart(tokens[i - 1], token) else f" {token}"
        for i, token in enumerate(tokens[start:stop], start)
    )


def _are_apart(before: str, token: str) -> bool:
    return not (_SPACELESS.match(before[-1:]) or _SPACELESS.match(token))
