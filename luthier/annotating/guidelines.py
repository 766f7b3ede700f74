"""Guidelines as people wrote them in Markdown, as HTML that nobody can hide a script in."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

# HTML in the text stays text, links lead to http, https and mailto alone; a picture would have to
# be fetched from somewhere, which the page's policy forbids.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_MARKDOWN.disable(["image"])
_HEADINGS_BELOW = 2  # the page has an h1 and an h2 of its own above them


@lru_cache(maxsize=8)
def as_html(text: str) -> Markup:
    """Guidelines to show beside the item; their headings begin two levels further down."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + _HEADINGS_BELOW)}"
        for inner in token.children or ():
            if inner.type == "link_open":
                inner.attrSet("target", "_blank")
                inner.attrSet("rel", "noreferrer")
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
