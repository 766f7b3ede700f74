"""Rows as numbers: tokens end to end in one flat array, on disk, so that memory stays flat."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.core.files import complain_if_unwritable
from luthier.models.prefix import ACTIVATIONS

Indices = NDArray[np.int64]


@dataclass(slots=True)
class EncodedBatch:
    """A few rows as a task encodes them: one example each, or several where a text is long.

    Attributes:
        tokens: per token: `input_ids`, and whatever else the model takes by position.
        values: one number an example, such as the class; or as many for each, such as a label set.
        full_lengths: tokens each example had before it was cut to `max_length`.
        ids: the identities of the examples' rows.
        lists: any number of numbers an example, such as the tokens of its answer.
        parts: how many examples each row became; None if one each.
    """

    tokens: dict[str, list[list[int]]]
    values: dict[str, list[int] | list[float] | list[list[float]]]
    full_lengths: list[int]
    ids: list[str]
    lists: dict[str, list[list[int]] | list[list[float]]] = field(default_factory=dict)
    parts: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Truncation:
    """What `max_length` cut off."""

    rows: int
    tokens: int
    total_rows: int
    total_tokens: int


@dataclass(frozen=True, slots=True)
class Lists:
    """N lists of numbers, end to end.

    Attributes:
        flat: (T,) all numbers.
        offsets: (N + 1,), list i holds flat[offsets[i]] up to flat[offsets[i + 1]].
    """

    flat: NDArray[Any]
    offsets: NDArray[np.int64]

    def __getitem__(self, row: int) -> NDArray[Any]:
        found: NDArray[Any] = self.flat[self.offsets[row] : self.offsets[row + 1]]
        return found

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(N,) how many numbers each list has."""
        return np.diff(self.offsets)

    def padded(self, rows: Indices, fill: float) -> NDArray[Any]:
        """Some lists as a rectangle (B, L), filled up on the right."""
        lengths = self.lengths[rows]
        inside = np.arange(int(lengths.max(initial=1))) < lengths[:, None]
        kind = np.int64 if self.flat.dtype.kind == "i" else np.float32
        padded = np.full(inside.shape, fill, dtype=kind)
        padded[inside] = np.concatenate([self[row] for row in rows])
        return padded


@dataclass(frozen=True, slots=True)
class Activations:
    """What the frozen layers of a model give for each example.

    Attributes:
        flat: (T, H), of the tokens of all examples and perhaps of others, on disk.
        starts: (N,) where the tokens of each example begin.
    """

    flat: NDArray[Any]
    starts: NDArray[np.int64]

    def padded(self, rows: Indices, lengths: Indices) -> NDArray[Any]:
        """Those of some examples, (B, L, H); behind the end of each its last is repeated."""
        places = np.minimum(np.arange(int(lengths.max(initial=1))), lengths[:, None] - 1)
        found: NDArray[Any] = self.flat[self.starts[rows][:, None] + places]
        return found


@dataclass(slots=True)
class Encoded:
    """N examples as numbers.

    Attributes:
        tokens: name -> (T,) flat array over all examples.
        offsets: (N + 1,), example i holds tokens offsets[i] to offsets[i + 1].
        values: name -> (N,) or (N, K).
        full_lengths: (N,) tokens before truncation.
        ids: (N,) identities of their rows, as ASCII bytes.
        lists: name -> N lists.
        parts: (R,) how many examples each row became, in order; all 1 for most tasks.
        activations: of the frozen layers, where they are known.
    """

    tokens: dict[str, NDArray[Any]]
    offsets: NDArray[np.int64]
    values: dict[str, NDArray[Any]]
    full_lengths: NDArray[np.int64]
    ids: NDArray[np.bytes_] = field(repr=False)
    lists: dict[str, Lists] = field(default_factory=dict)
    parts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    activations: Activations | None = None

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

    def padded(self, rows: Indices, padding: Mapping[str, int]) -> dict[str, NDArray[Any]]:
        """Some rows as rectangles: each token column (B, L) padded right, and `attention_mask`.

        Where the activations of the frozen layers are known, they are among them (B, L, H).
        """
        lengths = self.lengths[rows]
        inside = np.arange(int(lengths.max(initial=1))) < lengths[:, None]
        batch: dict[str, NDArray[Any]] = {"attention_mask": inside.astype(np.int64)}
        for name, flat in self.tokens.items():
            batch[name] = Lists(flat, self.offsets).padded(rows, padding.get(name, 0))
        if self.activations is not None:
            batch[ACTIVATIONS] = self.activations.padded(rows, lengths)
        return batch


