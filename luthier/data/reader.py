"""How the bytes of one file become rows: the contract of `readers/`."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from luthier.data.parsing.raw_file import RawFile
from luthier.data.source import Found


class Reader(ABC):
    """A file format, read as a stream.

    Attributes:
        extensions: the endings of file names it answers to, lower case, without dot.
        is_one_row: whether a file is one row, as a text in a folder is.
    """

    extensions: ClassVar[tuple[str, ...]]
    is_one_row: ClassVar[bool] = False

    @abstractmethod
    def rows(self, file: RawFile) -> Iterator[Found]:
        """Read all rows in order; a file without any yields nothing.

        Raises:
            UserError: the file is not what its name claims, with place and remedy.
        """

    def remark(self, file: RawFile) -> str:
        """What had to be decided about how to read this file, as a sentence; else empty."""
        return ""
