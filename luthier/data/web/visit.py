"""One visit to the web: many pages from hosts side by side, and what became of each."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, final

from luthier.core.errors import UserError
from luthier.data.text.readable import clip, counted
from luthier.data.web.addresses import canonical, origin_of, site_of, without_credentials
from luthier.data.web.fetcher import Fetcher
from luthier.data.web.page import NotFetched, Page
from luthier.data.web.page_text import links_of, read_page
from luthier.data.web.store import Store

_SHOWN = 3


@final
class Visit:
    """Fetches pages into the store, and gives their rows in the order they were asked for.

    Memory holds the addresses of pages, never the pages.

    Args:
        fetcher: that fills the store.
        store: where it puts them.
        hosts: that are visited side by side.

    Attributes:
        done, total: pages that were asked for so far, and that are known of.
        notes: what else is to be said, with how many there are of it.
    """

    def __init__(self, fetcher: Fetcher, store: Store, hosts: int):
        self.fetcher, self._store = fetcher, store
        self._hosts = asyncio.Semaphore(hosts)
        self._fetched: list[str] = []
        self._final: set[str] = set()
        self._missed: Counter[str] = Counter()
        self._places: dict[str, list[str]] = defaultdict(list)
        self.notes: Counter[str] = Counter()
        self.done = self.total = 0

    def canonical(self, urls: Iterable[str], base: str = "") -> list[str]:
        """The addresses in their one spelling, each once; what is none is counted as missed."""
        found: dict[str, None] = {}
        for url in urls:
            try:
                found[canonical(url, base)] = None
            except NotFetched as error:
                self.miss(url, error.reason)
        return list(found)

    async def pages(self, urls: Iterable[str], sites: Container[str] | None = None) -> list[str]:
        """Fetch pages: one after another from each host, from several hosts at a time.

        Args:
            urls: canonical addresses.
            sites: to which their redirects have to lead; None: anywhere.

        Returns:
            Those that a page was had from, in order. A page that another address has led to
            already, by redirects, is counted as missed.
        """
        wanted = list(urls)
        self.total += len(wanted)
        by_host: dict[str, list[str]] = defaultdict(list)
        for url in wanted:
            by_host[origin_of(url)].append(url)
        found: dict[str, str | NotFetched] = {}
        await asyncio.gather(*(self._from_host(own, found) for own in by_host.values()))
        return [url for url in wanted if self._is_wanted(url, found[url], sites)]

    def links(self, url: str, sites: Container[str]) -> Iterator[str]:
        """The addresses on these sites that a page which was fetched links to."""
        return (link for link in links_of(self._page(url)) if site_of(link) in sites)

    def rows(self, told: Mapping[str, Mapping[str, Any]] | None = None) -> Iterator[dict[str, Any]]:
        """A row for each page that was fetched; one without main text is counted as missed.

        Args:
            told: by the addresses of pages, what to put where a page says nothing itself.
        """
        for url in self._fetched:
            try:
                row = read_page(self._page(url))
            except NotFetched as error:
                self.miss(url, error.reason)
                continue
            other = told.get(url, {}) if told else {}
            yield {name: other.get(name) if row[name] is None else row[name] for name in row}

    def miss(self, url: str, reason: str) -> None:
        """Count an address that gave no row, or no list of pages, with the reason."""
        self._missed[reason] += 1
        if len(self._places[reason]) < _SHOWN:
            self._places[reason].append(shown(url))

    def sentences(self) -> list[str]:
        """How the pages were come by, and why some were not."""
        counts = self.fetcher.counts
        ways = {
            "fetched": "fetched",
            "unchanged": "unchanged on their servers",
            "kept": "taken from the cache unasked",
        }
        told = [f"{counts[name]:,} {way}" for name, way in ways.items() if counts[name]]
        said = [f"Documents: {', '.join(told)}."] if told else []
        notes = {**self.notes, "Redirected from https to http": counts["downgraded"]}
        said += [f"{what}: {count:,}." for what, count in notes.items() if count]
        if self._missed:
            said.append(
                f"Nothing came of {counted(self._missed.total(), 'page')}: {self.missed()}."
            )
        return said

    def missed(self) -> str:
        """The reasons why addresses gave nothing, most frequent first, each with some of them."""
        return "; ".join(
            f"{reason} in {', '.join(self._places[reason])}"
            + (f" and {count - _SHOWN:,} more" if count > _SHOWN else "")
            for reason, count in self._missed.most_common()
        )

    def _page(self, url: str) -> Page:
        page = self._store.find(url)
        if page is None:
            raise UserError(f"{url}: removed from the cache while it was read. Try again.")
        return page

    async def _from_host(self, urls: list[str], found: dict[str, str | NotFetched]) -> None:
        async with self._hosts:
            for url in urls:
                try:
                    found[url] = (await self.fetcher.fetch(url)).final_url
                except NotFetched as error:
                    found[url] = error
                self.done += 1

    def _is_wanted(self, url: str, found: str | NotFetched, sites: Container[str] | None) -> bool:
        if isinstance(found, NotFetched):
            self.miss(url, found.reason)
        elif sites is not None and site_of(found) not in sites:
            self.miss(url, "a redirect to another site")
        elif found in self._final:
            self.miss(url, "a redirect to a page that is here already")
        else:
            self._final.add(found)
            self._fetched.append(url)
            return True
        return False


def shown(url: str) -> str:
    """An address as messages show it: without a password, and not without end."""
    return clip(without_credentials(url), width=200)