def gather(batches: Iterable[EncodedBatch], folder: Path | None = None) -> Encoded:
    """Put encoded batches end to end; with a folder, on disk and memory-mapped.

    Raises:
        UserError: the disk is full.
    """
    columns = _Columns(folder)
    for batch in batches:
        for name, rows in batch.tokens.items():
            columns.append(f"tokens.{name}", _flat(rows))
        for name, lists in batch.lists.items():
            columns.append(f"lists.{name}", _flat(lists))
            columns.append(f"sizes.{name}", np.array([len(one) for one in lists], np.int64))
        first = next(iter(batch.tokens.values()))
        parts = [1] * len(first) if batch.parts is None else batch.parts
        columns.append("lengths", np.array([len(row) for row in first], np.int64))
        columns.append("full_lengths", np.array(batch.full_lengths, np.int64))
        columns.append("ids", np.array(batch.ids, "S32"))
        columns.append("parts", np.array(parts, np.int64))
        for name, numbers in batch.values.items():
            columns.append(f"values.{name}", np.array(numbers))
    return encoded_of(columns.finish())


def encoded_of(columns: Mapping[str, NDArray[Any]]) -> Encoded:
    """Rows from their flat columns by name; of no rows there may be no columns."""
    empty = np.zeros(0, np.int64)
    return Encoded(
        tokens=_under("tokens.", columns),
        offsets=_ends(columns.get("lengths", empty)),
        values=_under("values.", columns),
        full_lengths=columns.get("full_lengths", empty),
        ids=columns.get("ids", np.zeros(0, "S32")),
        lists={
            name: Lists(flat, _ends(columns[f"sizes.{name}"]))
            for name, flat in _under("lists.", columns).items()
        },
        parts=columns.get("parts", empty),
    )


def columns_of(encoded: Encoded) -> dict[str, NDArray[Any]]:
    """The columns that `encoded_of` makes the same rows of, without their activations."""
    return {
        **{f"tokens.{name}": flat for name, flat in encoded.tokens.items()},
        **{f"values.{name}": numbers for name, numbers in encoded.values.items()},
        **{f"lists.{name}": lists.flat for name, lists in encoded.lists.items()},
        **{f"sizes.{name}": lists.lengths for name, lists in encoded.lists.items()},
        "lengths": encoded.lengths,
        "full_lengths": encoded.full_lengths,
        "ids": encoded.ids,
        "parts": encoded.parts,
    }


def map_column(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    """The numbers of a file, memory-mapped."""
    if path.stat().st_size == 0:  # an empty file cannot be mapped
        return np.zeros(0, kind)
    return np.memmap(path, kind, mode="r")


def _flat(lists: Iterable[Iterable[float]]) -> NDArray[Any]:
    flat = np.array(list(chain.from_iterable(lists)))
    return flat.astype(np.float32 if flat.dtype.kind == "f" and len(flat) else np.int32)


def _ends(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _under(prefix: str, columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {n.removeprefix(prefix): c for n, c in columns.items() if n.startswith(prefix)}


class _Columns:
    """Growing arrays by name: in memory, or appended to one file each."""

    def __init__(self, folder: Path | None):
        self.folder = folder
        self.parts: dict[str, list[NDArray[Any]]] = {}
        self.types: dict[str, np.dtype[Any]] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def append(self, name: str, part: NDArray[Any]) -> None:
        is_new = name not in self.types
        self.types.setdefault(name, part.dtype)
        self.shapes.setdefault(name, part.shape[1:])
        if self.folder is None:
            self.parts.setdefault(name, []).append(part)
            return
        # A file says why it cannot be written; numpy's `tofile` does not.
        with (
            complain_if_unwritable(self.folder),
            (self.folder / name).open("wb" if is_new else "ab") as file,
        ):
            file.write(np.ascontiguousarray(part, self.types[name]).data)

    def finish(self) -> dict[str, NDArray[Any]]:
        if self.folder is None:
            return {name: np.concatenate(parts) for name, parts in self.parts.items()}
        return {
            name: map_column(self.folder / name, kind).reshape(-1, *self.shapes[name])
            for name, kind in self.types.items()
        }
