"""All pages of a site that its sitemap lists: the main text of each, without menus and frames."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, final
from urllib.parse import urljoin, urlsplit

from pydantic import Field

from luthier.data.web.collected import MAX_AGE, MAX_PAGES, PAUSE, Collected

if TYPE_CHECKING:
    from luthier.data.web.sitemaps import Addresses
    from luthier.data.web.visit import Visit

MAX_MAPS = 500
"""Sitemaps that are read for one source; each may list 50,000 pages."""


@final
class Sitemap(Collected):
    """The pages that a site lists for robots: sitemap.xml, indexes of such lists, text, also .gz.

    The columns are those of `web`. Pages on other sites than the sitemap's are left out.

    Args:
        url: the sitemap; or the site, whose robots.txt tells its sitemaps, else /sitemap.xml.
        max_pages: how many pages to take, in the order of the sitemap.
        match: what their addresses have to match: `*/blog/*`.
        pause: seconds between two requests to a host; its robots.txt may ask for more.
        max_age: hours for which a fetched page is not asked for again; after that the server is
            asked whether it has changed.
    """

    def __init__(
        self,
        *,
        url: Annotated[str, Field(min_length=1, description="the sitemap, or its site")],
        max_pages: Annotated[int, Field(ge=1, description="pages to take")] = MAX_PAGES,
        match: Annotated[str | None, Field(description="pattern of their addresses")] = None,
        pause: Annotated[float, Field(ge=0, le=120, description="seconds, per host")] = PAUSE,
        max_age: Annotated[float, Field(ge=0, description="hours; then asked again")] = MAX_AGE,
    ):
        super().__init__((url,), pause, max_age)
        self.max_pages, self.match = max_pages, match

    async def gather(self, visit: "Visit") -> Iterable[dict[str, Any]]:
        """Read the sitemaps until there are enough pages, then fetch those."""
        from luthier.data.web.addresses import site_of

        start = next(iter(visit.canonical(self.urls)), "")
        if not start:
            return []
        site = site_of(start)
        waiting = await self._roots(visit, start)
        known, pages, read = set(waiting), dict[str, None](), 0
        while read < min(len(waiting), MAX_MAPS) and len(pages) < self.max_pages:
            url = waiting[read]
            read += 1
            found = await self._read(visit, url)
            new = [other for other in visit.canonical(found.maps, url) if other not in known]
            known.update(new)
            waiting += new
            self._take(visit, visit.canonical(found.pages, url), site, pages)
        visit.notes["Sitemaps not read because there was enough"] += len(waiting) - read
        await visit.pages(pages, {site})
        return visit.rows()

    async def _roots(self, visit: "Visit", url: str) -> list[str]:
        parts = urlsplit(url)
        if parts.path != "/" or parts.query:
            return [url]
        told = visit.canonical((await visit.fetcher.host(url)).sitemaps, url)
        return told or [urljoin(url, "/sitemap.xml")]

    async def _read(self, visit: "Visit", url: str) -> "Addresses":
        from luthier.data.web.fetcher import SITEMAP
        from luthier.data.web.page import NotFetched
        from luthier.data.web.sitemaps import Addresses, read_sitemap

        try:
            page = await visit.fetcher.fetch(url, SITEMAP)
            return read_sitemap(page.body, SITEMAP.max_bytes)
        except (NotFetched, ValueError) as error:
            visit.miss(url, str(error))
            return Addresses()

    def _take(self, visit: "Visit", urls: Iterable[str], site: str, pages: dict[str, None]) -> None:
        from luthier.data.web.addresses import site_of

        for url in urls:
            if site_of(url) != site:
                visit.miss(url, "listed by the sitemap of another site")
            elif self.match is not None and not fnmatchcase(url, self.match):
                visit.notes["Listed pages that do not match"] += 1
            elif len(pages) < self.max_pages:
                pages[url] = None
            elif url not in pages:
                visit.notes["Listed pages left out because of `max_pages`"] += 1
