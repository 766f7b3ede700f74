"""Comma separated values (also semicolon, tab or bar), with a header; cells stay text."""

from collections.abc import Iterator
from typing import Literal, final

from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.table import Layout, no_header_remark, read_layout, table_rows
from luthier.data.reader import Reader
from luthier.data.source import Found


@final
class Csv(Reader):
    """Reads RFC 4180, strictly; an empty cell is None.

    Args:
        header: whether the first row names the columns; judged by its look if not given.
        quotes: whether `"` encloses cells; False if quotes are characters like any other.
        delimiter: what stands between cells; judged by the first lines if not given.
    """

    extensions = ("csv",)

    def __init__(
        self,
        *,
        header: bool | None = None,
        quotes: bool | None = None,
        delimiter: Literal[",", ";", "\t", "|"] | None = None,
    ):
        self.header = header
        self.quotes = quotes
        self.delimiter = delimiter

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all rows; one that begins on line 17 has the place `mails.csv:17`.

        Raises:
            UserError: a bad header, ragged rows, an open quote, or see `RawFile.lines`.
        """
        return table_rows(file, self._layout(file))

    def remark(self, file: RawFile) -> str:
        """Whether the columns go by number."""
        return no_header_remark(file, self._layout(file)) if self.header is None else ""

    def _layout(self, file: RawFile) -> Layout:
        quotes = True if self.quotes is None else self.quotes
        return read_layout(file, delimiter=self.delimiter, quotes=quotes, header=self.header)
