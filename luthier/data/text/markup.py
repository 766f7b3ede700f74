"""HTML to readable text, in one pass over its tags and in linear time whatever the nesting."""

import re
from html import unescape

# No tree is built. A conforming tree takes quadratic time for elements that are nested deeply, and
# memory without bound for formatting elements that are never closed; text needs neither.

_BLOCK = re.compile(
    "address|article|aside|body|br|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset"
    "|figcaption|figure|footer|form|frame|frameset|header|hgroup|hr|html|legend|li|main|menu|nav"
    "|option|section|select|summary|tbody|tfoot|thead|tr"
)
_PARAGRAPH = re.compile("blockquote|h[1-6]|ol|p|pre|table|ul")
_CELL = re.compile("t[dh]")
_UNREAD = re.compile("iframe|noembed|noframes|script|style|svg|template|title")
_OTHER = re.compile(
    "a|b|big|em|font|head|i|img|input|link|meta|small|span|strong|su[bp]|tt|u|x-html"
)

_BLOCK_END, _PARAGRAPH_END = "\x0b", "\x0c"  # until it is known what they meet
_PLACEHOLDER = re.compile(r"[\x0b\x0c]")
_GAP = re.compile(r"[ \n\x0b\x0c]+")

_NAME = re.compile(r"/?([a-zA-Z][^\s/>]*)")
# Up to the end of a tag; a quote means something only right after an equals sign.
_REST_OF_TAG = re.compile(r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])))*+>""")
_END_OF_COMMENT = re.compile(r"--!?>")
_WHITE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")

_OPENING = re.compile(r"\s*<(?:!doctype\s+html|!--|\?xml|(/?[a-z][a-z0-9-]*))", re.IGNORECASE)
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_CHARSET = re.compile(
    r"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)


def is_html(text: str) -> bool:
    """Whether a text is marked up as a whole: it opens with a tag, or breaks its lines by tags.

    Text that only speaks of tags, or shows some inside a fence of code, is not.
    """
    opening = _OPENING.match(text)
    if opening:
        name = opening.group(1)
        return name is None or _is_known(name.lower().removeprefix("/"))
    return "```" not in text and len(_LINE_BREAK_TAG.findall(text)) >= 2


def _is_known(name: str) -> bool:
    return any(kind.fullmatch(name) for kind in (_BLOCK, _PARAGRAPH, _CELL, _UNREAD, _OTHER))


def declared_charset(html: str) -> str | None:
    """The charset label an HTML or XML text gives in its first 4,096 characters."""
    found = _CHARSET.search(html, 0, 4096)
    return (found.group(1) or found.group(2)) if found else None


def text_of_html(html: str) -> str:
    """The text a reader sees: a line for each block, a blank line between paragraphs.

    Scripts, styles, comments and the page's title are left out, entities decoded.
    """
    return tidy(_GAP.sub(_line_break, "".join(_Reader(html).pieces())))


def tidy(text: str) -> str:
    """The text with single spaces, no white space at the ends of lines, and single blank lines."""
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()


def _line_break(gap: re.Match[str]) -> str:
    # Ends and beginnings of blocks that meet are one break, however many they are.
    found = gap.group()
    if _PARAGRAPH_END in found or found.count("\n") > 1:
        return "\n\n"
    return "\n" if _BLOCK_END in found else found


class _Reader:
    """One pass over a page, tag by tag."""

    def __init__(self, html: str):
        self._html = html
        self._position = 0
        self._preformatted = False
        self._trusts_quotes = True
        self._closes_comments = True
        self._never_closed: set[str] = set()

    def pieces(self) -> list[str]:
        """Everything there is to read, in order; blocks have become line breaks."""
        html, found = self._html, []
        while (start := html.find("<", self._position)) >= 0:
            found.append(self._text(self._position, start))
            found.append(self._markup(start))
        found.append(self._text(self._position, len(html)))
        return found

    def _text(self, start: int, end: int) -> str:
        text = _PLACEHOLDER.sub(" ", unescape(self._html[start:end]))
        return text if self._preformatted else _WHITE.sub(" ", text)

    def _markup(self, start: int) -> str:
        """Step over the markup at `start` and return what stands for it."""
        html = self._html
        name = _NAME.match(html, start + 1)
        if name:
            self._position = self._end_of_tag(name.end())
            return self._tag(name.group(1).lower(), closing=html[start + 1] == "/")
        if html.startswith("<!--", start):
            self._position = self._end_of_comment(start)
            return ""
        if html[start + 1 : start + 2] in ("!", "?", "/"):
            self._position = html.find(">", start) + 1 or len(html)
            return ""
        self._position = start + 1
        return "<"

    def _end_of_comment(self, start: int) -> int:
        # `<!-->` is a whole comment, hence from the second hyphen on. One that is never closed
        # hides nothing but itself.
        end = _END_OF_COMMENT.search(self._html, start + 2) if self._closes_comments else None
        if end:
            return end.end()
        self._closes_comments = False
        return self._html.find(">", start) + 1 or len(self._html)

    def _end_of_tag(self, position: int) -> int:
        rest = _REST_OF_TAG.match(self._html, position) if self._trusts_quotes else None
        if rest:
            return rest.end()
        # A quote is never closed. Tags end at the next bracket from here on: looking for the quote
        # again at every tag would take quadratic time.
        self._trusts_quotes = False
        return self._html.find(">", position) + 1 or len(self._html)

    def _tag(self, name: str, *, closing: bool) -> str:
        if name == "pre":
            self._preformatted = not closing
        if not closing and _UNREAD.fullmatch(name):
            self._skip(name)
        if name == "br":
            return "\n"
        if _PARAGRAPH.fullmatch(name):
            return _PARAGRAPH_END
        if _BLOCK.fullmatch(name):
            return _BLOCK_END
        return " " if _CELL.fullmatch(name) else ""

    def _skip(self, name: str) -> None:
        """Step over an element that is not for reading; one that is never closed is read."""
        if name in self._never_closed:
            return
        end = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(self._html, self._position)
        if end:
            self._position = self._html.find(">", end.end()) + 1 or len(self._html)
        else:
            self._never_closed.add(name)
