"""Workbooks of Excel and LibreOffice: the tables in their sheets, a row for each of theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, final

from luthier.data.documents.conversion import content_of
from luthier.data.documents.converter import Converter
from luthier.data.parsing.dialect import has_header
from luthier.data.parsing.faults import Faults, shown
from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.table import Layout, no_header_remark, numbered, refuse_bad_names
from luthier.data.reader import Reader
from luthier.data.source import Found

_AS_TEXT = "read it as text, with `{file: {path: ..., reader: document}}`"
_ADVICE = (
    "Give every column a name of its own in the first row, write `header: false` if it is data"
)


@dataclass(frozen=True, slots=True)
class _Book:
    """What is read of a workbook: the table of its first sheet, and the sheets that go on with it.

    Attributes:
        table: the columns, and whether a first row names them.
        sheets: whose columns are the same.
        others: whose are not.
    """

    table: Layout
    sheets: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@final
class Xlsx(Reader):
    """Reads the first sheet with something in it, and all others with the same columns.

    Numbers stay numbers, dates become text, formulas what they gave when the file was saved; an
    empty cell is None.

    Args:
        header: whether the first row names the columns; judged by its look if not given.
    """

    extensions = ("xlsx", "xlsm")

    def __init__(self, *, header: bool | None = None):
        self.header = header
        self._converter = Converter()

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all rows; the 17th of a sheet has the place `mails.xlsx sheet Inbox row 17`.

        Raises:
            UserError: it is damaged, encrypted or made to do harm, a column of its header has no
                name, or rows are longer than the first.
        """
        ragged = Faults(f"name every column in the first row, or {_AS_TEXT}")
        content = content_of(file)
        book = self._look(file, self._converter.cells(content, file.name, only_heads=True))
        names, seen = book.table.names, set[str]()
        for sheet, number, cells in self._converter.cells(content, file.name):
            is_header = book.table.header and sheet not in seen
            seen.add(sheet)
            if is_header or sheet not in book.sheets:
                continue
            place = f"{file.name} sheet {shown(sheet)} row {number}"
            if len(cells) > len(names):
                ragged.add(f"more cells than the {len(names)} columns", place)
            elif not ragged:
                cells += [None] * (len(names) - len(cells))
                yield Found(dict(zip(names, cells, strict=True)), place)
        ragged.tell_if_any()

    def remark(self, file: RawFile) -> str:
        """Which sheets are left out, and whether the columns go by number."""
        book = self._look(file, self._converter.cells(content_of(file), file.name, only_heads=True))
        said = [] if self.header is not None else [no_header_remark(file, book.table)]
        if book.others:
            names = ", ".join(map(shown, book.others))
            said.append(f"Left out of {file.name}, for their columns are others: sheets {names}.")
        return " ".join(filter(None, said))

    def _look(self, file: RawFile, heads: Iterator[tuple[str, int, list[Any]]]) -> _Book:
        table = Layout("", quotes=False, header=False, names=())
        sheets: list[str] = []
        others: list[str] = []
        for title, rows in groupby(heads, key=itemgetter(0)):
            found = self._layout([cells for _, _, cells in rows])
            if not sheets:
                place = f"{file.name} sheet {shown(title)} row 1"
                refuse_bad_names(place, list(found.names), f"{_ADVICE}, or {_AS_TEXT}.")
                table = found
            (sheets if found.names == table.names else others).append(title)
        return _Book(table, tuple(sheets), tuple(others))

    def _layout(self, rows: list[list[Any]]) -> Layout:
        texts = [["" if cell is None else str(cell) for cell in cells] for cells in rows]
        header = has_header(texts) if self.header is None else self.header
        names = [cell.strip() for cell in texts[0]] if header else numbered(max(map(len, texts)))
        return Layout("", quotes=False, header=header, names=tuple(names))
