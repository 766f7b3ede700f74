"""A mailbox in one file, whatever its name: a row for each mail (`x.mbox` needs no prefix)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.choose_reader import build_reader
from luthier.data.parsing.raw_file import RawFile
from luthier.data.source import Found, Source


@final
class Mbox(Source):
    """The mails in an mbox file: `text`, `subject`, `from`, `to`, `date`, `folder`.

    Args:
        path: where it lies, relative to the current folder; `~` is the user's own.
    """

    def __init__(
        self,
        *,
        path: Annotated[str, Field(min_length=1, description="relative to the current folder")],
    ):
        self.path = path

    def rows(self) -> Iterator[Found]:
        """Read all mails from the start, as a stream.

        Raises:
            UserError: the file is missing, empty, or no mailbox.
        """
        found = None
        file = RawFile(Path(self.path).expanduser(), self.path)
        for found in build_reader("mbox", {}).rows(file):
            yield found
        if found is None:
            raise UserError(f"{self.path}: an empty mailbox.")
