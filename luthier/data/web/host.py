"""What is known of one host while it is visited: its rules, its pace, whether it is given up."""

import asyncio
from typing import final
from urllib.parse import urlsplit

from luthier.core.extras import extra
from luthier.data.web.page import NotFetched

with extra("collect", "Reading robots.txt"):
    from protego import Protego

ROBOT = "luthier"
"""The name that a robots.txt may speak to."""
MAX_PAUSE = 120.0
"""Seconds; a host that asks for longer ones between or before its pages is given up."""
MAX_FAILURES = 5
"""Pages in a row that could not be had, after which a host is given up."""


@final
class Host:
    """One scheme, host and port.

    Args:
        pause: seconds between two requests; its rules may ask for more.
    """

    def __init__(self, pause: float):
        self._rules = Protego.parse("")
        self._pause = pause
        self._free_at = 0.0
        self._failures = 0
        self._given_up = ""

    def learn(self, rules: str) -> None:
        """Go by the text of a robots.txt from now on."""
        self._rules = Protego.parse(rules)
        asked = max(self._rules.crawl_delay(ROBOT) or 0.0, _seconds_per_request(self._rules))
        if asked > MAX_PAUSE:
            self.give_up(f"its site's robots.txt asks for {asked:,.0f} s between two pages")
        self._pause = max(self._pause, asked)

    @property
    def sitemaps(self) -> list[str]:
        """Addresses of sitemaps that its robots.txt tells."""
        return list(self._rules.sitemaps)

    def check(self, url: str) -> None:
        """See whether a page of it may be asked for.

        Raises:
            NotFetched: its rules forbid it, or the host was given up.
        """
        if self._given_up:
            raise NotFetched(self._given_up)
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if not self._rules.can_fetch(target, ROBOT):
            raise NotFetched("its site's robots.txt forbids it")

    async def turn(self) -> None:
        """Wait until it may be asked again. Whoever comes first is served first."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._free_at)
        self._free_at = mine + self._pause
        await asyncio.sleep(mine - now)

    def hold(self, seconds: float) -> None:
        """Ask it nothing for so long; if that is too long, nothing any more."""
        if seconds > MAX_PAUSE:
            self.give_up(f"its host asks to come back in {seconds:,.0f} s")
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now + seconds)

    def answered(self) -> None:
        """Remember that it works."""
        self._failures = 0

    def failed(self) -> None:
        """Remember that a page could not be had; after some in a row the host is given up."""
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self.give_up(f"its host was given up after {MAX_FAILURES} failures in a row")

    def give_up(self, reason: str) -> None:
        """Ask it nothing any more, for this reason."""
        self._given_up = self._given_up or reason

    @property
    def is_given_up(self) -> bool:
        """Whether it will be asked nothing any more."""
        return bool(self._given_up)


def _seconds_per_request(rules: Protego) -> float:
    rate = rules.request_rate(ROBOT)
    return rate.seconds / rate.requests if rate else 0.0
