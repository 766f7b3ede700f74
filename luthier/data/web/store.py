"""Fetched documents on disk, each whole or not at all, under the user's cache."""

import hashlib
import json
import time
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import final

from luthier.core.cache import cache_folder
from luthier.core.errors import UserError
from luthier.core.files import write_bytes, write_text
from luthier.data.web.page import Page


def web_folder() -> Path:
    """Where what was fetched from the web lies; it may be removed at any time."""
    return cache_folder() / "web"


@final
class Store:
    """One file for each address: a line of JSON about the document, then its bytes, packed.

    It also remembers which collections were begun and not finished, so that the next attempt
    takes what the first one fetched as it is.
    """

    def __init__(self, folder: Path | None = None):
        self._folder = folder or web_folder()

    def find(self, url: str) -> Page | None:
        """The document that was last fetched from an address.

        Raises:
            UserError: its file is damaged.
        """
        path = self._path(url)
        try:
            head, _, packed = path.read_bytes().partition(b"\n")
            return Page(body=zlib.decompress(packed), **json.loads(head))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, zlib.error) as error:
            raise UserError(f"{path}: damaged ({error}). Remove it.") from error

    def keep(self, page: Page) -> None:
        """Write a document, in place of an older one of its address."""
        about = asdict(page)
        body = about.pop("body")
        head = json.dumps(about, ensure_ascii=True)
        write_bytes(self._path(page.url), head.encode() + b"\n" + zlib.compress(body))

    def begin(self, collection: str) -> float:
        """When this collection was begun, in seconds since 1970: now, unless it was cut short."""
        path = self._journal(collection)
        try:
            return float(path.read_text("ascii"))
        except FileNotFoundError:
            now = time.time()
            write_text(path, repr(now))
            return now

    def finish(self, collection: str) -> None:
        """Remember that all of the collection was visited."""
        self._journal(collection).unlink(missing_ok=True)

    def _path(self, url: str) -> Path:
        name = hashlib.sha256(url.encode()).hexdigest()[:32]
        return self._folder / "pages" / name[:2] / name

    def _journal(self, collection: str) -> Path:
        name = hashlib.sha256(collection.encode()).hexdigest()[:32]
        return self._folder / "unfinished" / name
