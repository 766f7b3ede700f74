"""Encoded rows in a folder: a file for each column, and an index that they are held against."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_128_hexdigest

from luthier.core.errors import UserError
from luthier.core.files import read_json, write_json
from luthier.tasks.encoded import Encoded, columns_of, encoded_of, map_column

_INDEX = "index.json"


def write_encoded(encoded: Encoded, folder: Path) -> None:
    """Write rows into an empty folder; their activations are no part of it."""
    columns = columns_of(encoded)
    for name, column in columns.items():
        (folder / name).write_bytes(_bytes(column))
    known = {
        name: {"type": column.dtype.str, "shape": column.shape, "hash": _hash(column)}
        for name, column in columns.items()
    }
    write_json(folder / _INDEX, {"columns": known, "hash": _seal(known)})


def read_encoded(folder: Path) -> Encoded | None:
    """The rows of a folder, memory-mapped; None if they are not there as they were written."""
    try:
        index = read_json(folder / _INDEX)
        known = index["columns"]
        if _seal(known) != index["hash"]:
            return None
        return encoded_of({name: _read(folder / name, **column) for name, column in known.items()})
    except (UserError, OSError, LookupError, ValueError, TypeError, AttributeError):
        return None


def _read(path: Path, *, type: str, shape: list[int], hash: str) -> NDArray[Any]:
    column = map_column(path, np.dtype(type)).reshape(shape)
    if _hash(column) != hash:
        raise ValueError(path)
    return column


def _hash(column: NDArray[Any]) -> str:
    return xxh3_128_hexdigest(_bytes(column))


def _bytes(column: NDArray[Any]) -> memoryview:
    return column.reshape(-1).view(np.uint8).data


def _seal(known: Any) -> str:
    return xxh3_128_hexdigest(json.dumps(known).encode())
