from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.data.web.feeds import read_feed
from luthier.data.web.page import COLUMNS, MAX_TAGS, Page

RSS = """<?xml version="1.0" encoding="{charset}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>琴</title>
<link>https://a.example/</link><language>zh-cn</language>
<item><title>胶 &amp;amp; 漆</title><link>/glue</link><dc:creator>Ada</dc:creator>
<pubDate>Mon, 06 May 2024 09:08:09 +0200</pubDate><description>Short.</description>
<content:encoded>
<![CDATA[<p>很慢。</p><script>x</script><p>Very <b>slow</b>.</p>]]></content:encoded>
</item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Strings</title>
<entry><title type="html">A &lt;i&gt;B&lt;/i&gt;</title><link href="https://b.example/1"/>
<updated>2024-05-06T07:08:09Z</updated><summary>1 &lt; 2</summary></entry>
<entry><title>No more</title><id>tag:x</id></entry></feed>"""


def page(body: str | bytes, content_type: str = "application/xml") -> Page:
    content = body.encode() if isinstance(body, str) else body
    return Page("https://a.example/feed", "https://a.example/feed", content_type, content, 0, 0)


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_an_entry_of_rss_is_a_row(charset: str) -> None:
    assert read_feed(page(RSS.format(charset=charset).encode(charset))) == [
        {
            "text": "很慢。\n\nVery slow.",
            "title": "胶 & 漆",
            "date": "2024-05-06T07:08:09+00:00",
            "author": "Ada",
            "language": "zh-cn",
            "url": "https://a.example/glue",
            "fetched": "1970-01-01T00:00:00+00:00",
        }
    ]


def test_an_entry_of_atom_is_a_row() -> None:
    first, second = read_feed(page(ATOM))
    assert (first["text"], first["title"], first["url"]) == ("1 < 2", "A B", "https://b.example/1")
    assert (first["date"], first["language"]) == ("2024-05-06T07:08:09+00:00", "en")
    assert (second["text"], second["date"], second["url"]) == ("", None, None)


def test_a_broken_feed_is_read_as_far_as_possible() -> None:
    body = RSS.format(charset="utf-8").replace("</channel></rss>", "<item><title>A & B</b>")
    assert read_feed(page(body))[0]["author"] == "Ada"


def test_entities_do_not_blow_up() -> None:
    entities = '<!ENTITY a "xxxxxxxxxx">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in pairwise("abcdefg")
    )
    item = "<item><title>&g;</title></item>"
    body = f"<!DOCTYPE x [{entities}]><rss version='2.0'><channel>{item}</channel></rss>"
    assert len(str(read_feed(page(body)))) < 1000


def test_files_of_this_machine_are_not_read() -> None:
    body = (
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        "<rss version='2.0'><channel><item><title>&a;</title></item></channel></rss>"
    )
    assert "root" not in str(read_feed(page(body)))


@pytest.mark.parametrize("body", ["", "/etc/passwd", "https://a.example/", "<html></html>", "{}"])
def test_what_is_no_feed_is_told(body: str) -> None:
    with pytest.raises(ValueError, match="neither RSS nor Atom"):
        read_feed(page(body))


def test_a_feed_of_nothing_but_tags_is_told() -> None:
    with pytest.raises(ValueError, match="100,000 tags"):
        read_feed(page("<rss version='2.0'>" + "<item>" * MAX_TAGS))


pieces = st.lists(
    st.sampled_from(
        [
            *(
                "<rss version='2.0'>",
                "<channel>",
                "<item>",
                "</item>",
                "<title>",
                "</title>",
                "<feed>",
            ),
            *("<entry>", "<link>", "<link href='http://[x'/>", "&lt;p&gt;", "<pubDate>x</pubDate>"),
            *("<content type='html'>", "<description>", "<![CDATA[", "]]>", "&", "<!DOCTYPE", "琴"),
        ]
    ),
    max_size=25,
)


@settings(max_examples=50)
@given(pieces, st.binary(max_size=40))
def test_any_bytes_are_a_feed_or_are_told(start: list[str], junk: bytes) -> None:
    try:
        rows = read_feed(page("".join(start).encode() + junk))
    except ValueError:
        return
    assert all(tuple(row) == COLUMNS and isinstance(row["text"], str) for row in rows)
