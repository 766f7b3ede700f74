"""Where the acceptable answers of a question stand in its context, counted in characters."""

from collections.abc import Mapping, Sequence
from typing import Any

Passage = tuple[int, int]
"""The first character of a passage, and the one behind its last."""


def telling_texts(answers: Mapping[str, Sequence[Any]]) -> list[str]:
    """The acceptable answers that say something, each once; none if there is no answer."""
    return list(dict.fromkeys(text for text in answers["text"] if text.strip()))


def passages(context: str, answers: Mapping[str, Sequence[Any]]) -> list[Passage]:
    """The passages that the answers are, in their order; what the context does not hold has none.

    White space around an answer is left out. One that does not stand at its `answer_start` is taken
    from the nearest place where it stands.
    """
    found = []
    for text, start in zip(answers["text"], answers["answer_start"], strict=True):
        bare = text.strip()
        place = _nearest(context, bare, start + text.find(bare)) if bare else -1
        if place >= 0:
            found.append((place, place + len(bare)))
    return found


def is_misplaced(context: str, answers: Mapping[str, Sequence[Any]]) -> bool:
    """Whether the first answer stands elsewhere than at its `answer_start`."""
    text, start = answers["text"][0], answers["answer_start"][0]
    return start < 0 or not context.startswith(text, start)


def _nearest(context: str, text: str, start: int) -> int:
    """Where the text begins nearest to `start`, the earlier of two as near; -1 if nowhere."""
    at = max(start, 0)
    before = context.rfind(text, 0, at + len(text))
    behind = context.find(text, at)
    if before < 0 or behind < 0:
        return max(before, behind)
    return before if at - before <= behind - at else behind
