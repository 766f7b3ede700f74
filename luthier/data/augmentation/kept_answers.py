"""What models have answered, kept on disk by what they were asked: a second run asks nothing."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from luthier.core.cache import cache_folder
from luthier.core.errors import UserError
from luthier.core.files import complain_if_unwritable

_MADE = (
    "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID"
)
_WAIT = 60.0  # seconds for another process to write


def key_of(*asked: object) -> bytes:
    """The key of an answer: 128 bits of the SHA-256 of all that it depends on."""
    text = json.dumps(asked, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()[:16]


class KeptAnswers:
    """Texts by key, in one file of the cache; each is on disk before the next is asked for.

    Raises:
        UserError: the cache may not be written, or the file is damaged.
    """

    def __init__(self, path: Path | None = None):
        self._path = path or cache_folder() / "answers.sqlite"
        with complain_if_unwritable(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as file:
            file.execute(_MADE)

    def find(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Those that are there."""
        with self._open() as file:
            rows = (
                file.execute("SELECT key, text FROM answers WHERE key = ?", (key,)).fetchone()
                for key in keys
            )
            return {key: text for key, text in filter(None, rows)}

    def keep(self, found: Iterable[tuple[bytes, str]]) -> Iterator[tuple[bytes, str]]:
        """Write each answer down as it comes, and give it on."""
        with self._open() as file:
            for key, text in found:
                with file:
                    file.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, text))
                yield key, text

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT)) as file:
                yield file
        except sqlite3.DatabaseError as error:
            raise UserError(f"{self._path}: {error}. Remove the file to begin anew.") from error
