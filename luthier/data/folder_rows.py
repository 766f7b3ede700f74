"""The rows of a folder: those of its data files, or a row for each text or document."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, final

from luthier.core.errors import UserError
from luthier.data.choose_reader import TABLES, build_reader, extensions
from luthier.data.documents.conversion import Conversion
from luthier.data.documents.converter import Unreadable
from luthier.data.listing import Survey, kind_of, names_in, survey
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import BinaryFile, RawFile
from luthier.data.reader import Reader
from luthier.data.source import Found

_DATA = ("data", "sheet", "sheet below")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user may say about a folder.

    Attributes:
        files: a pattern of the files to read, such as `*.csv` or `train/*`; else all.
        labels: whether sub-folders are labels.
        header: whether the first row of a table names the columns.
        quotes: whether `"` encloses the cells of a table.
    """

    files: str | None = None
    labels: bool | None = None
    header: bool | None = None
    quotes: bool | None = None


@final
class FolderRows:
    """A folder that is read as a stream, as often as needed.

    Args:
        root: where it lies.
        shown: how messages call it.
        wanted: what the user has said about it.
    """

    def __init__(self, root: Path, shown: str, wanted: Wanted):
        self._root = root
        self._shown = shown
        self._wanted = wanted
        self._conversion = Conversion()
        self._left_out: list[str] = []

    def rows(self) -> Iterator[Found]:
        """Read all rows from the start, as a stream.

        Raises:
            UserError: the folder is missing or without rows, mixes data and text files, holds
                binary files or links that lead out of it, or a file in it cannot be read.
        """
        found, self._left_out = None, []
        there = self._survey()
        for found in self._data_rows() if there.counts["data"] else self._texts(there):
            yield found
        if found is None:
            raise UserError(f"{self._shown}: the files in this folder hold no rows.")

    def remarks(self) -> list[str]:
        """Which files are left out, and whether a table's columns go by number."""
        there = self._survey()
        said = []
        if there.counts["about"] and self._leaves_about_out(there):
            said.append(f"Left out {there.first['about']}, which is about the data.")
        if there.counts["data"]:
            file = self._file(there.first["data"])
            said.append(self._reader(file.extension).remark(file))
        return [sentence for sentence in said if sentence]

    def left_out(self) -> list[str]:
        """The documents that the last reading could not read, as a sentence."""
        return self._left_out

    def has_unsettled_header(self) -> bool:
        """Whether there are tables of which nobody has said if they have a header."""
        kinds = {extensions().get(self._file(name).extension) for name in self._names()}
        return self._wanted.header is None and bool(kinds & TABLES)

    def _data_rows(self) -> Iterator[Found]:
        readers: dict[str, Reader] = {}
        for name in self._names():
            if kind_of(name) in _DATA:
                file = self._file(name)
                if file.extension not in readers:
                    readers[file.extension] = self._reader(file.extension)
                yield from readers[file.extension].rows(file)

    def _texts(self, there: Survey) -> Iterator[Found]:
        are_labelled = self._are_labelled(there)
        binary = Faults("take those files out, or say which to read with `files: '*.txt'`")
        unreadable, count = Faults("mend them, or take them out"), 0
        for name, read in self._read(there):
            count += 1
            place = self._file(name).name
            if isinstance(read, Unreadable):
                unreadable.add(read.reason, place)
            elif isinstance(read, BinaryFile):
                binary.add("binary content instead of text", place)
            elif isinstance(read, Exception):
                raise read
            elif not binary:
                label = {"label": PurePosixPath(name).parent.name} if are_labelled else {}
                yield Found({**read, "file": name, **label}, place)
        binary.tell_if_any()
        if unreadable:
            documents = f"{unreadable.total:,} of {count:,} documents"
            self._left_out = [f"Left out {documents}: {unreadable.sentence()}"]
            if unreadable.total == count:
                unreadable.tell_if_any()

    def _read(self, there: Survey) -> Iterator[tuple[str, dict[str, Any] | Exception]]:
        leaves_about_out = self._leaves_about_out(there)
        names = (n for n in self._names() if not (leaves_about_out and kind_of(n) == "about"))
        if there.has_converted:
            yield from self._conversion.in_order(names, self._fields)
            return
        for name in names:
            try:
                yield name, self._fields(name)
            except UserError as error:
                yield name, error

    def _fields(self, name: str) -> dict[str, Any]:
        return self._conversion.fields(self._file(name))

    def _are_labelled(self, there: Survey) -> bool:
        beside = there.first.get("text")
        below = there.first.get("text below")
        if self._wanted.labels and beside:
            raise UserError(
                f"{self._shown}: {beside} lies in no sub-folder, so it has no label. "
                "Move it into one."
            )
        if self._wanted.labels is None and beside and below:
            raise UserError(
                f"{self._shown}: some texts lie in sub-folders ({below}), some do not ({beside}). "
                "If sub-folders are labels, move every text into one; if not, write "
                "`{folder: {path: ..., labels: false}}`."
            )
        return below is not None if self._wanted.labels is None else self._wanted.labels

    def _leaves_about_out(self, there: Survey) -> bool:
        has_labels = there.counts["text below"] > 0 and self._wanted.labels is not False
        return there.counts["data"] > 0 or has_labels

    def _survey(self) -> Survey:
        return survey(self._root, self._shown, self._wanted.files)

    def _names(self) -> Iterator[str]:
        return names_in(self._root, self._wanted.files)

    def _file(self, name: str) -> RawFile:
        return RawFile(self._root / name, f"{self._shown.rstrip('/')}/{name}")

    def _reader(self, extension: str) -> Reader:
        name = extensions()[extension]
        options = (
            {"header": self._wanted.header, "quotes": self._wanted.quotes} if name in TABLES else {}
        )
        return build_reader(name, options)
