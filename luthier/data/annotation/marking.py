"""Spans as people mark them: read from JSON, in order, within the text, none across another."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from luthier.core.records import Fields
from luthier.data.annotation.labels import list_in, one_of
from luthier.data.annotation.tokens import Place, Span, grown, spans_in, text_and_places
from luthier.data.parsing.values import kind

MARKERS = ("[E1]", "[/E1]", "[E2]", "[/E2]")
"""Beginning and end of the head, then of the tail, as relation_classification reads them."""
MAX_SPANS = 10_000


def spans_from(written: Any, fields: Fields, labels: Sequence[str]) -> list[Span]:
    """The spans of an answer, in the order they were written.

    In a row that came in tokens each grows to the whole tokens it touches.

    Raises:
        ValueError: one is not within the text, has no such label, or two overlap.
    """
    text, places = text_and_places(fields)
    spans = [_one(item, text, labels) for item in list_in(written, "spans", MAX_SPANS)]
    if places is not None:
        spans = [_grown(span, places) for span in spans]
    for first, second in pairwise(sorted(spans)):
        if second[0] < first[1]:
            raise ValueError(f"two spans overlap at character {second[0]}")
    return spans


def spans_held(fields: Fields, labels: Sequence[str]) -> list[Span] | None:
    """The spans that the tags of a row say; None where it has no tags, or others than these."""
    tags = fields.get("tags")
    if tags is None or not all(isinstance(tag, str) and tag for tag in tags):
        return None
    _, places = text_and_places(fields)
    if places is None or len(places) != len(tags):
        return None
    spans = spans_in(places, tags)
    return spans if all(label in labels for _, _, label in spans) else None


def apart(spans: Sequence[Span]) -> list[Span]:
    """Those of the spans that overlap none before them."""
    kept: list[Span] = []
    for span in spans:
        if all(span[1] <= other[0] or other[1] <= span[0] for other in kept):
            kept.append(span)
    return kept


def as_json(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """Spans as an answer writes them."""
    return [{"start": start, "end": end, "label": label} for start, end, label in spans]


def from_json(spans: Sequence[dict[str, Any]]) -> list[Span]:
    """Spans of an answer that was checked before."""
    return [(span["start"], span["end"], span["label"]) for span in spans]


def _one(item: Any, text: str, labels: Sequence[str]) -> Span:
    if not isinstance(item, dict):
        raise ValueError(f"a span is {kind(item)} instead of an object")
    start, end = item.get("start"), item.get("end")
    if type(start) is not int or type(end) is not int:
        raise ValueError("a span needs `start` and `end`, whole numbers of characters")
    if not 0 <= start < end <= len(text):
        raise ValueError(f"a span from {start} to {end} in a text of {len(text)} characters")
    inside = text[start:end]
    if inside.isspace():
        raise ValueError(f"a span from {start} to {end} holds nothing but white space")
    # No token begins or ends with white space, so no span does.
    start += len(inside) - len(inside.lstrip())
    end -= len(inside) - len(inside.rstrip())
    return start, end, one_of(item.get("label"), labels)


def _grown(span: Span, places: Sequence[Place]) -> Span:
    whole = grown(span[:2], places)
    if whole is None:
        raise ValueError(f"the span from {span[0]} to {span[1]} touches no token")
    return *whole, span[2]
