import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import TypeVar

import pytest

from luthier.data.web.client import Client, Limits
from luthier.data.web.fetcher import PAGE, ROBOTS, SITEMAP, Fetcher, Manners
from luthier.data.web.page import NotFetched, Page
from luthier.data.web.store import Store
from tests.coroutines import run_apart as finish
from tests.websites import Handler, Reply, Site, serve

T = TypeVar("T")
QUICK = Manners(pause=0, backoff=0.01)
FOREVER = 1e12  # seconds since 1970


def run(
    work: Callable[[Fetcher], Awaitable[T]],
    store: Path,
    manners: Manners = QUICK,
    since: float = FOREVER,
) -> T:
    async def main() -> T:
        async with Client(Limits(document_seconds=5)) as client:
            return await work(Fetcher(client, Store(store), manners, since))

    return finish(main())


def fetch(url: str, store: Path, manners: Manners = QUICK, since: float = FOREVER) -> Page:
    return run(lambda fetcher: fetcher.fetch(url), store, manners, since)


def replies(*these: Reply) -> Callable[[Handler], None]:
    """One after the other; the last one again and again."""
    waiting: Iterator[Reply] = iter(these)
    last = these[-1]
    return lambda handler: next(waiting, last)(handler)


def moved(to: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": to})


def test_a_fetched_page_lies_in_the_store(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = Reply("hello", headers={"ETag": '"1"', "Content-Type": "Text/HTML"})
    page = fetch(f"{site.url}/a", tmp_path)
    assert page == Store(tmp_path).find(f"{site.url}/a")
    assert (page.body, page.etag, page.content_type) == (b"hello", '"1"', "text/html")
    assert page.fetched == page.checked > 1.7e9


def test_an_unchanged_page_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    date = "Mon, 06 May 2024 07:08:09 GMT"
    tags = {"ETag": '"1"', "Last-Modified": date}
    site.replies["/a"] = replies(Reply("hello", headers=tags), Reply(status=304))
    first = fetch(f"{site.url}/a", tmp_path)
    second = fetch(f"{site.url}/a", tmp_path)
    assert site.headers[-1]["if-none-match"] == '"1"'
    assert site.headers[-1]["if-modified-since"] == date
    assert second == replace(first, checked=second.checked)
    assert second.checked > first.checked


def test_a_changed_page_takes_the_old_ones_place(site: Site, tmp_path: Path) -> None:
    tags = {"ETag": '"1"'}
    site.replies["/a"] = replies(Reply("old", headers=tags), Reply("new"))
    fetch(f"{site.url}/a", tmp_path)
    assert fetch(f"{site.url}/a", tmp_path).body == b"new"
    assert Store(tmp_path).find(f"{site.url}/a").body == b"new"  # type: ignore[union-attr]


def test_what_was_checked_since_the_beginning_is_taken_unasked(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = Reply("hello")
    first = fetch(f"{site.url}/a", tmp_path)
    assert fetch(f"{site.url}/a", tmp_path, since=first.checked) == first
    assert site.times("/a") == 1


def test_a_young_page_is_taken_unasked(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = Reply("hello")
    for _ in range(2):
        fetch(f"{site.url}/a", tmp_path, replace(QUICK, max_age=1000))
    assert site.times("/a") == 1


def test_what_robots_txt_forbids_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    rules = "User-agent: luthier\nDisallow: /private\nAllow: /\n\nUser-agent: *\nDisallow: /\n"
    site.replies["/robots.txt"] = Reply(rules)
    site.replies["/a"] = Reply("hello")
    assert fetch(f"{site.url}/a", tmp_path).body == b"hello"
    with pytest.raises(NotFetched, match="forbids it"):
        fetch(f"{site.url}/private?x", tmp_path)
    assert "/private?x" not in site.asked


def test_robots_txt_is_read_once_for_a_host(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = site.replies["/b"] = Reply("hello")

    async def both(fetcher: Fetcher) -> None:
        await asyncio.gather(*(fetcher.fetch(f"{site.url}{path}") for path in ("/a", "/b")))

    run(both, tmp_path)
    assert site.times("/robots.txt") == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_robots_txt_forbids_nothing(site: Site, tmp_path: Path, status: int) -> None:
    site.replies["/robots.txt"] = Reply(status=status)
    site.replies["/a"] = Reply("hello")
    assert fetch(f"{site.url}/a", tmp_path).body == b"hello"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_cannot_be_read_closes_its_site(
    site: Site, tmp_path: Path, status: int
) -> None:
    site.replies["/robots.txt"] = Reply(status=status)
    with pytest.raises(NotFetched, match=f"robots.txt cannot be read .status {status}"):
        fetch(f"{site.url}/a", tmp_path)
    assert "/a" not in site.asked


def test_a_robots_txt_that_was_moved_is_followed(site: Site, tmp_path: Path) -> None:
    site.replies["/robots.txt"] = moved("/rules")
    site.replies["/rules"] = Reply("User-agent: *\nDisallow: /")
    with pytest.raises(NotFetched, match="forbids"):
        fetch(f"{site.url}/a", tmp_path)


def test_a_robots_txt_that_asks_for_days_between_pages_closes_its_site(
    site: Site, tmp_path: Path
) -> None:
    site.replies["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 86400")
    with pytest.raises(NotFetched, match="asks for 86,400 s between two pages"):
        fetch(f"{site.url}/a", tmp_path)


def test_redirects_are_followed_and_the_last_address_is_told(site: Site, tmp_path: Path) -> None:
    site.replies |= {
        "/a": moved("b?x#y"),
        "/b?x": moved("/页".encode().decode("latin-1")),
        "/%E9%A1%B5": Reply("hello"),
    }
    page = fetch(f"{site.url}/a", tmp_path)
    assert (page.url, page.final_url) == (f"{site.url}/a", f"{site.url}/%E9%A1%B5")


def test_a_redirect_asks_with_the_tags_of_its_last_address(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = moved("/b")
    site.replies["/b"] = replies(Reply("hello", headers={"ETag": '"1"'}), Reply(status=304))
    for _ in range(2):
        assert fetch(f"{site.url}/a", tmp_path).body == b"hello"
    assert [headers.get("if-none-match") for headers in site.headers[-2:]] == [None, '"1"']


def test_redirects_in_a_circle_end(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = moved("/a")
    with pytest.raises(NotFetched, match="more than 5 redirects"):
        fetch(f"{site.url}/a", tmp_path)


@pytest.mark.parametrize(
    "target",
    ["http://localhost:{port}/b", "http://127.0.0.2:{port}/b", "http://[::ffff:7f00:1]:{port}/b"],
)
def test_a_redirect_into_a_private_network_is_refused(
    site: Site, tmp_path: Path, target: str
) -> None:
    with serve() as inside:
        site.replies["/a"] = moved(target.format(port=inside.port))
        with pytest.raises(NotFetched, match="private network"):
            fetch(f"{site.url}/a", tmp_path)
        assert inside.asked == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "http://u:p@a.example/", "http://0x7f.1/"]
)
def test_a_redirect_to_no_web_page_is_refused(site: Site, tmp_path: Path, target: str) -> None:
    site.replies["/a"] = moved(target)
    with pytest.raises(NotFetched, match=r"address|disguise"):
        fetch(f"{site.url}/a", tmp_path)


def test_a_redirect_obeys_the_rules_of_the_host_it_leads_to(site: Site, tmp_path: Path) -> None:
    with serve() as other:
        other.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /")
        site.replies["/a"] = moved(f"{other.url}/b")
        with pytest.raises(NotFetched, match="forbids"):
            fetch(f"{site.url}/a", tmp_path)
        assert other.asked == ["/robots.txt"]


def test_what_fails_for_the_moment_is_tried_again(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = replies(Reply(status=503), Reply(status=429), Reply("hello"))
    assert fetch(f"{site.url}/a", tmp_path).body == b"hello"


def test_what_fails_for_good_is_not_tried_again(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NotFetched, match="status 404"):
        fetch(f"{site.url}/a", tmp_path)
    assert site.times("/a") == 1


@pytest.mark.parametrize("said", ["0", formatdate(0, usegmt=True)])
def test_retry_after_is_obeyed(site: Site, tmp_path: Path, said: str) -> None:
    site.replies["/a"] = replies(Reply(status=503, headers={"Retry-After": said}), Reply("hello"))
    assert fetch(f"{site.url}/a", tmp_path, replace(QUICK, backoff=100)).body == b"hello"


def test_a_host_that_asks_to_come_back_much_later_is_given_up(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = Reply(status=503, headers={"Retry-After": "3600"})

    async def two(fetcher: Fetcher) -> list[str]:
        return [await reason(fetcher, f"{site.url}{path}") for path in ("/a", "/b")]

    assert run(two, tmp_path) == ["status 503", "its host asks to come back in 3,600 s"]
    assert site.asked == ["/robots.txt", "/a"]


def test_a_host_that_only_fails_is_given_up(site: Site, tmp_path: Path) -> None:
    for number in range(8):
        site.replies[f"/{number}"] = Reply(status=500)

    async def all_of_them(fetcher: Fetcher) -> list[str]:
        return [await reason(fetcher, f"{site.url}/{number}") for number in range(8)]

    reasons = run(all_of_them, tmp_path, replace(QUICK, retries=0))
    assert reasons[:5] == ["status 500"] * 5
    assert set(reasons[5:]) == {"its host was given up after 5 failures in a row"}


async def reason(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(NotFetched) as caught:
        await fetcher.fetch(url)
    return caught.value.reason


def test_documents_are_counted_by_how_they_were_come_by(site: Site, tmp_path: Path) -> None:
    site.replies["/a"] = replies(Reply("a", headers={"ETag": '"1"'}), Reply(status=304))

    async def once(fetcher: Fetcher) -> dict[str, int]:
        await fetcher.fetch(f"{site.url}/a")
        return dict(+fetcher.counts)

    assert [run(once, tmp_path), run(once, tmp_path), run(once, tmp_path, since=0)] == [
        {"fetched": 1},
        {"unchanged": 1},
        {"kept": 1},
    ]


def test_a_kind_of_document_takes_its_content_types_only() -> None:
    PAGE.refuse_other("text/html; charset=gbk")
    SITEMAP.refuse_other("application/x-gzip")
    ROBOTS.refuse_other("anything/else")
    with pytest.raises(NotFetched, match="image/png"):
        PAGE.refuse_other("image/png")
