"""Rows that wait on disk, in order, until it is known what becomes of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from luthier.core.records import Row

_ID_BYTES = 16
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Waiting(NamedTuple):
    """A row as it comes back from the spool; `weight` is about its size in bytes."""

    id: str
    derived_from: list[str]
    fields: dict[str, Any]
    weight: int

    def row(self) -> Row:
        """The same as a `Row`."""
        return Row(self.fields, tuple(self.derived_from))


class Spool:
    """A file of rows, and beside it one of their ids that any number can be looked up in."""

    def __init__(self, scratch: Path):
        self._rows = (scratch / "rows.jsonl").open("w+b")
        self._ids = (scratch / "ids").open("w+b")
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: Row) -> None:
        """Put a row at the end."""
        record = (row.id, row.derived_from, row.fields)
        self._rows.write(_JSON.encode(record).encode("utf-8", "surrogatepass") + b"\n")
        self._ids.write(bytes.fromhex(row.id))
        self._count += 1

    def id(self, number: int) -> str:
        """The id of the row that was put in as number `number`, from 0."""
        self._ids.seek(number * _ID_BYTES)
        return self._ids.read(_ID_BYTES).hex()

    def __iter__(self) -> Iterator[Waiting]:
        self._rows.seek(0)
        for line in self._rows:
            row_id, derived_from, fields = json.loads(line.decode("utf-8", "surrogatepass"))
            yield Waiting(row_id, derived_from, fields, len(line))

    def close(self) -> None:
        """Close the files; whoever owns the folder removes them."""
        self._rows.close()
        self._ids.close()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
