"""Plain text, one row a line; blank lines are passed over."""

from collections.abc import Iterator
from typing import final

from luthier.data.parsing.raw_file import RawFile
from luthier.data.reader import Reader
from luthier.data.source import Found


@final
class Txt(Reader):
    """Reads each line as the `text` of a row."""

    extensions = ("txt",)

    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all lines that hold more than white space, without their ends.

        Raises:
            UserError: see `RawFile.lines`.
        """
        for number, line in enumerate(file.lines(), 1):
            if not line.isspace():
                yield Found({"text": line.removesuffix("\n")}, f"{file.name}:{number}")
