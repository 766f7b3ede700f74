"""The entries of RSS and Atom feeds: the text in the feed itself, or that of the pages."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, final

from pydantic import Field

from luthier.data.web.collected import MAX_AGE, PAUSE, Collected

if TYPE_CHECKING:
    from luthier.data.web.visit import Visit


@final
class Feed(Collected):
    """A row for each entry of some feeds, in their order; the columns are those of `web`.

    Args:
        url: the address of a feed, or a list of them.
        pages: fetch the page of each entry and take its main text; else the text is what the feed
            holds, which with many feeds is but a summary.
        pause: seconds between two requests to a host; its robots.txt may ask for more.
        max_age: hours for which a fetched feed or page is not asked for again; after that the
            server is asked whether it has changed.
    """

    def __init__(
        self,
        *,
        url: Annotated[str | tuple[str, ...], Field(min_length=1, description="or a list")],
        pages: Annotated[bool, Field(description="fetch the page of each entry")] = False,
        pause: Annotated[float, Field(ge=0, le=120, description="seconds, per host")] = PAUSE,
        max_age: Annotated[float, Field(ge=0, description="hours; then asked again")] = MAX_AGE,
    ):
        super().__init__((url,) if isinstance(url, str) else url, pause, max_age)
        self.pages = pages

    async def gather(self, visit: "Visit") -> Iterable[dict[str, Any]]:
        """Fetch the feeds, and the pages of their entries if those are asked for."""
        entries = [entry for url in visit.canonical(self.urls) for entry in await _read(visit, url)]
        if not self.pages:
            return _with_text(visit, entries)
        told: dict[str, dict[str, Any]] = {}
        for entry in entries:
            for url in visit.canonical([entry["url"] or ""]):
                told.setdefault(url, entry)
        await visit.pages(told)
        return visit.rows(told)


async def _read(visit: "Visit", url: str) -> list[dict[str, Any]]:
    from luthier.data.web.feeds import read_feed
    from luthier.data.web.fetcher import FEED
    from luthier.data.web.page import NotFetched

    try:
        return read_feed(await visit.fetcher.fetch(url, FEED))
    except (NotFetched, ValueError) as error:
        visit.miss(url, str(error))
        return []


def _with_text(visit: "Visit", entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if entry["text"]:
            yield entry
        else:
            visit.miss(entry["url"] or "an entry", "no text")
