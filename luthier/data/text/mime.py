"""The structure of a raw mail (RFC 5322, RFC 2046): headers and parts as places in its text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MAX_BOUNDARY = 200  # characters; the standard allows 70
MAX_DEPTH = 20  # parts within parts; what is nested deeper is read as plain text

_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:(.*)")
_MAILBOX_LINE = re.compile(r">?From \S")
_USUAL = {
    *("from", "sender", "reply-to", "to", "cc", "delivered-to", "return-path", "received"),
    *("subject", "date", "message-id", "mime-version", "content-type"),
}
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_PARAMETER = re.compile(r"""[;\s]([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))""")
_UNTOLD_BOUNDARY = re.compile(r"^--(\S.{0,69})\n(?=content-)", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Part:
    """A mail, or one part of it: header fields from `start`, content from `body` to `end`.

    Attributes:
        headers: field name in lower case -> value, unfolded; of repeated fields the first.
        parts: what it holds, if it is a multipart or an enclosed mail.
        broken: it claims to be a multipart, and its parts are not to be found as it says.
    """

    headers: Mapping[str, str]
    start: int
    body: int
    end: int
    default_type: str = "text/plain"
    parts: list["Part"] = field(default_factory=list)
    broken: bool = False

    @property
    def type(self) -> str:
        """The media type in lower case, such as `text/plain`."""
        found = _TYPE.match(self.headers.get("content-type", ""))
        return found.group().lower() if found else self.default_type

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case; empty if there is none."""
        return self.headers.get("content-transfer-encoding", "").strip().strip('"').lower()

    @property
    def is_attachment(self) -> bool:
        """Whether it is meant to be saved rather than shown."""
        value = self.headers.get("content-disposition", "")
        return value.partition(";")[0].strip().lower() == "attachment"

    def parameter(self, name: str) -> str | None:
        """A parameter of the content type, such as `charset` or `boundary`."""
        for found in _PARAMETER.finditer(self.headers.get("content-type", "")):
            if found.group(1).lower() == name:
                quoted = found.group(2)
                return found.group(3) if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        return None

    def leaves(self) -> Iterator["Part"]:
        """The parts that hold content rather than parts, in order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def is_mail(text: str) -> bool:
    """Whether a text opens with the header of a mail: at least two of the usual fields, filled."""
    headers, _ = _read_headers(text, _start(text), len(text))
    return sum(name in _USUAL for name, value in headers.items() if value) >= 2


def parse(text: str) -> Part:
    """Find the parts of a mail whose lines end in newlines alone. Never fails."""
    return _parse(text, _start(text), len(text), "text/plain", 0)


def _start(text: str) -> int:
    return len(text) - len(text.lstrip())


def _parse(text: str, start: int, end: int, default_type: str, depth: int) -> Part:
    headers, body = _read_headers(text, start, end)
    part = Part(headers, start, body, end, default_type)
    if depth >= MAX_DEPTH:
        return part
    if part.type.startswith("multipart/"):
        spans = list(_spans(text, part))
        inner = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        part.parts = [_parse(text, *span, inner, depth + 1) for span in spans]
    elif part.type == "message/rfc822" and part.encoding not in ("base64", "quoted-printable"):
        part.parts = [_parse(text, body, end, "text/plain", depth + 1)]
    return part


def _read_headers(text: str, start: int, end: int) -> tuple[dict[str, str], int]:
    """The header fields from `start` on, and where the content begins."""
    fields: list[tuple[str, list[str]]] = []
    position, body = start, end
    while position < end:
        stop = text.find("\n", position, end)
        stop = end if stop < 0 else stop
        line = text[position:stop]
        if not line.strip():
            body = min(stop + 1, end)
            break
        if line[0] in " \t" and fields:
            fields[-1][1].append(line.strip())
        elif found := _FIELD.match(line):
            fields.append((found.group(1).lower(), [found.group(2).strip()]))
        elif fields or not _MAILBOX_LINE.match(line):
            body = position
            break
        position = stop + 1
    headers: dict[str, str] = {}
    for name, lines in fields:
        headers.setdefault(name, " ".join(lines))
    return headers, body


def _spans(text: str, part: Part) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart begin and end."""
    boundary = (part.parameter("boundary") or "").rstrip()
    marks = _marks(text, part, boundary) if 0 < len(boundary) <= MAX_BOUNDARY else []
    if not marks:
        part.broken = True
        guess = _UNTOLD_BOUNDARY.search(text, part.body, part.end)
        marks = _marks(text, part, guess.group(1)) if guess else []
    for number, mark in enumerate(marks):
        if mark.group(1):
            return
        start = min(mark.end() + 1, part.end)
        end = marks[number + 1].start() - 1 if number + 1 < len(marks) else part.end
        yield start, max(start, end)


def _marks(text: str, part: Part, boundary: str) -> list[re.Match[str]]:
    mark = re.compile(rf"^--{re.escape(boundary)}(--)?[ \t]*$", re.MULTILINE)
    return list(mark.finditer(text, part.body, part.end))
