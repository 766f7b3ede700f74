"""Rows as numbers: tokens end to end in one flat array, on disk, so that memory stays flat."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


@dataclass(slots=True)
class EncodedBatch:
    """A few rows as a task encodes them.

    Attributes:
        tokens: per token: `input_ids`, and whatever else the model takes by position.
        values: one number a row, such as the class.
        full_lengths: tokens each row had before it was cut to `max_length`.
        ids: the rows' identities.
    """

    tokens: dict[str, list[list[int]]]
    values: dict[str, list[int] | list[float]]
    full_lengths: list[int]
    ids: list[str]


@dataclass(frozen=True, slots=True)
class Truncation:
    """What `max_length` cut off."""

    rows: int
    tokens: int
    total_rows: int
    total_tokens: int


@dataclass(slots=True)
class Encoded:
    """N rows as numbers.

    Attributes:
        tokens: name -> (T,) flat array over all rows.
        offsets: (N + 1,), row i holds tokens offsets[i] to offsets[i + 1].
        values: name -> (N,).
        full_lengths: (N,) tokens before truncation.
        ids: (N,) identities, as ASCII bytes.
    """

    tokens: dict[str, NDArray[Any]]
    offsets: NDArray[np.int64]
    values: dict[str, NDArray[Any]]
    full_lengths: NDArray[np.int64]
    ids: NDArray[np.bytes_] = field(repr=False)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(N,) tokens of each row."""
        return np.diff(self.offsets)

    @property
    def truncation(self) -> Truncation:
        """What was cut off, over all rows."""
        lost = self.full_lengths - self.lengths
        total = int(self.full_lengths.sum())
        return Truncation(int((lost > 0).sum()), int(lost.sum()), len(self), total)

    def padded(self, rows: Indices, padding: Mapping[str, int]) -> dict[str, NDArray[np.int64]]:
        """Some rows as rectangles: each token column (B, L) padded right, and `attention_mask`."""
        starts, lengths = self.offsets[rows], self.lengths[rows]
        width = int(lengths.max(initial=1))
        inside = np.arange(width) < lengths[:, None]
        batch = {"attention_mask": inside.astype(np.int64)}
        for name, flat in self.tokens.items():
            batch[name] = np.full(inside.shape, padding.get(name, 0), dtype=np.int64)
            batch[name][inside] = np.concatenate(
                [
                    flat[start : start + length]
                    for start, length in zip(starts, lengths, strict=True)
                ]
            )
        return batch


def gather(batches: Iterable[EncodedBatch], folder: Path | None = None) -> Encoded:
    """Put encoded batches end to end; with a folder, on disk and memory-mapped."""
    columns = _Columns(folder)
    for batch in batches:
        for name, rows in batch.tokens.items():
            columns.append(f"tokens.{name}", np.array([t for row in rows for t in row], np.int32))
        first = next(iter(batch.tokens.values()))
        columns.append("lengths", np.array([len(row) for row in first], np.int64))
        columns.append("full_lengths", np.array(batch.full_lengths, np.int64))
        columns.append("ids", np.array(batch.ids, "S32"))
        for name, numbers in batch.values.items():
            columns.append(f"values.{name}", np.array(numbers))
    done = columns.finish()
    lengths = done.get("lengths", np.zeros(0, np.int64))
    return Encoded(
        tokens=_under("tokens.", done),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        values=_under("values.", done),
        full_lengths=done.get("full_lengths", np.zeros(0, np.int64)),
        ids=done.get("ids", np.zeros(0, "S32")),
    )


def _under(prefix: str, columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {n.removeprefix(prefix): c for n, c in columns.items() if n.startswith(prefix)}


class _Columns:
    """Growing arrays by name: in memory, or appended to one file each."""

    def __init__(self, folder: Path | None):
        self.folder = folder
        self.parts: dict[str, list[NDArray[Any]]] = {}
        self.types: dict[str, np.dtype[Any]] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def append(self, name: str, part: NDArray[Any]) -> None:
        is_new = name not in self.types
        self.types.setdefault(name, part.dtype)
        if self.folder is None:
            self.parts.setdefault(name, []).append(part)
            return
        with (self.folder / name).open("wb" if is_new else "ab") as file:
            part.astype(self.types[name], copy=False).tofile(file)

    def finish(self) -> dict[str, NDArray[Any]]:
        if self.folder is None:
            return {name: np.concatenate(parts) for name, parts in self.parts.items()}
        return {name: self._map(self.folder / name, kind) for name, kind in self.types.items()}

    @staticmethod
    def _map(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
        if path.stat().st_size == 0:  # an empty file cannot be mapped
            return np.zeros(0, kind)
        return np.memmap(path, kind, mode="r")
