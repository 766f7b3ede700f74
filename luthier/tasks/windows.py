"""Windows on a long sentence: every word is seen, and answered where it has most context."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Window:
    """Some words of a sentence that a model sees together.

    Attributes:
        start, stop: the words it sees: start <= i < stop.
        answers_from, answers_to: those that it answers; each word is answered in one window.
    """

    start: int
    stop: int
    answers_from: int
    answers_to: int


def windows(sizes: Sequence[int], room: int, overlap: float) -> list[Window]:
    """Cut a sentence at words into as few windows as needed.

    What two windows share is answered half by the one and half by the other. A word that is longer
    than a window begins a window of its own, and is cut there.

    Args:
        sizes: pieces of each word.
        room: pieces that a window holds.
        overlap: share of the room, at most 1/2, that two neighbours have in common.

    Returns:
        one or more windows; none for a sentence without words.
    """
    count = len(sizes)
    if sum(sizes) <= room:
        return [Window(0, count, 0, count)] if count else []
    ends = np.concatenate([[0], np.cumsum(sizes)])  # pieces up to word i

    def first_at(pieces: float) -> int:
        return int(np.searchsorted(ends, pieces))

    found: list[Window] = []
    start = answered = 0
    while True:
        fitting = int(np.searchsorted(ends, ends[start] + room, side="right")) - 1
        stop = max(fitting, start + 1)
        if stop == count:
            return [*found, Window(start, stop, answered, stop)]
        # The next window has to reach further than this one, and may not fall behind it.
        again = max(first_at(ends[stop] - overlap * room), first_at(ends[stop + 1] - room))
        again = min(max(again, start + 1), stop)
        middle = max(first_at((ends[again] + ends[stop]) / 2), again, answered + 1)
        found.append(Window(start, stop, answered, middle))
        start, answered = again, middle
