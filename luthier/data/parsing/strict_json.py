"""JSON in which no key stands twice, as text or as a stream, with its mistakes in words."""

import re
from collections.abc import Iterator
from io import TextIOBase
from json import JSONDecodeError, JSONDecoder
from typing import Any

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import MAX_RECORD, TOO_LONG

CHUNK = 2**20
_ENDS = frozenset(" \t\n\r,]}")
_WHITE_SPACE = re.compile(r"[ \t\n\r]*").match


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key `{twice}` stands twice in one object")
    return mapping


_DECODER = JSONDecoder(object_pairs_hook=_without_duplicates)


def parse(text: str) -> Any:
    """The value a text holds.

    Raises:
        ValueError: it is no JSON, holds a key twice or nests too deeply; `mistake` words it.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def mistake(error: ValueError) -> str:
    """What is wrong with a text that could not be parsed, with the column where it shows."""
    if isinstance(error, JSONDecodeError):
        return f"broken JSON at column {error.colno} ({error.msg[:1].lower()}{error.msg[1:]})"
    return str(error).partition(";")[0]


class JsonStream:
    """The values of a JSON text one by one, so that only one of them is in memory.

    Args:
        text: where it is read from.
        name: how messages call it.
    """

    def __init__(self, text: TextIOBase, name: str):
        self._text = text
        self._name = name
        self._buffer = ""
        self._at = 0
        self._line, self._column = 1, 1  # of the first character in the buffer

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            self._at = _WHITE_SPACE(self._buffer, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._fill():
                return ""

    def value(self) -> Any:
        """The next whole value.

        Raises:
            UserError: it is no JSON, or is larger than `MAX_RECORD`; with line and column.
        """
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except JSONDecodeError as error:
                if not self._fill():  # it may only have been cut off by the end of the buffer
                    raise UserError(self._located(error)) from None
            except RecursionError:
                raise UserError(f"{self._name}: nested too deeply.") from None
            except ValueError as error:
                raise UserError(f"{self._name}: {mistake(error)}.") from None
            else:
                # A number may go on behind the end of the buffer: `1` and then `.5`.
                is_whole = (
                    not isinstance(value, int | float) or self._buffer[end : end + 1] in _ENDS
                )
                if is_whole or not self._fill():
                    self._at = end
                    return value

    def elements(self) -> Iterator[Any]:
        """The elements of the list that comes next.

        Raises:
            UserError: as `value`; or the list is not ended, or something follows it.
        """
        self._at += 1
        if self.peek() == "]":
            self._at += 1
        else:
            yield self.value()
            while self.peek() == ",":
                self._at += 1
                yield self.value()
            if self.peek() != "]":
                raise UserError(f"{self._here()}: the list is cut short: `,` or `]` is missing.")
            self._at += 1
        if self.peek():
            raise UserError(f"{self._here()}: something follows the end of the list.")

    def values(self) -> Iterator[Any]:
        """All values that follow, one after another, with or without line breaks between them."""
        while self.peek():
            yield self.value()

    def _fill(self) -> bool:
        """Read on, as much again as is held; False at the end."""
        held = len(self._buffer) - self._at
        if held > MAX_RECORD:
            raise UserError(f"{self._here()}: {TOO_LONG} In JSON that is one object a line, jsonl.")
        more = self._text.read(min(max(CHUNK, held), MAX_RECORD + 1 - held))
        if not more:
            return False
        self._line, self._column = self._position(self._at)
        self._buffer = self._buffer[self._at :] + more
        self._at = 0
        return True

    def _position(self, index: int) -> tuple[int, int]:
        breaks = self._buffer.count("\n", 0, index)
        if breaks:
            return self._line + breaks, index - self._buffer.rfind("\n", 0, index)
        return self._line, self._column + index

    def _here(self) -> str:
        line, column = self._position(self._at)
        return f"{self._name}:{line}, column {column}"

    def _located(self, error: JSONDecodeError) -> str:
        line, column = self._position(error.pos)
        what = f"{error.msg[:1].lower()}{error.msg[1:]}"
        return f"{self._name}:{line}, column {column}: broken JSON ({what}). Mend it there."
