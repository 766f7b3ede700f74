import pytest

from luthier.core.errors import UserError
from luthier.data.open import open_source
from luthier.data.sources.feed import Feed
from tests.websites import OTHER_PROSE, PROSE, Reply, Site


def item(title: str, link: str, text: str) -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><description>{text}</description>"
        "<pubDate>Mon, 06 May 2024 07:08:09 GMT</pubDate></item>"
    )


def rss(*items: str) -> Reply:
    body = f"<rss version='2.0'><channel><title>x</title>{''.join(items)}</channel></rss>"
    return Reply(body, headers={"Content-Type": "application/rss+xml; charset=utf-8"})


@pytest.fixture(autouse=True)
def _two_entries(site: Site) -> None:
    site.replies["/feed"] = rss(item("One", "/1", "First."), item("Two", "/2", "第二"))
    site.page("/1", PROSE, title="Page one")
    site.replies["/2"] = Reply(f"<html><body><p>{OTHER_PROSE}</p><p>{PROSE}</p></body></html>")


def test_a_prefix_names_the_feed() -> None:
    assert isinstance(open_source("feed:https://a.example/rss"), Feed)


def test_rows_are_the_entries_of_the_feed(site: Site) -> None:
    rows = list(Feed(url=f"{site.url}/feed", pause=0).rows())
    assert [row.place for row in rows] == [f"{site.url}/1", f"{site.url}/2"]
    assert [row.fields["text"] for row in rows] == ["First.", "第二"]
    assert site.asked == ["/robots.txt", "/feed"]


def test_the_pages_of_the_entries_are_fetched_on_request(site: Site) -> None:
    first, second = Feed(url=f"{site.url}/feed", pages=True, pause=0).rows()
    assert PROSE in first.fields["text"]
    assert OTHER_PROSE in second.fields["text"]


def test_what_a_page_does_not_tell_is_taken_from_the_feed(site: Site) -> None:
    first, second = Feed(url=f"{site.url}/feed", pages=True, pause=0).rows()
    assert (first.fields["title"], first.fields["date"]) == ("Page one", "2024-05-06")
    assert second.fields["date"] == "2024-05-06T07:08:09+00:00"


def test_several_feeds_are_read_one_after_another(site: Site) -> None:
    site.replies["/more"] = rss(item("Three", "/3", "Third."))
    source = Feed(url=(f"{site.url}/more", f"{site.url}/none", f"{site.url}/feed"), pause=0)
    assert [row.fields["title"] for row in source.rows()] == ["Three", "One", "Two"]
    assert f"status 404 in {site.url}/none" in " ".join(source.remarks())


def test_an_entry_without_text_is_told(site: Site) -> None:
    site.replies["/feed"] = rss(item("One", "/1", ""), item("Two", "/2", "Second."))
    source = Feed(url=f"{site.url}/feed", pause=0)
    assert len(list(source.rows())) == 1
    assert f"no text in {site.url}/1" in " ".join(source.remarks())


def test_what_is_no_feed_is_the_users_mistake(site: Site) -> None:
    with pytest.raises(UserError, match="neither RSS nor Atom"):
        list(Feed(url=f"{site.url}/1", pause=0).rows())


def test_entries_cannot_lead_into_a_private_network(site: Site) -> None:
    site.replies["/feed"] = rss(item("One", f"http://localhost:{site.port}/1", "First."))
    with pytest.raises(UserError, match="private network"):
        list(Feed(url=f"{site.url}/feed", pages=True, pause=0).rows())
    assert "/1" not in site.asked
