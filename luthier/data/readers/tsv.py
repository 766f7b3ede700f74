"""Tab separated values, with or without a header; cells stay text."""

from collections.abc import Iterator
from typing import final

from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.table import Layout, no_header_remark, read_layout, table_rows
from luthier.data.reader import Reader
from luthier.data.source import Found


@final
class Tsv(Reader):
    """Reads one row a line; an empty cell is None.

    Args:
        header: whether the first row names the columns; judged by its look if not given.
        quotes: whether `"` encloses cells; if not given, only where the first lines leave no
            other reading, because in most such files quotes are just characters.
    """

    extensions = ("tsv", "tab")

    def __init__(self, *, header: bool | None = None, quotes: bool | None = None):
        self.header = header
        self.quotes = quotes

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all rows; one that begins on line 17 has the place `pairs.tsv:17`.

        Raises:
            UserError: a bad header, ragged rows, an open quote, or see `RawFile.lines`.
        """
        return table_rows(file, self._layout(file))

    def remark(self, file: RawFile) -> str:
        """Whether the columns go by number."""
        return no_header_remark(file, self._layout(file)) if self.header is None else ""

    def _layout(self, file: RawFile) -> Layout:
        return read_layout(file, delimiter="\t", quotes=self.quotes, header=self.header)
