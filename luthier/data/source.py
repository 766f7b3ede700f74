"""Where rows come from: the contract of `sources/`."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


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

    @abstractmethod
    def rows(self) -> Iterator[Found]:
        """Read all rows, from the start, in the same order every time.

        Raises:
            UserError: it is missing, empty or not readable as what it claims to be, with the
                place (file and line) and the remedy.
        """
