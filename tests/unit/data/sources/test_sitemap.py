import gzip

import pytest

from luthier.core.errors import UserError
from luthier.data.open import open_source
from luthier.data.sources import sitemap as module
from luthier.data.sources.sitemap import Sitemap
from tests.websites import PROSE, Reply, Site, serve

XML = {"Content-Type": "application/xml"}


def pages(*urls: str) -> bytes:
    listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f"<urlset>{listed}</urlset>".encode()


def maps(*urls: str) -> bytes:
    listed = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<sitemapindex>{listed}</sitemapindex>".encode()


@pytest.fixture(autouse=True)
def _three_pages(site: Site) -> None:
    for path in ("/a", "/b", "/blog/c"):
        site.page(path, PROSE)
    listed = (f"{site.url}/b", f"{site.url}/a", f"{site.url}/blog/c", f"{site.url}/a")
    site.replies["/sitemap.xml"] = Reply(pages(*listed), headers=XML)


def places(source: Sitemap, site: Site) -> list[str]:
    return [row.place.removeprefix(site.url) for row in source.rows()]


def said(source: Sitemap) -> str:
    return " ".join(source.remarks())


def test_a_prefix_names_the_sitemap() -> None:
    assert isinstance(open_source("sitemap:https://a.example/"), Sitemap)


def test_rows_are_the_listed_pages_in_order(site: Site) -> None:
    source = Sitemap(url=f"{site.url}/sitemap.xml", pause=0)
    assert places(source, site) == ["/b", "/a", "/blog/c"]


def test_the_sitemap_of_a_site_is_found(site: Site) -> None:
    assert places(Sitemap(url=site.url, pause=0), site) == ["/b", "/a", "/blog/c"]


def test_robots_txt_tells_the_sitemaps_of_a_site(site: Site) -> None:
    site.replies["/robots.txt"] = Reply(f"Sitemap: {site.url}/other.txt\nUser-agent: *\nDisallow:")
    site.replies["/other.txt"] = Reply(f"{site.url}/a\n", headers={"Content-Type": "text/plain"})
    assert places(Sitemap(url=site.url, pause=0), site) == ["/a"]


def test_an_index_is_followed_also_to_packed_sitemaps(site: Site) -> None:
    index = maps(f"{site.url}/1.xml.gz", "/2.xml", f"{site.url}/index.xml", "/none.xml")
    site.replies["/index.xml"] = Reply(index, headers=XML)
    packed = gzip.compress(pages(f"{site.url}/a"))
    site.replies["/1.xml.gz"] = Reply(packed, headers={"Content-Type": "application/gzip"})
    site.replies["/2.xml"] = Reply(pages(f"{site.url}/b"), headers=XML)
    source = Sitemap(url=f"{site.url}/index.xml", pause=0)
    assert places(source, site) == ["/a", "/b"]
    assert f"status 404 in {site.url}/none.xml" in said(source)
    assert site.times("/index.xml") == 1


def test_there_is_an_end_to_sitemaps(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_MAPS", 2)
    site.replies["/index.xml"] = Reply(maps("/sitemap.xml", "/2.xml", "/3.xml"), headers=XML)
    source = Sitemap(url=f"{site.url}/index.xml", pause=0)
    assert len(places(source, site)) == 3
    assert "Sitemaps not read because there was enough: 2." in said(source)


def test_a_share_of_the_pages_can_be_taken(site: Site) -> None:
    source = Sitemap(url=site.url, max_pages=2, pause=0)
    assert places(source, site) == ["/b", "/a"]
    assert "Listed pages left out because of `max_pages`: 1." in said(source)


def test_only_pages_that_match_are_taken(site: Site) -> None:
    source = Sitemap(url=site.url, match="*/blog/*", pause=0)
    assert places(source, site) == ["/blog/c"]
    assert "Listed pages that do not match: 2." in said(source)


def test_pages_of_other_sites_are_left_out(site: Site) -> None:
    with serve() as other:
        listed = pages(f"{other.url}/x", f"{site.url}/a", "http://10.0.0.1/")
        site.replies["/sitemap.xml"] = Reply(listed, headers=XML)
        source = Sitemap(url=site.url, pause=0)
        assert places(source, site) == ["/a"]
        assert other.asked == []
    assert "listed by the sitemap of another site" in said(source)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=404), "status 404"),
        (Reply("<html></html>", headers=XML), "no sitemap, but a document of <html>"),
        (Reply("<html></html>"), "its content type is text/html"),
        (Reply("<urlset></urlset>", headers=XML), "it names none"),
    ],
)
def test_what_is_no_sitemap_is_the_users_mistake(site: Site, reply: Reply, reason: str) -> None:
    site.replies["/sitemap.xml"] = reply
    with pytest.raises(UserError, match=reason):
        list(Sitemap(url=f"{site.url}/sitemap.xml", pause=0).rows())
