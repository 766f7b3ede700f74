"""A folder: the rows of its data files, or a row for each text, labelled by its sub-folder."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.choose_reader import TABLES, build_reader, extensions
from luthier.data.listing import Survey, kind_of, names_in, survey
from luthier.data.parsing.faults import Faults
from luthier.data.parsing.raw_file import BinaryFile, RawFile
from luthier.data.reader import Reader
from luthier.data.source import Found, Source


@final
class Folder(Source):
    """The rows of all files in a folder and its sub-folders, in order of their paths.

    Data files (jsonl, json, csv, tsv, parquet, conll, each also .gz) give the rows they hold. If
    there are none, every file is a text and gives one row with `text`, `file` (its path in the
    folder) and, if all texts lie in sub-folders, `label`, the name of the one it lies in.
    Hidden files are passed over, and so are a README or LICENSE beside data or labelled texts.

    Args:
        path: where it lies, relative to the current folder; `~` is the user's own.
        files: a pattern of the files to read, such as `*.csv` or `train/*`; else all.
        labels: whether sub-folders are labels.
        header: whether the first row of a table names the columns.
        quotes: whether `"` encloses the cells of a table.
    """

    def __init__(
        self,
        *,
        path: Annotated[str, Field(min_length=1, description="relative to the current folder")],
        files: Annotated[str | None, Field(description="pattern such as *.csv; else all")] = None,
        labels: Annotated[bool | None, Field(description="sub-folders are labels")] = None,
        header: Annotated[bool | None, Field(description="the first row names columns")] = None,
        quotes: Annotated[bool | None, Field(description='`"` encloses cells')] = None,
    ):
        self.path = path
        self.files = files
        self.labels = labels
        self.header = header
        self.quotes = quotes

    def rows(self) -> Iterator[Found]:
        """Read all rows from the start, as a stream.

        Raises:
            UserError: the folder is missing or without rows, mixes data and text files, holds
                binary files or links that lead out of it, or a file in it cannot be read.
        """
        found = None
        there = self._survey()
        for found in self._data_rows() if there.counts["data"] else self._texts(there):
            yield found
        if found is None:
            raise UserError(f"{self.path}: the files in this folder hold no rows.")

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

    def without_header(self) -> Source:
        """The same tables with their first lines as rows; itself if their header was settled."""
        kinds = {extensions().get(self._file(name).extension) for name in self._names()}
        if self.header is not None or not kinds & TABLES:
            return self
        return Folder(
            path=self.path,
            files=self.files,
            labels=self.labels,
            header=False,
            quotes=self.quotes,
        )

    def _data_rows(self) -> Iterator[Found]:
        readers: dict[str, Reader] = {}
        for name in self._names():
            if kind_of(name) == "data":
                file = self._file(name)
                if file.extension not in readers:
                    readers[file.extension] = self._reader(file.extension)
                yield from readers[file.extension].rows(file)

    def _texts(self, there: Survey) -> Iterator[Found]:
        are_labelled = self._are_labelled(there)
        leaves_about_out = self._leaves_about_out(there)
        binary = Faults("take those files out, or say which to read with `files: '*.txt'`")
        for name in self._names():
            if leaves_about_out and kind_of(name) == "about":
                continue
            file = self._file(name)
            try:
                fields = {"text": file.whole(), "file": name}
            except BinaryFile:
                binary.add("binary content instead of text", file.name)
                continue
            if are_labelled:
                fields["label"] = PurePosixPath(name).parent.name
            if not binary:
                yield Found(fields, file.name)
        binary.tell_if_any()

    def _are_labelled(self, there: Survey) -> bool:
        beside = there.first.get("text")
        below = there.first.get("text below")
        if self.labels and beside:
            raise UserError(
                f"{self.path}: {beside} lies in no sub-folder, so it has no label. "
                "Move it into one."
            )
        if self.labels is None and beside and below:
            raise UserError(
                f"{self.path}: some texts lie in sub-folders ({below}), some do not ({beside}). "
                "If sub-folders are labels, move every text into one; if not, write "
                "`{folder: {path: ..., labels: false}}`."
            )
        return below is not None if self.labels is None else self.labels

    def _leaves_about_out(self, there: Survey) -> bool:
        has_labels = there.counts["text below"] > 0 and self.labels is not False
        return there.counts["data"] > 0 or has_labels

    def _survey(self) -> Survey:
        return survey(Path(self.path).expanduser(), self.path, self.files)

    def _names(self) -> Iterator[str]:
        return names_in(Path(self.path).expanduser(), self.files)

    def _file(self, name: str) -> RawFile:
        return RawFile(Path(self.path).expanduser() / name, f"{self.path.rstrip('/')}/{name}")

    def _reader(self, extension: str) -> Reader:
        name = extensions()[extension]
        options = {"header": self.header, "quotes": self.quotes} if name in TABLES else {}
        return build_reader(name, options)
