"""One document with all that politeness and caution ask for: rules, pace, redirects, retries."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TypeVar, final

from luthier.data.web.addresses import canonical, origin_of
from luthier.data.web.client import Answer, Client, Wanted
from luthier.data.web.host import Host
from luthier.data.web.page import NotFetched, Page
from luthier.data.web.store import Store

T = TypeVar("T")

MB = 2**20
PAGE = Wanted(
    "text/html,application/xhtml+xml,text/plain;q=0.5",
    re.compile(r"text/html|application/xhtml\+xml|text/plain"),
    10 * MB,
)
SITEMAP = Wanted(
    "application/xml,text/xml,text/plain;q=0.5",
    re.compile(r".*[/+]xml|text/plain|.*/(?:x-)?gzip|application/octet-stream"),
    50 * MB,  # what sitemaps.org allows
)
FEED = Wanted(
    "application/atom+xml,application/rss+xml,application/xml;q=0.9,text/xml;q=0.8",
    re.compile(r".*[/+]xml|text/(?:plain|html)"),
    10 * MB,
)
ROBOTS = Wanted("text/plain", re.compile(".*"), 2 * MB)  # RFC 9309 asks for half of one

MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Manners:
    """How politely and how patiently pages are fetched.

    Attributes:
        pause: seconds between two requests to a host.
        hosts: that are visited side by side.
        max_age: seconds for which a page in the store is not asked for again.
        retries: of a request that fails for the moment.
        backoff: seconds before the first of them; each next one waits twice as long.
    """

    pause: float = 1.0
    hosts: int = 8
    max_age: float = 0.0
    retries: int = 3
    backoff: float = 2.0


@final
class Fetcher:
    """Fetches documents into a store.

    Attributes:
        counts: how many documents were `fetched`, `unchanged` (the server says so) or `kept` (the
            store's is recent enough), and came over a redirect from https to http, `downgraded`.
    """

    def __init__(self, client: Client, store: Store, manners: Manners, since: float):
        """Take what was checked after `since` (seconds since 1970) from the store, unasked."""
        self._client, self._store, self._manners = client, store, manners
        self._since = min(since, time.time() - manners.max_age)
        self._hosts: dict[str, asyncio.Task[Host]] = {}
        self.counts: Counter[str] = Counter()

    async def fetch(self, url: str, wanted: Wanted = PAGE) -> Page:
        """The document at a canonical address, new or from the store, where it lies afterwards.

        Raises:
            NotFetched: it is not to be had.
        """
        stored = self._store.find(url)
        if stored is not None and stored.checked >= self._since:
            wanted.refuse_other(stored.content_type)
            self.counts["kept"] += 1
            return stored
        host = await self.host(url)
        try:
            return await self._patiently(host, partial(self._follow, url, wanted, stored))
        except NotFetched as error:
            if error.transient:
                host.failed()
            raise

    async def host(self, url: str) -> Host:
        """The host of an address, with its robots.txt, which is fetched once."""
        origin = origin_of(url)
        if origin not in self._hosts:
            self._hosts[origin] = asyncio.create_task(self._meet(origin))
        return await asyncio.shield(self._hosts[origin])

    async def _patiently(self, host: Host, attempt: Callable[[], Awaitable[T]]) -> T:
        """Try again what fails for the moment, unless the host asks for too long a wait."""
        wait = self._manners.backoff
        for _ in range(self._manners.retries):
            try:
                return await attempt()
            except NotFetched as error:
                if not error.transient:
                    raise
                host.hold(wait if error.wait is None else error.wait)
                if host.is_given_up:
                    raise
                wait *= 2
        return await attempt()

    async def _follow(self, url: str, wanted: Wanted, stored: Page | None) -> Page:
        at, downgraded = url, False
        for _ in range(MAX_REDIRECTS + 1):
            host = await self.host(at)
            host.check(at)
            await host.turn()
            known = stored if stored is not None and stored.final_url == at else None
            answer = await self._client.get(at, wanted, _validators(known))
            target = _redirect(answer, at)
            if answer.status not in _TRANSIENT:
                host.answered()
            if target is None:
                _refuse_failure(answer)
                page = self._settle(Page(url, at, "", b"", 0, 0), answer, known)
                self.counts["downgraded"] += downgraded
                return page
            downgraded |= at.startswith("https:") and target.startswith("http:")
            at = target
        raise NotFetched(f"more than {MAX_REDIRECTS} redirects")

    def _settle(self, asked: Page, answer: Answer, known: Page | None) -> Page:
        now = time.time()
        if answer.status == 304:
            if known is None:
                raise NotFetched("status 304, though nothing was known")
            page = replace(known, checked=now)
            self.counts["unchanged"] += 1
        else:
            page = replace(
                asked,
                content_type=answer.headers.get("content-type", "").lower(),
                body=answer.body,
                fetched=now,
                checked=now,
                etag=answer.headers.get("etag", ""),
                last_modified=answer.headers.get("last-modified", ""),
            )
            self.counts["fetched"] += 1
        self._store.keep(page)
        return page

    async def _meet(self, origin: str) -> Host:
        """A host and its rules; RFC 9309: 4xx means that there are none, 5xx that all is closed."""
        host = Host(self._manners.pause)
        try:
            rules = partial(self._rules, f"{origin}/robots.txt", host)
            host.learn(await self._patiently(host, rules))
        except NotFetched as error:
            host.give_up(f"its site's robots.txt cannot be read ({error.reason})")
        return host

    async def _rules(self, url: str, host: Host) -> str:
        for _ in range(MAX_REDIRECTS + 1):
            await host.turn()
            answer = await self._client.get(url, ROBOTS, {})
            target = _redirect(answer, url)
            if target is None:
                if 400 <= answer.status < 500 and answer.status not in _TRANSIENT:
                    return ""
                _refuse_failure(answer)
                return answer.body.decode("utf-8-sig", "replace")
            url = target
        return ""


def _validators(known: Page | None) -> dict[str, str]:
    if known is None:
        return {}
    tags = {"if-none-match": known.etag, "if-modified-since": known.last_modified}
    return {name: tag for name, tag in tags.items() if tag}


def _redirect(answer: Answer, at: str) -> str | None:
    if answer.status in _REDIRECTS and "location" in answer.headers:
        # Servers send other than ASCII as UTF-8.
        location = answer.headers["location"].encode("latin-1").decode("utf-8", "replace")
        return canonical(location, at)
    return None


def _refuse_failure(answer: Answer) -> None:
    if answer.status not in (200, 203, 304):
        transient = answer.status in _TRANSIENT
        wait = _seconds(answer.headers) if transient else None
        raise NotFetched(f"status {answer.status}", transient=transient, wait=wait)


def _seconds(headers: Mapping[str, str]) -> float | None:
    """What Retry-After says, in seconds or as a date; None if it says nothing that makes sense."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    return None
