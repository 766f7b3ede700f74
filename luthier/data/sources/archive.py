"""An archive (.zip, .tar, .tar.gz, .tgz, .tar.bz2, .tar.xz), read as the folder that it holds."""

import shutil
import weakref
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Annotated, final

from pydantic import Field

from luthier.core.archives import unpack
from luthier.core.errors import UserError
from luthier.core.files import complain_if_unwritable
from luthier.data.folder_rows import FolderRows, Wanted
from luthier.data.parsing.raw_file import not_a_file
from luthier.data.source import Found, Source


@final
class Archive(Source):
    """The rows of all files in an archive; it is unpacked to a temporary folder, with suspicion.

    A single folder at the top is the folder that is meant. What `{folder: ...}` takes as options
    means the same here.

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
        self._folder: FolderRows | None = None

    def rows(self) -> Iterator[Found]:
        """Read all rows from the start, as a stream.

        Raises:
            UserError: it is missing, damaged, encrypted or made to do harm, or its content cannot
                be read; see `{folder: ...}`.
        """
        yield from self._unpacked().rows()

    def remarks(self) -> list[str]:
        """Which files are left out, and whether a table's columns go by number."""
        return self._unpacked().remarks()

    def left_out(self) -> list[str]:
        """The documents in which no text could be read, as a sentence."""
        return self._unpacked().left_out()

    def without_header(self) -> Source:
        """The same tables with their first lines as rows; itself if their header was settled."""
        if not self._unpacked().has_unsettled_header():
            return self
        wanted = self.wanted
        return Archive(
            path=self.path,
            files=wanted.files,
            labels=wanted.labels,
            header=False,
            quotes=wanted.quotes,
        )

    def _unpacked(self) -> FolderRows:
        if self._folder is None:
            archive = Path(self.path).expanduser()
            if not archive.is_file():
                raise UserError(not_a_file(archive, self.path))
            folder = Path(mkdtemp(prefix="luthier-archive-"))
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            with complain_if_unwritable(Path(gettempdir())):
                unpack(archive, folder, ["*"])
            self._folder = FolderRows(*_content(folder, self.path), self.wanted)
        return self._folder


def _content(folder: Path, shown: str) -> tuple[Path, str]:
    """The folder that is meant, and how messages call it."""
    there = [path for path in folder.iterdir() if path.name != "__MACOSX"]
    if len(there) == 1 and there[0].is_dir():
        return there[0], f"{shown}/{there[0].name}"
    return folder, shown
