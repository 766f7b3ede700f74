"""Where rows come from: the contract of `sources/`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

OnProgress = Callable[[str, int, int | None], None]
"""Told from time to time: what is being done, rows done, rows in all (None: not known yet)."""


def unwatched(stage: str, done: int, total: int | None) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Found:
    """One row as it lies in its source, before its shape is recognised.

    Attributes:
        fields: the row's own columns and values. Text that could not be decoded as UTF-8 holds
            its raw bytes as lone surrogates (`surrogateescape`), for `fix_encoding` to read.
        place: where it stands, for messages: `mails.csv:17`, `spam/0001.txt`.
    """

    fields: dict[str, Any]
    place: str


class Source(ABC):
    """Rows in a fixed order, read as a stream: memory does not grow with their number."""

    def collect(self, on_progress: OnProgress) -> None:  # noqa: B027
        """Fetch what lies far away, before rows are read; mostly there is nothing to do.

        Raises:
            UserError: it cannot be had.
        """

    @abstractmethod
    def rows(self) -> Iterator[Found]:
        """Read all rows, from the start, in the same order every time.

        Raises:
            UserError: it is missing, empty or not readable as what it claims to be, with the
                place (file and line) and the remedy.
        """

    def remarks(self) -> list[str]:
        """What had to be decided about how to read it, a sentence each; mostly there is nothing."""
        return []

    def left_out(self) -> list[str]:
        """What the last reading had to leave out because it is not readable, a sentence each.

        It is known once all rows were read; the report tells it.
        """
        return []

    def without_header(self) -> "Source":
        """Itself, but with the first line of its tables as a row and "1", "2", "3" for names.

        Itself unchanged where there is no table, or where the user settled it.
        """
        return self
