"""Parts of a text replaced by others, and where that moves the places of the rest."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, final


class Edit(NamedTuple):
    """A part of a text and what takes its place."""

    start: int
    end: int
    new: str


@final
class Edited:
    """A text with some parts replaced.

    Args:
        text: as it was.
        edits: from left to right, without overlap.

    Attributes:
        text: as it is now.
    """

    def __init__(self, text: str, edits: Sequence[Edit]):
        parts, done, length = [], 0, 0
        self._edits, self._places = edits, list[int]()
        for edit in edits:
            parts += [text[done : edit.start], edit.new]
            self._places.append(length + edit.start - done)
            length = self._places[-1] + len(edit.new)
            done = edit.end
        self.text = "".join([*parts, text[done:]])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part is now; one that begins or ends inside an edit takes all of it in."""
        return self._moved(start, last=False), self._moved(end, last=True)

    def _moved(self, place: int, *, last: bool) -> int:
        number = bisect_right(self._edits, place - last, key=lambda edit: edit.start) - 1
        if number < 0:
            return place
        edit, start = self._edits[number], self._places[number]
        if place >= edit.end:
            return start + len(edit.new) + place - edit.end
        return start + len(edit.new) if last else start
