"""One look at every row: its identity, its label, its features, and which rows it repeats."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import isnan
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_128

from luthier.core.cache import keep
from luthier.core.chunks import chunks
from luthier.core.errors import UserError
from luthier.data.duplicates.repeats import Repeats
from luthier.data.duplicates.shingles import text_of
from luthier.evaluation.audit.subject import Subject
from luthier.evaluation.mean_vectors import MeanVectors
from luthier.tasks.classes import by_value, written_names

_WINDOW = 1024
_FILE = "features.npy"

Kind = Literal["classes", "label_sets", "none"]
Features = NDArray[np.float32]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Labels:
    """What N rows are labelled with.

    Attributes:
        kind: one label a row, any number, or none that could be wrong in this way.
        names: of the C labels there are.
        codes: (N,) which of the `written` labels or sets a row has; -1 where it has none.
        written: the numbers of the labels in each label or set that occurs.
    """

    kind: Kind
    names: list[str]
    codes: NDArray[np.int64]
    written: list[tuple[int, ...]]

    def told(self, code: int) -> str | None:
        """A label or set, for people; None for -1."""
        return None if code < 0 else self.named(self.written[code])

    def named(self, numbers: Sequence[int]) -> str | None:
        """Labels by their numbers, for people; None for no label."""
        return ", ".join(self.names[number] for number in numbers) or None


@dataclass(frozen=True, slots=True)
class Gathered:
    """N rows as numbers.

    Attributes:
        ids: (N,) ASCII bytes.
        features: (N, H), on disk.
        labels: what they are labelled with.
        repeats: which of them are the same or nearly.
    """

    ids: NDArray[np.bytes_]
    features: Features
    labels: Labels
    repeats: Repeats

    def __len__(self) -> int:
        return len(self.ids)


def gather(subject: Subject, vectors: MeanVectors, scratch: Path, say: Say) -> Gathered:
    """Read all rows, as a stream; a row takes some 100 bytes of memory.

    Args:
        subject: whose rows.
        vectors: makes features of texts.
        scratch: an existing folder that the caller removes.
        say: takes lines for people.

    Raises:
        UserError: there is no row.
    """
    repeats, found, ids, texts = Repeats(scratch), _Labels(), bytearray(), xxh3_128()
    for _, row in subject.rows():
        text = text_of(row.fields)
        repeats.add(text)
        found.add(row.get("label"))
        ids += row.id.encode()
        content = text.encode("utf-8", "surrogatepass")
        texts.update(len(content).to_bytes(8, "little") + content)
    if not ids:
        raise UserError(f"{subject.name}: no rows to look at.")
    repeats.find()
    numbers = np.frombuffer(ids, "S32")
    features = _kept(subject, vectors, len(numbers), texts.hexdigest(), say)
    return Gathered(numbers, features, found.finish(), repeats)


def _kept(subject: Subject, vectors: MeanVectors, rows: int, texts: str, say: Say) -> Features:
    """The features of all rows, from the cache: new labels need no new ones."""
    told = f"{vectors.identity} {texts}"
    name = f"features/{xxh3_128(told.encode()).hexdigest()}"
    folder = keep(name, partial(_fill, subject, vectors, rows, say), say)
    return cast(Features, np.load(folder / _FILE, mmap_mode="r"))


def _fill(
    subject: Subject, vectors: MeanVectors, rows: int, say: Say, folder: Path, scratch: Path
) -> None:
    say(f"Reading {rows:,} rows once with the model.")
    shape = (rows, vectors.width)
    features = np.lib.format.open_memmap(folder / _FILE, mode="w+", dtype=np.float32, shape=shape)
    start = 0
    for batch in chunks(subject.rows(), _WINDOW):
        features[start : start + len(batch)] = vectors.of([text_of(r.fields) for _, r in batch])
        start += len(batch)
    features.flush()


class _Labels:
    """Takes in the labels of rows, each as the number of what is written."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._codes = array("q")
        self._is_list = self._is_number = False

    def add(self, label: Any) -> None:
        if label is None or (isinstance(label, float) and isnan(label)):
            self._codes.append(-1)
            return
        self._is_list |= isinstance(label, list)
        self._is_number |= isinstance(label, float) and not label.is_integer()
        names = tuple(sorted(set(written_names(label)), key=by_value))
        self._codes.append(self._numbers.setdefault(names, len(self._numbers)))

    def finish(self) -> Labels:
        codes = np.asarray(self._codes)
        if self._is_number or not self._numbers:
            return Labels("none", [], np.full(len(codes), -1), [])
        names = sorted({name for names in self._numbers for name in names}, key=by_value)
        number = {name: i for i, name in enumerate(names)}
        written = [tuple(number[name] for name in names) for names in self._numbers]
        return Labels("label_sets" if self._is_list else "classes", names, codes, written)
