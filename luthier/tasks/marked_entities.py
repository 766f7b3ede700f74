"""Texts in which two entities are marked: read, rewritten for a model, cut round the entities."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Style = tuple[str, ...]
"""Beginning and end of the first entity, then of the second."""
STYLES: tuple[Style, ...] = (("[E1]", "[/E1]", "[E2]", "[/E2]"), ("<e1>", "</e1>", "<e2>", "</e2>"))
"""Markers that are known without being told, in upper and lower case."""
_SIGNS = ("@", "@", "#", "#")
_ORDERS = frozenset({(0, 1, 2, 3), (2, 3, 0, 1), (0, 2, 3, 1), (2, 0, 1, 3)})
"""Orders of the markers where no entity begins within another and ends outside of it."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with signs round two entities: `@ Bill @ was born in # Seattle #`.

    Attributes:
        text: the text.
        first, second: where each entity begins and ends, with its signs, counted in characters.
    """

    text: str
    first: Place
    second: Place


def read_marked(text: str, styles: Sequence[Style] = STYLES) -> Marked:
    """Put `@` round the first entity and `#` round the second, whichever comes first in the text.

    Signs that every vocabulary has do as well as markers of one's own, and need no new embeddings
    (Zhou and Chen, 2022, "entity marker (punct)").

    Args:
        text: with four markers in it.
        styles: what they may be; the first of these that the text has any marker of.

    Raises:
        ValueError: a marker is missing or there twice, entities cross, or one is empty.
    """
    style = next((s for s in styles if _pattern(s).search(text)), styles[0])
    pattern = _pattern(style)
    numbers = {marker.lower(): number for number, marker in enumerate(style)}
    order = tuple(numbers[marker.lower()] for marker in pattern.findall(text))
    for number, marker in enumerate(style):
        if order.count(number) != 1:
            raise ValueError(f"{'no' if number not in order else 'more than one'} `{marker}`")
    if order not in _ORDERS:
        raise ValueError("entities that cross each other")
    return _rewritten(pattern.split(text), order)


def _rewritten(chunks: Sequence[str], order: Sequence[int]) -> Marked:
    text = chunks[0]
    edges = [0, 0, 0, 0]
    for number, chunk in zip(order, chunks[1:], strict=True):
        text += " " if text and not text[-1].isspace() else ""
        edges[number] = len(text) + number % 2
        text += _SIGNS[number]
        text += "" if not chunk or chunk[0].isspace() else " "
        text += chunk
    for begin, end in (edges[:2], edges[2:]):
        if not text[begin + 1 : end - 1].strip():
            raise ValueError("an entity without any text")
    return Marked(text, (edges[0], edges[1]), (edges[2], edges[3]))


def kept_tokens(offsets: Sequence[Place], marked: Marked, room: int) -> NDArray[np.intp]:
    """Which tokens stay where not all can: those nearest to the entities, in their order.

    All between the two entities stays, if it fits with them; what is left of the room goes to both
    sides alike.

    Args:
        offsets: where each token begins and ends in the text.
        marked: the text.
        room: how many tokens stay.
    """
    begins, ends = np.array(offsets).T
    is_within = np.zeros(len(begins), np.bool_)
    for begin, end in (marked.first, marked.second):
        is_within |= (ends > begin) & (begins < end)
    within = np.flatnonzero(is_within)
    if within[-1] - within[0] < room:
        within = np.arange(within[0], within[-1] + 1)
    numbers = np.arange(len(begins))
    behind = within[np.searchsorted(within, numbers, side="right").clip(1) - 1]
    before = within[np.searchsorted(within, numbers).clip(max=len(within) - 1)]
    distance = np.minimum(np.abs(numbers - behind), np.abs(numbers - before))
    return np.sort(np.argsort(distance, kind="stable")[:room])


@lru_cache
def _pattern(style: Style) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, style)), re.IGNORECASE)
