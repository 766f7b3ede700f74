"""The log of a project's answers: one JSON object a line, each on disk before `append` returns.

Nothing in it is ever changed. Entries say what was done (`do`): `answer`, `skip`, `undo` (the
person's last answer or skip), `adjudicate`.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypedDict, final

from luthier.core.errors import UserError
from luthier.core.files import complain_if_unwritable, sync_folder

NAME = "answers.jsonl"

Do = Literal["answer", "skip", "undo", "adjudicate"]


class Entry(TypedDict):
    """One line.

    Attributes:
        do: what was done.
        item: id of the row; of an undo, the item that was taken back.
        by: who did it.
        value: the answer; None for skip and undo.
        seconds: how long the item was shown, if that is known.
        guidelines: version of the guidelines that was shown.
        at: when, ISO 8601 in UTC.
        note: what was written beside it.
    """

    do: Do
    item: str
    by: str
    value: dict[str, Any] | None
    seconds: float | None
    guidelines: int
    at: str
    note: str


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "do": str,
    "item": str,
    "by": str,
    "value": (dict, type(None)),
    "seconds": (int, float, type(None)),
    "guidelines": int,
    "at": str,
    "note": str,
}
_DOINGS = frozenset({"answer", "skip", "undo", "adjudicate"})


@final
class AnswerLog:
    """The file, open for appending.

    Args:
        path: the file; made if it is not there.
        read_only: append nothing; whatever a crash left at its end stays there.
    """

    def __init__(self, path: Path, *, read_only: bool = False):
        self._path = path
        self._read_only = read_only
        self._file: BinaryIO | None = None
        self._size = path.stat().st_size if path.exists() else 0

    def replay(self) -> Iterator[Entry]:
        """All entries, in order; what an unfinished write left at the end is cut off.

        Only the very last line can be unfinished, for each was synced before the next began.

        Raises:
            UserError: another line is damaged, with its number.
        """
        if not self._path.exists():
            return
        whole = 0
        damage: UserError | None = None
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if damage is not None:
                    raise damage
                try:
                    entry = _read(line)
                except ValueError as error:
                    damage = UserError(
                        f"{self._path}:{number}: damaged ({error}). Mend or remove this line."
                    )
                    continue
                whole += len(line)
                yield entry
        if damage is not None and not self._read_only:
            with self._path.open("rb+") as file:
                file.truncate(whole)
                os.fsync(file.fileno())
        self._torn = self._size - whole
        self._size = whole

    _torn = 0

    @property
    def torn(self) -> int:
        """Bytes that `replay` found at the end and left out."""
        return self._torn

    def append(self, entries: Iterable[Entry]) -> None:
        """Put entries at the end; they are on disk when this returns.

        Raises:
            UserError: the disk is full or may not be written; then none of them is in the log.
        """
        lines = b"".join(_written(entry) for entry in entries)
        with complain_if_unwritable(self._path):
            if self._file is None:
                self._file = self._path.open("ab", buffering=0)
                sync_folder(self._path.parent)
            try:
                _write_all(self._file, lines)
                os.fdatasync(self._file.fileno())
            except OSError:
                # What of it is in the file was never acknowledged, and would tear the next line.
                self._file.truncate(self._size)
                raise
        self._size += len(lines)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _write_all(file: BinaryIO, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _written(entry: Entry) -> bytes:
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _read(line: bytes) -> Entry:
    if not line.endswith(b"\n"):
        raise ValueError("it does not end")
    try:
        entry: Entry = json.loads(line.decode("utf-8", "surrogatepass"))
    except ValueError:
        raise ValueError("no JSON") from None
    if not isinstance(entry, dict) or entry.keys() != _KINDS.keys():
        raise ValueError("no entry")
    for name, kinds in _KINDS.items():
        if not isinstance(entry[name], kinds):  # type: ignore[literal-required]
            raise ValueError(f"`{name}` is of the wrong kind")
    if entry["do"] not in _DOINGS:
        raise ValueError(f"`{entry['do']}` is unknown")
    return entry
