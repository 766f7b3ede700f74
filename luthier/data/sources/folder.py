"""A folder: the rows of its data files, or a row for each text or document, labelled by folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, final

from pydantic import Field

from luthier.data.folder_rows import FolderRows, Wanted
from luthier.data.source import Found, Source


@final
class Folder(Source):
    """The rows of all files in a folder and its sub-folders, in order of their paths.

    Data files (jsonl, json, csv, tsv, parquet, conll, xlsx, mbox, each also .gz) give the rows they
    hold. If there are none, every file is a text, or a document (pdf, docx, pptx, epub, html, md,
    eml), and gives one row with `text`, `file` (its path in the folder) and, if all lie in
    sub-folders, `label`, the name of the one it lies in. Hidden files are passed over, and so are
    a README or LICENSE beside data or labelled texts. Documents in which no text can be read are
    left out and told.

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
        self.wanted = Wanted(files, labels, header, quotes)
        self._folder = FolderRows(Path(path).expanduser(), path, self.wanted)

    def rows(self) -> Iterator[Found]:
        """Read all rows from the start, as a stream.

        Raises:
            UserError: the folder is missing or without rows, mixes data and text files, holds
                binary files or links that lead out of it, or a file in it cannot be read.
        """
        return self._folder.rows()

    def remarks(self) -> list[str]:
        """Which files are left out, and whether a table's columns go by number."""
        return self._folder.remarks()

    def left_out(self) -> list[str]:
        """The documents in which no text could be read, as a sentence."""
        return self._folder.left_out()

    def without_header(self) -> Source:
        """The same tables with their first lines as rows; itself if their header was settled."""
        if not self._folder.has_unsettled_header():
            return self
        wanted = self.wanted
        return Folder(
            path=self.path,
            files=wanted.files,
            labels=wanted.labels,
            header=False,
            quotes=wanted.quotes,
        )
