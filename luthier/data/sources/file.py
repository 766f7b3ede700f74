"""One file: jsonl, json, csv, tsv, xlsx, parquet, conll, mbox, txt (row a line), or a document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.choose_reader import TABLES, build_reader, extensions, sniff
from luthier.data.parsing.raw_file import RawFile
from luthier.data.reader import Reader
from luthier.data.source import Found, Source


@final
class File(Source):
    """The rows of a file, read as the ending of its name says, else as its content suggests.

    Args:
        path: where it lies, relative to the current folder; `~` is the user's own.
        reader: how to read it whatever its name says: `jsonl`, `csv`, `conll` ...
        header: whether the first row of a table names the columns.
        quotes: whether `"` encloses the cells of a table.
    """

    def __init__(
        self,
        *,
        path: Annotated[str, Field(min_length=1, description="relative to the current folder")],
        reader: Annotated[str | None, Field(description="else by the ending of the name")] = None,
        header: Annotated[bool | None, Field(description="the first row names columns")] = None,
        quotes: Annotated[bool | None, Field(description='`"` encloses cells')] = None,
    ):
        self.path = path
        self.reader = reader
        self.header = header
        self.quotes = quotes
        self._opened: Reader | None = None

    def rows(self) -> Iterator[Found]:
        """Read all rows from the start, as a stream.

        Raises:
            UserError: the file is missing, empty, or not what its name says.
        """
        file = self._file()
        found = None
        for found in self._open(file).rows(file):
            yield found
        if found is None:
            raise UserError(f"{file.name}: holds no rows; it is empty, or has only a header.")

    def remarks(self) -> list[str]:
        """How the file is read, where its name does not say it."""
        file = self._file()
        said = [self._open(file).remark(file)]
        if self._named_reader(file) is None:
            said.insert(0, f"Read {file.name} as {sniff(file)}, judging by its content.")
        return [sentence for sentence in said if sentence]

    def without_header(self) -> Source:
        """The same table with its first line as a row; itself if its header was settled."""
        is_table = self._named_reader(self._file()) in TABLES
        if self.header is not None or not is_table:
            return self
        return File(path=self.path, reader=self.reader, header=False, quotes=self.quotes)

    def _file(self) -> RawFile:
        return RawFile(Path(self.path).expanduser(), self.path)

    def _named_reader(self, file: RawFile) -> str | None:
        return self.reader or extensions().get(file.extension)

    def _open(self, file: RawFile) -> Reader:
        if self._opened is None:  # one for all readings: it may remember what was dear to read
            name = self._named_reader(file) or sniff(file)
            self._opened = build_reader(name, {"header": self.header, "quotes": self.quotes})
        return self._opened
