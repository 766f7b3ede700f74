"""Spans of characters and tags of tokens, from the one to the other without a character's error."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from luthier.core.records import Fields
from luthier.scoring.spans import spans_of

Place = tuple[int, int]
"""The characters `start` <= i < `end` of a text."""

Span = tuple[int, int, str]
"""Its place, and its label."""

# Scripts without spaces between words, in which each character is a token of its own: Thai, Lao,
# Tibetan, Burmese, Khmer, kana, Bopomofo, and Han with its extensions. Korean has spaces.
_UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3105-\u312f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs and accents are no word characters to `re`, though words go on through them.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:[^\W{_UNSPACED}]|[{_MARKS}])+|[^\w\s]")
_CLOSE = re.compile(rf"[{_UNSPACED}\u3000-\u303f\uff00-\uffef]")


def places_of(text: str, edges: Iterable[int] = ()) -> list[Place]:
    """Where the tokens of a text stand: words, single characters of unspaced scripts, signs.

    Args:
        text: the text.
        edges: a token that one of these lies within is cut in two there.
    """
    cuts = sorted(set(edges))
    places: list[Place] = []
    at = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while at < len(cuts) and cuts[at] <= start:
            at += 1
        inner = at
        while inner < len(cuts) and cuts[inner] < end:
            inner += 1
        places += pairwise([start, *cuts[at:inner], end])
    return places


def joined(tokens: Sequence[str]) -> tuple[str, list[Place]]:
    """Tokens as a text to read, and where each stands in it.

    A space is put between two tokens, but none beside a character of an unspaced script.
    """
    text, places = [], []
    length, before = 0, ""
    for token in tokens:
        if before and token and not (_CLOSE.match(before[-1]) or _CLOSE.match(token[0])):
            text.append(" ")
            length += 1
        places.append((length, length + len(token)))
        text.append(token)
        length += len(token)
        before = token
    return "".join(text), places


def text_and_places(fields: Fields) -> tuple[str, list[Place] | None]:
    """The text in which a row's spans are marked, and its tokens if the row came in tokens.

    Raises:
        KeyError: the row has neither `tokens` nor `text`.
    """
    if fields.get("tokens") is not None:
        return joined(fields["tokens"])
    return fields["text"], None


def tags_of(places: Sequence[Place], spans: Sequence[Span]) -> list[str]:
    """B-, I- and O for each token (IOB2).

    Args:
        places: of the tokens, in order; none of them lies across an edge of a span.
        spans: in order, without overlap.
    """
    tags = ["O"] * len(places)
    number = 0
    for start, end, label in spans:
        while number < len(places) and places[number][0] < start:
            number += 1
        prefix = "B-"
        while number < len(places) and places[number][1] <= end:
            tags[number] = prefix + label
            prefix = "I-"
            number += 1
    return tags


def spans_in(places: Sequence[Place], tags: Sequence[str]) -> list[Span]:
    """The spans that the tags of tokens say, in order."""
    return [
        (places[first][0], places[last][1], label) for label, first, last in spans_of(list(tags))
    ]


def grown(place: Place, places: Sequence[Place]) -> Place | None:
    """The whole tokens that a place touches; None if it touches none."""
    touched = [(start, end) for start, end in places if start < place[1] and place[0] < end]
    return (touched[0][0], touched[-1][1]) if touched else None
