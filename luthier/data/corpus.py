"""A data set that a package registry carries: the contract of `data/catalog/`."""

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from luthier.core.catalog import Entry
from luthier.data.source import Found


class Corpus(Entry):
    """How the files of an unpacked package become rows.

    Attributes:
        count: how many rows there are, with the default options.
    """

    count: ClassVar[int]

    @abstractmethod
    def rows(self, folder: Path) -> Iterator[Found]:
        """Read all rows from the unpacked package, in a fixed order, as a stream."""
