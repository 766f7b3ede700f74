import asyncio

import pytest

from luthier.data.web.host import Host
from luthier.data.web.page import NotFetched
from tests.coroutines import run_apart as finish


def turns(host: Host, number: int) -> list[float]:
    """The seconds that a host has those wait who come at once, on a clock that tests turn."""
    waited: list[float] = []

    async def main() -> None:
        asyncio.get_running_loop().time = lambda: 1000.0  # type: ignore[method-assign]
        for _ in range(number):
            await host.turn()

    async def note(seconds: float) -> None:
        waited.append(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("luthier.data.web.host.asyncio.sleep", note)
        finish(main())
    return waited


def test_whoever_comes_waits_for_those_before() -> None:
    assert turns(Host(1.5), 3) == [0, 1.5, 3]


@pytest.mark.parametrize("rule", ["Crawl-delay: 4", "Request-rate: 1/4", "Request-rate: 15/1m"])
def test_the_rules_may_ask_for_a_longer_pause(rule: str) -> None:
    host = Host(1)
    host.learn(f"User-agent: *\n{rule}")
    assert turns(host, 2) == [0, 4]


def test_the_rules_cannot_make_the_pause_shorter() -> None:
    host = Host(2)
    host.learn("User-agent: *\nCrawl-delay: 0.1")
    assert turns(host, 2) == [0, 2]


def test_rules_name_sitemaps() -> None:
    host = Host(1)
    host.learn("Sitemap: https://a.example/s.xml\nUser-agent: *\nDisallow:")
    assert host.sitemaps == ["https://a.example/s.xml"]


def test_a_host_that_was_given_up_says_why() -> None:
    host = Host(1)
    host.give_up("the first reason")
    host.give_up("another one")
    with pytest.raises(NotFetched, match="the first reason"):
        host.check("http://a.example/")


def test_an_answer_makes_failures_forgotten() -> None:
    host = Host(1)
    for _ in range(10):
        host.failed()
        host.answered()
    assert not host.is_given_up
