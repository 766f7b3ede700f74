"""Sitemaps: lists of pages and lists of such lists, as XML or plain text, also packed."""

import gzip
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, final
from xml.parsers import expat

_GZ = b"\x1f\x8b"
_ROOTS = ("urlset", "sitemapindex")


@dataclass(slots=True)
class Addresses:
    """The addresses in a sitemap, as written: of `pages`, and of further `maps`."""

    pages: list[str] = field(default_factory=list)
    maps: list[str] = field(default_factory=list)


def read_sitemap(body: bytes, max_bytes: int) -> Addresses:
    """Read a sitemap as sitemaps.org defines it.

    Args:
        body: XML, or text with an address a line; perhaps packed by gzip.
        max_bytes: that it may unpack to.

    Raises:
        ValueError: it is neither, or too large, in a few words.
    """
    body = _unpacked(body, max_bytes)
    start = body[:1000].decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    if start.startswith(("http://", "https://")):
        lines = body.decode("utf-8-sig", "replace").split("\n")
        return Addresses(pages=[line.strip() for line in lines if line.strip()])
    return _Reader().read(body)


def _unpacked(body: bytes, max_bytes: int) -> bytes:
    if not body.startswith(_GZ):
        return body
    try:
        with gzip.open(BytesIO(body)) as file:
            unpacked = file.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error):
        raise ValueError("no whole gzip file") from None
    if len(unpacked) > max_bytes:
        raise ValueError(f"larger than {max_bytes / 2**20:g} MB when unpacked")
    return unpacked


@final
class _Reader:
    """One pass with expat. A document type, and so every entity of its own, is refused."""

    def __init__(self) -> None:
        self._found = Addresses()
        self._path: list[str] = []
        self._text: list[str] = []

    def read(self, body: bytes) -> Addresses:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(body, True)
        except expat.ExpatError as error:
            raise ValueError(f"no sitemap: {error}") from None
        return self._found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if not self._path and name not in _ROOTS:
            raise ValueError(f"no sitemap, but a document of <{name[:60]}>")
        self._path.append(name)
        self._text.clear()

    def _end(self, name: str) -> None:
        match self._path:
            case ["urlset", "url", "loc"]:
                self._found.pages.append("".join(self._text).strip())
            case ["sitemapindex", "sitemap", "loc"]:
                self._found.maps.append("".join(self._text).strip())
        self._path.pop()

    def _characters(self, text: str) -> None:
        if self._path[-1] == "loc":
            self._text.append(text)


def _refuse_type(*_: Any) -> None:
    raise ValueError("no sitemap: it declares a document type")
