"""Pages of the web, also those they link to: the main text of each, without menus and frames."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import RawFile
from luthier.data.web.collected import MAX_AGE, MAX_PAGES, PAUSE, Collected

if TYPE_CHECKING:
    from luthier.data.web.visit import Visit

_NO_PAGE = re.compile(
    r"[^?]*\.(?:avi|bz2|css|csv|docx?|epub|exe|gif|gz|ico|iso|jpe?g|js|json|mov|mp[34]|ogg|pdf|png"
    r"|pptx?|rar|svg|tar|tgz|tiff?|wav|webm|webp|woff2?|xlsx?|xz|zip)(?:\?.*)?",
    re.IGNORECASE,
)


@final
class Web(Collected):
    """Pages by their addresses; a row for each that has a main text.

    The columns are `text`, `title`, `date`, `author`, `language`, `url` and `fetched`. What a
    site's robots.txt forbids is not asked for, and addresses in private networks are refused.

    Args:
        url: an address, or a list of them.
        file: a text file with an address a line; empty lines and those that begin with # are
            passed over.
        depth: how many links in a row to follow from there, within the same sites.
        max_pages: where following ends; pages that are named are always asked for.
        match: what the addresses of followed pages have to match: `*/blog/*`.
        pause: seconds between two requests to a host; its robots.txt may ask for more.
        max_age: hours for which a fetched page is not asked for again; after that the server is
            asked whether it has changed.
    """

    def __init__(
        self,
        *,
        url: Annotated[str | tuple[str, ...], Field(description="an address, or a list")] = (),
        file: Annotated[str | None, Field(description="text file, an address a line")] = None,
        depth: Annotated[int, Field(ge=0, le=20, description="links to follow in a row")] = 0,
        max_pages: Annotated[int, Field(ge=1, description="where following ends")] = MAX_PAGES,
        match: Annotated[str | None, Field(description="pattern of followed addresses")] = None,
        pause: Annotated[float, Field(ge=0, le=120, description="seconds, per host")] = PAUSE,
        max_age: Annotated[float, Field(ge=0, description="hours; then asked again")] = MAX_AGE,
    ):
        super().__init__((url,) if isinstance(url, str) else url, pause, max_age)
        self.file, self.depth, self.max_pages, self.match = file, depth, max_pages, match

    @property
    def origin(self) -> str:
        """The file of addresses, or the first of them."""
        return self.file or next(iter(self.urls), "web")

    async def gather(self, visit: "Visit") -> Iterable[dict[str, Any]]:
        """Fetch the named pages, then those they link to, and so on.

        Raises:
            UserError: no page is named, or the file of addresses cannot be read.
        """
        from luthier.data.web.addresses import site_of

        named = [*self.urls, *self._listed()]
        if not named:
            raise UserError("web: no page is named. Write its address as `url`.")
        seen = dict.fromkeys(visit.canonical(named))
        sites = {site_of(url) for url in seen}
        level = await visit.pages(seen)
        for _ in range(self.depth):
            start = len(seen)
            for url in level:
                self._follow(visit, visit.links(url, sites), seen)
                await asyncio.sleep(0)
            level = await visit.pages(list(seen)[start:], sites)
        return visit.rows()

    def _follow(self, visit: "Visit", links: Iterable[str], seen: dict[str, None]) -> None:
        for link in links:
            if link in seen or _NO_PAGE.fullmatch(link):
                continue
            if self.match is not None and not fnmatchcase(link, self.match):
                continue
            if len(seen) < self.max_pages:
                seen[link] = None
            else:
                visit.notes["Links not followed because of `max_pages`"] += 1

    def _listed(self) -> Iterator[str]:
        if self.file is not None:
            text = RawFile(Path(self.file).expanduser(), self.file).whole()
            lines = (line.strip() for line in text.splitlines())
            yield from (line for line in lines if line and not line.startswith("#"))
