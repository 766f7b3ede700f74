"""Tags of words, and what they say about entities."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from luthier.core.errors import UserError, did_you_mean
from luthier.data.text.readable import listed
from luthier.scoring.answers import Floats
from luthier.scoring.spans import spans_of

OUTSIDE = "O"
_SPAN_TAG = re.compile(r"(O|[BIESMLU](-.+)?)\Z", re.DOTALL)
_BEGINNING = re.compile(r"[BI](-.+)?\Z", re.DOTALL)


def mark_spans(tags: Iterable[str]) -> bool:
    """Whether tags say where entities begin and go on (IOB, IOBES, BMES, BILOU), by their letters.

    Raises:
        UserError: most do, but not all: a misspelt tag would be counted as an entity of its own.
    """
    known = list(tags)
    right = [tag for tag in known if _SPAN_TAG.match(tag)]
    wrong = [tag for tag in known if not _SPAN_TAG.match(tag)]
    if not any(_BEGINNING.match(tag) for tag in right):
        return False
    if wrong and len(right) > len(wrong):
        near = did_you_mean(wrong[0], right)
        raise UserError(
            f"tags: {listed(wrong)} {'is' if len(wrong) == 1 else 'are'} neither O nor a letter of "
            f"B, I, E, S, M, L, U with a hyphen and a type behind it, as the others are. {near}"
        )
    return not wrong


def entity_types(tags: Iterable[str]) -> list[str]:
    """The types of entities that tags speak of, sorted; `_` where they name none."""
    return sorted({tag[2:] or "_" for tag in tags if tag != OUTSIDE})


def going_on(tag: str, known: Iterable[str]) -> str:
    """The tag of what follows within the same word: I- behind B-, where there is such a tag."""
    inside = f"I{tag[1:]}"
    return inside if tag[:1] == "B" and inside in known else tag


def entities_in(
    text: str, places: Sequence[tuple[int, int]], tags: Sequence[str], shares: Floats
) -> list[dict[str, Any]]:
    """The entities of a text, as predictions show them.

    Args:
        text: the text.
        places: where each word of it begins and ends.
        tags: of each word.
        shares: the probability of each tag.

    Returns:
        of each entity its `type`, its `text`, the characters `start` <= i < `end`, and as `score`
        the probability of its least certain tag.
    """
    found = []
    for kind, first, last in spans_of(tags):
        start, end = places[first][0], places[last][1]
        score = round(float(shares[first : last + 1].min()), 6)
        entity = {"type": kind, "text": text[start:end], "start": start, "end": end}
        found.append({**entity, "score": score})
    return found
