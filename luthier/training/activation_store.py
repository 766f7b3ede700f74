"""Activations on disk by what they were computed of: found again, appended, bounded in size."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from filelock import FileLock
from numpy.typing import NDArray
from xxhash import xxh3_128

from luthier.core.cache import cache_folder, make_room, note_use
from luthier.core.files import complain_if_unwritable
from luthier.evaluation.predict import Model
from luthier.models.layers import parameters_from_layer
from luthier.models.prefix import Prefix
from luthier.tasks.encoded import Activations, Indices

Keys = NDArray[np.bytes_]
Found = tuple[Keys, Indices, NDArray[Any]]
"""Keys and lengths (B,) of some examples, and their activations end to end (T, H)."""

_FORMAT = 1
_DATA, _INDEX = "activations", "index"
_RECORD = np.dtype([("key", "S32"), ("start", "<i8"), ("length", "<i8")])
_HEAD_ONLY = ("label", "dropout", "problem_type", "name_or_path", "pad_token", "dtype", "torch")


@dataclass(frozen=True, slots=True)
class ActivationStore:
    """The activations of one prefix: a file of numbers, and an index of where each example lies.

    The index is written behind the numbers, so what a killed process left is no part of it.

    Attributes:
        folder: where both files are.
        kind: of the numbers, fp16 or fp32.
        width: H, numbers a token.
    """

    folder: Path
    kind: np.dtype[Any]
    width: int

    @classmethod
    def open(cls, model: Model, prefix: Prefix, kind: np.dtype[Any]) -> "ActivationStore":
        """The store of a model's prefix, which may still be empty.

        Raises:
            UserError: the cache may not be written.
        """
        folder = _root() / f"{_identity(model, prefix)}-{kind.name}"
        with complain_if_unwritable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for name in (_DATA, _INDEX):
                (folder / name).touch()
        note_use(folder)
        config = model.network.config.get_text_config()
        return cls(folder, kind, config.hidden_size)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other process write; it waits."""
        with FileLock(self.folder / "lock"):
            yield

    def bytes_for(self, tokens: int) -> int:
        """What the activations of so many tokens take."""
        return tokens * self.width * self.kind.itemsize

    def missing(self, keys: Keys) -> Indices:
        """Numbers of the examples that are not there, each once."""
        first = np.sort(np.unique(keys, return_index=True)[1])
        known = np.isin(keys[first], self._index()["key"])
        return first[~known]

    def make_room(self, wanted: int, budget: float) -> bool:
        """Whether so many bytes more fit budget and disk; stores longest unused make room."""
        return make_room(self.folder, wanted, budget)

    def append(self, found: Iterable[Found]) -> None:
        """Write activations, then note where they lie.

        Raises:
            UserError: the disk is full.
        """
        index = self._index()
        start = int(index["length"].sum())
        records = [np.zeros(0, _RECORD)]
        with complain_if_unwritable(self.folder):
            with (self.folder / _DATA).open("r+b") as file:
                file.truncate(self.bytes_for(start))
                file.seek(0, os.SEEK_END)
                for keys, lengths, flat in found:
                    record = np.zeros(len(keys), _RECORD)
                    record["key"], record["length"] = keys, lengths
                    record["start"] = start + np.cumsum(lengths) - lengths
                    start += int(lengths.sum())
                    records.append(record)
                    file.write(np.ascontiguousarray(flat).data)
                file.flush()
                os.fsync(file.fileno())
            with (self.folder / _INDEX).open("r+b") as file:
                file.truncate(index.nbytes)
                file.seek(0, os.SEEK_END)
                file.write(np.concatenate(records).tobytes())

    def look_up(self, keys: Keys) -> Activations:
        """The activations of examples that are all there, memory-mapped."""
        note_use(self.folder)
        index = self._index()
        index = index[np.argsort(index["key"])]
        places = np.searchsorted(index["key"], keys)
        flat = np.memmap(self.folder / _DATA, self.kind, mode="r").reshape(-1, self.width)
        return Activations(flat, index["start"][places])

    def _index(self) -> NDArray[Any]:
        content = (self.folder / _INDEX).read_bytes()
        whole = len(content) // _RECORD.itemsize * _RECORD.itemsize
        return np.frombuffer(content[:whole], _RECORD)


def _root() -> Path:
    return cache_folder() / "prefix"


def _identity(model: Model, prefix: Prefix) -> str:
    """A hash of all that the activations depend on, but for the example."""
    network = model.network
    above = {id(p) for _, p in parameters_from_layer(network, prefix.depth)}
    settings = {
        name: value
        for name, value in network.config.to_dict().items()
        if not any(part in name for part in _HEAD_ONLY)
    }
    told = [
        _FORMAT,
        prefix.depth,
        settings,
        network.config._attn_implementation,
        model.precision.name,
        torch.__version__,
        transformers.__version__,
    ]
    digest = xxh3_128(json.dumps(told, sort_keys=True, default=str).encode())
    for parameter in network.parameters():
        if id(parameter) not in above:
            digest.update(
                parameter.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data
            )
    return digest.hexdigest()
