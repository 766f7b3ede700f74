"""Writing rows as Parquet parts, a row group at a time, so that memory stays flat."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from luthier.core.records import Row
from luthier.data.storage.columns import Columns
from luthier.data.storage.manifest import DROPPED, File, Part, Split

GROUP_ROWS = 1024
GROUP_BYTES = 1 << 20
"""A row group is what one random access reads: whichever of the two is reached first ends it."""
PART_BYTES = 256 << 20

DROPPED_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("derived_from", pa.list_(pa.string())),
        ("step", pa.string()),
        ("reason", pa.string()),
        ("because_of", pa.string()),
    ]
)


class SplitWriter:
    """Writes the rows of one split, in the order they come."""

    def __init__(self, folder: Path, columns: Columns):
        self._folder = folder
        self._columns = columns
        self._schema = columns.schema
        self._hash = hashlib.sha256()
        self._waiting: list[tuple[str, Sequence[str], Mapping[str, Any]]] = []
        self._weight = 0
        self._parts: list[Part] = []
        self._part: _PartFile | None = None

    def add(
        self, row_id: str, derived_from: Sequence[str], fields: Mapping[str, Any], weight: int
    ) -> None:
        """Take in a row that weighs about so many bytes."""
        self._hash.update(bytes.fromhex(row_id))
        self._waiting.append((row_id, derived_from, fields))
        self._weight += weight
        if len(self._waiting) >= GROUP_ROWS or self._weight >= GROUP_BYTES:
            self._write_group()

    def close(self) -> Split:
        """Write what is left, and say what was written."""
        self._write_group()
        self._close_part()
        rows = sum(part.rows for part in self._parts)
        return Split(rows=rows, hash=self._hash.hexdigest(), parts=self._parts)

    def _write_group(self) -> None:
        if not self._waiting:
            return
        if self._part is None:
            self._folder.mkdir(exist_ok=True)
            path = self._folder / f"part-{len(self._parts):05d}.parquet"
            self._part = _PartFile(path, self._schema)
        self._part.write(self._columns.table(self._waiting))
        self._waiting, self._weight = [], 0
        if self._part.size() >= PART_BYTES:
            self._close_part()

    def _close_part(self) -> None:
        if self._part is not None:
            self._parts.append(Part.of(self._part.path, self._part.close()))
            self._part = None


class DroppedWriter:
    """Writes dropped.parquet: which rows were left out, where, why, and because of which row."""

    def __init__(self, folder: Path):
        self._file = _PartFile(folder / DROPPED, DROPPED_SCHEMA)
        self._waiting: list[tuple[str, list[str], str, str, str | None]] = []

    def add(self, row: Row, step: str, reason: str, because_of: str | None) -> None:
        """Take in one row that goes no further."""
        self._waiting.append((row.id, list(row.derived_from), step, reason, because_of))
        if len(self._waiting) >= GROUP_ROWS:
            self._write_group()

    def close(self) -> File:
        """Write what is left, and say what was written."""
        self._write_group()
        return File.of(self._file.path, self._file.close())

    def _write_group(self) -> None:
        if self._waiting:
            columns = zip(*self._waiting, strict=True)
            arrays = [pa.array(v, t) for v, t in zip(columns, DROPPED_SCHEMA.types, strict=True)]
            self._file.write(pa.Table.from_arrays(arrays, schema=DROPPED_SCHEMA))
            self._waiting = []


class _PartFile:
    def __init__(self, path: Path, schema: pa.Schema):
        self.path = path
        self._sink = pa.OSFile(str(path), "wb")
        # Ids and texts do not repeat; labels that do are left to the compression.
        self._writer = pq.ParquetWriter(
            self._sink, schema, compression="zstd", use_dictionary=False
        )
        self._rows = 0

    def size(self) -> int:
        written: int = self._sink.tell()
        return written

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table)
        self._rows += table.num_rows

    def close(self) -> int:
        self._writer.close()
        self._sink.close()
        return self._rows
