"""Mistakes met while reading on, gathered by kind and told together with their places."""

from collections import Counter, defaultdict
from typing import NoReturn

from luthier.core.errors import UserError

MAX_PLACES = 10
MAX_KINDS = 10


def shown(text: str) -> str:
    """Text from a file, fit to be printed: what has no glyph becomes a question mark."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character if character.isprintable() else "?" for character in sound)


class Faults:
    """What is wrong with some rows: few kinds of mistakes, each in any number of places.

    Memory is bounded: ten places are remembered for each of ten kinds, the others are counted.

    Args:
        remedy: what the user can do about it, as a clause: `mend those rows, or drop them`.
    """

    def __init__(self, remedy: str):
        self._remedy = remedy
        self._counts: Counter[str] = Counter()
        self._places: dict[str, list[str]] = defaultdict(list)

    def __bool__(self) -> bool:
        return bool(self._counts)

    @property
    def total(self) -> int:
        """How many mistakes there are."""
        return self._counts.total()

    def add(self, problem: str, place: str) -> None:
        """Remember one mistake.

        Raises:
            UserError: there are so many kinds of mistakes that reading on tells nothing more.
        """
        if problem not in self._counts and len(self._counts) == MAX_KINDS:
            self._tell()
        self._counts[problem] += 1
        if len(self._places[problem]) < MAX_PLACES:
            self._places[problem].append(place)

    def sentence(self) -> str:
        """`label is empty in a.csv:17, a.csv:30 and 12 more: mend those rows, or drop them`."""
        problems = "; ".join(self._located(problem) for problem in self._counts)
        return f"{problems}: {self._remedy}."

    def tell_if_any(self) -> None:
        """End the reading if anything was wrong.

        Raises:
            UserError: with all of it.
        """
        if self._counts:
            self._tell()

    def _tell(self) -> NoReturn:
        raise UserError(self.sentence())

    def _located(self, problem: str) -> str:
        places = self._places[problem]
        more = self._counts[problem] - len(places)
        return f"{problem} in {', '.join(places)}" + (f" and {more:,} more" if more else "")
