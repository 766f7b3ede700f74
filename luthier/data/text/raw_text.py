"""Text that still holds undecoded bytes, read piece by piece: the parts of a mail, or a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from luthier.data.text.charset import bytes_of, decode, holds_bytes
from luthier.data.text.markup import declared_charset
from luthier.data.text.mime import is_mail, parse


@dataclass(slots=True)
class Reading:
    """A text without undecoded bytes, the codecs they were read by, and whether any were lost."""

    text: str
    codecs: list[str] = field(default_factory=list)
    lossy: bool = False


def read_bytes(text: str, otherwise: str | None = None) -> Reading:
    """Decode the bytes that a text holds as lone surrogates, and its ISO-2022 escapes.

    Each part of a mail is read by its own charset, and its headers by that of the parts. A page is
    read by the charset it declares itself.

    Args:
        text: read as UTF-8 with `surrogateescape`, lines ending in newlines alone.
        otherwise: the charset of what declares none; if not given, it is detected.
    """
    reading = Reading(text)
    pieces = list(_pieces(text))
    for piece in sorted(pieces, key=lambda piece: piece.is_header):
        raw = text[piece.start : piece.end]
        if holds_bytes(raw):
            declared = piece.declared or otherwise
            if piece.is_header and reading.codecs:
                declared = reading.codecs[0]
            found = decode(bytes_of(raw), declared)
            reading.codecs.append(found.codec)
            reading.lossy |= found.lossy
            raw = found.text
        piece.text = raw
    reading.text = "".join(piece.text for piece in pieces)
    return reading


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    declared: str | None
    is_header: bool = False
    text: str = ""


def _pieces(text: str) -> Iterator[_Piece]:
    """The contents of a mail and what is between them, in order; all of it, if it is no mail."""
    if not is_mail(text):
        yield _Piece(0, len(text), declared_charset(text))
        return
    leaves = list(parse(text).leaves())
    charsets = [
        leaf.parameter("charset") or declared_charset(text[leaf.body : leaf.end]) for leaf in leaves
    ]
    first = next(filter(None, charsets), None)
    position = 0
    for leaf, charset in zip(leaves, charsets, strict=True):
        yield _Piece(position, leaf.body, first, is_header=True)
        yield _Piece(leaf.body, leaf.end, charset)
        position = leaf.end
    yield _Piece(position, len(text), first, is_header=True)
