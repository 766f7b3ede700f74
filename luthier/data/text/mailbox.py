"""Mails as rows, and the mails of an mbox file (RFC 4155), one in memory at a time."""

import re
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from luthier.data.text.mail import read_mail

HEADERS = ("Subject",)
"""What stands above the body in a mail's `text`."""
_COLUMNS = ("Subject", "From", "To", "Date")
_FROM_LINE = re.compile(rb"From \S.*\d:\d\d")  # an address and a time; prose has no time
_QUOTED_FROM = re.compile(rb">+From ")


def mail_fields(raw: bytes) -> dict[str, Any]:
    """The fields of a raw mail: `text` (subject, readable body), `subject`, `from`, `to`, `date`.

    The date is in ISO 8601 if it can be read, else as it stands; what a mail has not is empty.

    Args:
        raw: the mail as it went over the wire.
    """
    letter = read_mail(raw.decode("utf-8", "surrogateescape"), HEADERS, _COLUMNS)
    subject, sender, to, date = (letter.headers[name] for name in _COLUMNS)
    fields = {"subject": subject, "from": sender, "to": to, "date": _iso(date)}
    return {"text": letter.text, **fields}


def mbox_mails(lines: Iterable[bytes], most: int) -> Iterator[tuple[int, bytes]]:
    """The raw mails of an mbox file, each with the number of the line it begins on.

    A mail begins with a line of `From `, address and time, at the start or after an empty line.
    One `>` is taken from lines of `>From `, as mboxrd has it. What stands before the first mail,
    unless it is blank, is given as if it were one, at line 0.

    Raises:
        ValueError: a mail has more than `most` bytes; with its first line.
    """
    start, size, after_blank = 0, 0, True
    mail: list[bytes] = []
    for number, line in enumerate(lines, 1):
        if after_blank and _FROM_LINE.match(line):
            if start or b"".join(mail).strip():
                yield start, b"".join(mail)
            start, size, mail = number, 0, []
        else:
            mail.append(line[1:] if _QUOTED_FROM.match(line) else line)
            size += len(line)
            if size > most:
                raise ValueError(start)
        after_blank = line in (b"\n", b"\r\n")
    if start or b"".join(mail).strip():
        yield start, b"".join(mail)


def _iso(date: str) -> str:
    try:
        return parsedate_to_datetime(date).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):  # what the parser makes of nonsense
        return date
