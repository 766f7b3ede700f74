"""A raw mail as its reader sees it: the headers that matter and the body in plain text."""

import binascii
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from luthier.data.text.charset import bytes_of, codec_of, decode, holds_bytes, without_controls
from luthier.data.text.markup import declared_charset, is_html, text_of_html, tidy
from luthier.data.text.mime import Part, parse

_ENCODED_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_BASE64_LINE = re.compile(r"[A-Za-z0-9+/]+={0,2}\s*|\s*")
_UUENCODED = re.compile(r"^begin [0-7]{3,4} \S.*\n(?:[ -`]{1,62}\n)+end$", re.MULTILINE)
_PLAIN = ("text/plain", "text/enriched", "text/richtext")
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(slots=True)
class Letter:
    """What there is to read in a mail.

    Attributes:
        text: the headers asked for, then the body.
        notes: what was met on the way: attachments left out, broken structure, bytes lost.
        headers: the header fields that were asked for apart; empty where the mail has none.
    """

    text: str = ""
    notes: Counter[str] = field(default_factory=Counter)
    headers: dict[str, str] = field(default_factory=dict)


def read_mail(
    text: str, headers: Sequence[str] = ("Subject",), apart: Sequence[str] = ()
) -> Letter:
    """Turn a raw mail into readable text: chosen headers, an empty line, the body. Never fails.

    Of alternatives the plain text is taken, else HTML as text; parts of other kinds and those
    marked as attachments are left out and counted. Transfer encodings (base64, quoted-printable)
    and encoded words (RFC 2047) are undone, charsets read by `luthier.data.charset.decode`.
    """
    letter = Letter()
    text = text.replace("\r\n", "\n")
    reader, mail = _Reader(text, headers, letter.notes), parse(text)
    letter.text = tidy(reader.message(mail))
    letter.headers = {name: reader.header(mail, name) for name in apart}
    return letter


def decode_words(value: str) -> str:
    """Undo the encoded words of a header field (RFC 2047), such as `=?gb2312?B?xOO6ww==?=`.

    Neighbours in one charset are joined before they are decoded: mail programs cut between the
    bytes of a character. What cannot be undone stays as it is.
    """
    pieces: list[str] = []
    waiting: list[bytes] = []
    charset, position = "", 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[position : word.start()]
        apart = bool(between.strip()) or not waiting
        if apart or word.group(1).lower() != charset:
            pieces += _decoded(waiting, charset), between if apart else ""
            waiting = []
        charset, position = word.group(1).lower(), word.end()
        waiting.append(_word_bytes(word))
    pieces += _decoded(waiting, charset), value[position:]
    return "".join(pieces)


def _decoded(words: list[bytes], charset: str) -> str:
    return decode(b"".join(words), charset).text if words else ""


def _word_bytes(word: re.Match[str]) -> bytes:
    data = bytes_of(word.group(3))
    if word.group(2) in "qQ":
        return binascii.a2b_qp(data, header=True)
    return _from_base64(data)


def _from_base64(data: bytes) -> bytes:
    digits = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    # A single digit left over holds less than a byte.
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


class _Reader:
    """Reads one mail, and counts what it meets."""

    def __init__(self, text: str, headers: Sequence[str], notes: Counter[str]):
        self._text = text
        self._headers = headers
        self._notes = notes

    def message(self, part: Part) -> str:
        """The chosen headers and the body of a mail, or of a mail enclosed in another."""
        values = ((name, self.header(part, name)) for name in self._headers)
        lines = [f"{name}: {value}" for name, value in values if value]
        return "\n".join(lines) + "\n\n" + self._body(part)

    def header(self, part: Part, name: str) -> str:
        """A header field of a mail, decoded, on one line; empty if there is none."""
        value = part.headers.get(name.lower(), "")
        charset = next((leaf.parameter("charset") for leaf in part.leaves()), None)
        if holds_bytes(value):
            value = decode(bytes_of(value), charset).text
        return " ".join(without_controls(decode_words(value)).split())

    def _body(self, part: Part) -> str:
        if part.broken:
            self._notes["mails whose parts are broken"] += 1
        if not part.parts:
            return self._leaf(part)
        if part.type == "message/rfc822":
            return self.message(part.parts[0])
        if part.type == "multipart/alternative":
            return self._alternative(part)
        return "\n\n".join(self._body(inner) for inner in part.parts)

    def _alternative(self, part: Part) -> str:
        plain_first = sorted(part.parts, key=lambda inner: inner.type not in _PLAIN)
        return next((text for inner in plain_first if (text := self._body(inner)).strip()), "")

    def _leaf(self, part: Part) -> str:
        readable = part.broken or part.type in _PLAIN or part.type in _HTML
        if part.is_attachment or not readable:
            self._notes["attachments left out"] += 1
            return ""
        content = self._content(part)
        if part.type in _HTML or is_html(content):
            return text_of_html(content)
        content, count = _UUENCODED.subn("", content)
        if count:
            self._notes["attachments left out"] += count
        return content

    def _content(self, part: Part) -> str:
        """What a part holds, as text: transfer encoding and charset undone."""
        raw = self._text[part.body : part.end]
        charset, rest = part.parameter("charset"), ""
        if part.encoding == "base64":
            digits, rest = _split_base64(raw)
            if rest.strip() and not digits.strip():
                self._notes["parts that are not the base64 they claim to be"] += 1
            data = _from_base64(digits.encode("ascii"))
        elif part.encoding == "quoted-printable":
            data, charset = _to_bytes(raw, charset)
            data = binascii.a2b_qp(data)
        elif holds_bytes(raw):
            data = bytes_of(raw)
        else:
            return without_controls(raw)
        if charset is None or codec_of(charset) is None:
            charset = declared_charset(data[:4096].decode("latin-1"))
        decoded = decode(data, charset)
        if decoded.lossy:
            self._notes["parts with undecodable bytes"] += 1
        appended = decode(bytes_of(rest), charset).text if holds_bytes(rest) else rest
        return without_controls(decoded.text + appended)


def _to_bytes(text: str, charset: str | None) -> tuple[bytes, str | None]:
    """The bytes that quoted-printable stands in, and the charset they are in.

    Where 8-bit characters among it were decoded before, they go back to the bytes they were.
    """
    if text.isascii() or holds_bytes(text):
        return bytes_of(text), charset
    try:
        return text.encode(codec_of(charset or "us-ascii") or "utf-8"), charset
    except UnicodeEncodeError:
        return bytes_of(text), "utf-8"


def _split_base64(text: str) -> tuple[str, str]:
    """The base64 at the start, and what follows it: mailing lists append their footers as text."""
    lines = text.split("\n")
    last = next((i for i, line in enumerate(lines) if not _BASE64_LINE.fullmatch(line)), len(lines))
    return "\n".join(lines[:last]), "\n" + "\n".join(lines[last:])
