"""What a page says: its main text and who wrote it when, and the pages it links to."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from typing import Any
from urllib.parse import urljoin

from luthier.core.extras import extra
from luthier.data.text.charset import decode, without_controls
from luthier.data.text.markup import declared_charset
from luthier.data.web.addresses import canonical
from luthier.data.web.page import COLUMNS, MAX_TAGS, NotFetched, Page, moment

with extra("collect", "Reading the main text of a page"):
    from trafilatura import bare_extraction, load_html
    from trafilatura.settings import Document

NO_TEXT = "no main text"

# What they warn of is counted here; on a terminal it would be said twice, and once for each page.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def read_page(page: Page) -> dict[str, Any]:
    """The columns of a page's row.

    `text` is what trafilatura takes for the main text: without menus, frames, comments. `date` is
    the day of publication as the page itself tells it, in ISO 8601; `fetched` the moment its bytes
    came. What a page does not tell is None.

    Raises:
        NotFetched: it has no main text, or too many tags.
    """
    told = {"url": page.final_url, "fetched": moment(page.fetched)}
    if is_plain(page):
        return _row(told, text=text_of(page).strip())
    tree = _tree(page)
    language = tree.get("lang") or tree.get("xml:lang")
    found = bare_extraction(
        tree,
        url=page.final_url,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if not isinstance(found, Document):
        raise NotFetched(NO_TEXT)
    about = {name: getattr(found, name) or None for name in ("title", "date", "author")}
    return _row(told, text=(found.text or "").strip(), language=language, **about)


def links_of(page: Page) -> Iterator[str]:
    """Canonical addresses that a page links to, in the order of the page, repeated as they are."""
    if is_plain(page):
        return
    try:
        tree = _tree(page)
    except NotFetched:
        return  # `read_page` tells it
    declared = next((base.get("href") for base in tree.iter("base") if base.get("href")), "")
    base = urljoin(page.final_url, declared) if declared else page.final_url
    for link in tree.iter("a", "area"):
        written = link.get("href")
        if written:
            with suppress(NotFetched):  # a mail address, a script: not what is looked for
                yield canonical(written, base)


def text_of(page: Page) -> str:
    """The document's bytes as text: by the charset that it declares, if that can be right."""
    header = Message()
    header["content-type"] = page.content_type
    declared = header.get_content_charset() or declared_charset(page.body[:4096].decode("latin-1"))
    return without_controls(decode(page.body, declared).text)


def is_plain(page: Page) -> bool:
    """Whether the server says that it is text without markup."""
    return page.content_type.startswith("text/plain")


def _tree(page: Page) -> Any:
    if page.body.count(b"<") > MAX_TAGS:
        raise NotFetched(f"more than {MAX_TAGS:,} tags")
    tree = load_html(text_of(page))
    if tree is None:
        raise NotFetched(NO_TEXT)
    return tree


def _row(told: dict[str, Any], **values: Any) -> dict[str, Any]:
    fields = {**told, **values}
    if not fields["text"]:
        raise NotFetched(NO_TEXT)
    return {name: fields.get(name) for name in COLUMNS}
