"""The rows of one collection, as a file: what was fetched is read as often as needed."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, final

from luthier.core.files import new_file
from luthier.data.web.store import web_folder


@final
class Snapshot:
    """A file of JSON lines, named by the hash of its content; any recipe can name it as a source.

    Attributes:
        path: where it lies.
        rows: how many there are.
    """

    def __init__(self, path: Path, rows: int):
        self.path = path
        self.rows = rows

    @classmethod
    def write(cls, rows: Iterable[dict[str, Any]], folder: Path | None = None) -> "Snapshot":
        """Write rows, whole or not at all, without holding them."""
        folder = folder or web_folder() / "snapshots"
        digest, count = hashlib.sha256(), 0
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
            fresh = Path(scratch) / "rows"
            with new_file(fresh) as file:
                for row in rows:
                    line = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
                    file.write(line)
                    digest.update(line)
                    count += 1
            return cls(fresh.replace(folder / f"{digest.hexdigest()[:16]}.jsonl"), count)

    @property
    def name(self) -> str:
        """Its path below the cache."""
        return "/".join(self.path.parts[-3:])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self.path.open("rb") as file:
            for line in file:
                yield json.loads(line)
