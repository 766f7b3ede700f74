"""RSS and Atom: the entries of a feed, as they lie in it."""

import calendar
from io import BytesIO
from typing import Any

from luthier.core.extras import extra
from luthier.data.text.markup import text_of_html, tidy
from luthier.data.web.page import MAX_TAGS, Page, moment

with extra("collect", "Reading a feed"):
    import feedparser


def read_feed(page: Page) -> list[dict[str, Any]]:
    """A row for each entry of a feed, in its order.

    `text` is the entry's content, else its summary, and may be empty; `date` is the moment of
    publication, else of the last change, in UTC; `url` is absolute, and None if there is none.

    Raises:
        ValueError: it is no feed, or has too many tags, in a few words.
    """
    if page.body.count(b"<") + page.body.count(b"&lt;") > MAX_TAGS:
        raise ValueError(f"more than {MAX_TAGS:,} tags")
    # From bytes in memory: given a name, feedparser would open or fetch it.
    told = {"content-type": page.content_type, "content-location": page.final_url}
    feed = feedparser.parse(BytesIO(page.body), response_headers=told, sanitize_html=False)
    if not feed.get("version") and not feed.entries:
        raise ValueError("neither RSS nor Atom")
    fetched = moment(page.fetched)
    return [_row(entry, feed.feed.get("language"), fetched) for entry in feed.entries]


def _row(entry: Any, language: str | None, fetched: str) -> dict[str, Any]:
    # Plain look-ups: feedparser's own `get` warns where it takes one date for the other.
    when = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    link = entry.get("link") or ""
    contents = entry.get("content") or [entry.get("summary_detail") or {}]
    return {
        "text": "\n\n".join(filter(None, map(_text, contents))),
        "title": _text(entry.get("title_detail") or {}) or None,
        "date": moment(calendar.timegm(when)) if when else None,
        "author": entry.get("author") or None,
        "language": contents[0].get("language") or language,
        "url": link if link.startswith(("http://", "https://")) else None,
        "fetched": fetched,
    }


def _text(part: Any) -> str:
    value = part.get("value") or ""
    return text_of_html(value) if "html" in (part.get("type") or "") else tidy(value)
