import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.web.sitemaps import Addresses, read_sitemap

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PAGES = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {SPACE} '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
    "<url><loc> https://a.example/?a=1&amp;b=页 </loc><lastmod>2024-05-06</lastmod>"
    "<image:image><image:loc>https://a.example/i.png</image:loc></image:image></url>"
    "<url><loc><![CDATA[https://a.example/b]]></loc></url></urlset>"
).encode()
MAPS = (
    f"<sitemapindex {SPACE}><sitemap><loc>https://a.example/1.xml</loc></sitemap></sitemapindex>"
).encode()
LISTED = ["https://a.example/?a=1&b=页", "https://a.example/b"]
LIMIT = 100_000


def test_pages_are_listed_and_pictures_are_not() -> None:
    assert read_sitemap(PAGES, LIMIT) == Addresses(pages=LISTED)


def test_an_index_lists_sitemaps() -> None:
    assert read_sitemap(MAPS, LIMIT) == Addresses(maps=["https://a.example/1.xml"])


def test_a_sitemap_may_be_packed() -> None:
    assert read_sitemap(gzip.compress(PAGES), LIMIT).pages == LISTED


def test_a_sitemap_may_be_text() -> None:
    body = "\ufeffhttps://a.example/?a=1&b=页\r\n\r\nhttps://a.example/b\r\n"
    assert read_sitemap(body.encode(), LIMIT).pages == LISTED


def test_a_sitemap_needs_no_namespace() -> None:
    assert read_sitemap(b"<urlset><url><loc>x</loc></url></urlset>", LIMIT).pages == ["x"]


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "'
    + b"x" * 1000
    + b'"><!ENTITY b "'
    + b"&a;" * 1000
    + b'"><!ENTITY c "'
    + b"&b;" * 1000
    + b'">]><urlset><url><loc>&c;</loc></url></urlset>'
)
OUTSIDE = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<urlset><url><loc>&a;</loc></url></urlset>"
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        (b"<!DOCTYPE html><html></html>", "document type"),
        (b"<rss></rss>", "document of <rss>"),
        (b"", "no element found"),
        (PAGES[:-9], "no element found"),
        (b"<urlset><url></urlset>", "mismatched tag"),
        (gzip.compress(PAGES)[:-9], "no whole gzip"),
        (b"\x1f\x8bxxxxxxxxxxxxxxxx", "no whole gzip"),
        (gzip.compress(bytes(LIMIT + 1)), "larger than"),
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_sitemap(body, LIMIT)


tags = st.sampled_from(
    [
        b"<urlset>",
        b"<url>",
        b"<loc>",
        b"</loc>",
        b"</url>",
        b"</urlset>",
        b"<sitemapindex>",
        b"&lt;",
    ]
)


@given(st.lists(st.one_of(tags, st.binary(max_size=5)), max_size=20), st.booleans())
def test_any_bytes_are_a_sitemap_or_are_told(pieces: list[bytes], packed: bool) -> None:
    body = b"".join(pieces)
    try:
        found = read_sitemap(gzip.compress(body) if packed else body, LIMIT)
    except ValueError:
        return
    assert all(isinstance(url, str) for url in [*found.pages, *found.maps])
