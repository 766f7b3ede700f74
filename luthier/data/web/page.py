"""A document as a web server gave it, or the reason why there is none."""

from dataclasses import dataclass
from datetime import UTC, datetime

COLUMNS = ("text", "title", "date", "author", "language", "url", "fetched")
"""What a row of the web holds; what is not told is None."""

MAX_TAGS = 100_000
"""Tags of a document; more make it a table of data, or an attack: looking through takes minutes."""


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched document.

    Attributes:
        url: what was asked for.
        final_url: where it was found, after redirects.
        content_type: as the server says, with the charset; in small letters, perhaps empty.
        body: its bytes, without the compression of the transport.
        fetched: when these bytes came, in seconds since 1970.
        checked: when the server last said that they still hold; `fetched` at first.
        etag, last_modified: by which the server tells whether it has changed; perhaps empty.
    """

    url: str
    final_url: str
    content_type: str
    body: bytes
    fetched: float
    checked: float
    etag: str = ""
    last_modified: str = ""


class NotFetched(Exception):
    """Why a document is not there, in a few words that fit behind its address and a colon.

    Attributes:
        reason: the words; documents with the same reason are counted together.
        transient: whether it may be there a little later.
        wait: seconds after which the server asks to come back, if it says so.
    """

    def __init__(self, reason: str, *, transient: bool = False, wait: float | None = None):
        super().__init__(reason)
        self.reason = reason
        self.transient = transient
        self.wait = wait


def moment(seconds: float) -> str:
    """Seconds since 1970 in ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
