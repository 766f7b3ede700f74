"""What selectors are judged on: training rows, and validation rows that no selector has seen."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_128

from luthier.core.cache import keep
from luthier.core.chunks import chunks
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.augmenter import Means
from luthier.data.dataset import Dataset
from luthier.data.duplicates.shingles import text_of
from luthier.data.selection.pool import Numbers, Pool, Vectors
from luthier.evaluation.lending import Lender
from luthier.evaluation.mean_vectors import MeanVectors
from luthier.scoring.answers import Bools

_BATCH = 1024
_FILE = "vectors.npy"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """N training rows, T target rows that selectors may look at, V rows they are judged on.

    Targets and judged rows are the two halves of the validation split, parted by their ids.

    Attributes:
        dataset: where they are.
        model: whose frozen features the judge learns on.
        max_length: tokens it reads of a row.
        features: (N, D) of the training rows.
        targets: (T, D) of the target rows.
        judged: (V, D) of the judged rows.
        codes: (N,) the class of each training row.
        judged_codes: (V,) likewise; -1 for a label that no training row has.
    """

    dataset: Dataset
    model: str
    max_length: int
    features: Vectors
    targets: Vectors
    judged: Vectors
    codes: Numbers
    judged_codes: Numbers

    @classmethod
    def open(cls, dataset: Dataset, model: str, max_length: int, say: Say) -> "Lesson":
        """Compute the features of a dataset, or take them from the cache.

        Raises:
            UserError: it has no validation split, or rows without one label each.
        """
        if "validation" not in dataset.splits or dataset.num_rows("validation") < 2:
            raise UserError(
                f"{dataset.folder}: selectors are judged on validation rows, and there are none. "
                "Split some off: `--set data.split.validation=0.2` when it is prepared."
            )
        codes, judged_codes = _codes(dataset)
        vectors = MeanVectors(model, max_length)
        say(f"Features of {model} for {len(codes) + len(judged_codes):,} rows, computed once.")
        features = _features(dataset, "train", vectors, len(codes), say)
        held_out = _features(dataset, "validation", vectors, len(judged_codes), say)
        is_target = targets_of(dataset)
        return cls(
            dataset,
            model,
            max_length,
            features,
            held_out[is_target],
            held_out[~is_target],
            codes,
            judged_codes[~is_target],
        )

    def pool(self, seed: int, scratch: Path) -> Pool:
        """The training rows as selectors see them."""
        is_target = targets_of(self.dataset).tolist()
        return Pool(
            lambda: self.dataset.collected("train"),
            len(self.codes),
            lambda: _where(self.dataset.rows("validation"), is_target),
            Means(seed, Lender()),
            scratch,
            self.model,
            self.max_length,
            known={self.model: (self.features, self.targets)},
        )


def targets_of(dataset: Dataset) -> Bools:
    """(M,) which validation rows selectors may look at: about half of them, by their ids."""
    ids = dataset.ids("validation")
    found = np.array([int(id[-1], 16) % 2 == 0 for id in ids])
    if found.all() or not found.any():
        found[::2] = ~found[::2]
    return found


def _where(rows: Iterable[Row], flags: Sequence[bool]) -> Iterator[Row]:
    return (row for row, flag in zip(rows, flags, strict=True) if flag)


def _codes(dataset: Dataset) -> tuple[Numbers, Numbers]:
    known: dict[str, int] = {}
    train = [known.setdefault(_label(row), len(known)) for row in dataset.collected("train")]
    judged = [known.get(_label(row), -1) for row in dataset.rows("validation")]
    if len(known) < 2:
        raise UserError(f"{dataset.folder}: selectors are judged by labels, and it has one only.")
    return np.array(train, np.int64), np.array(judged, np.int64)


def _label(row: Row) -> str:
    label = row.get("label")
    if not isinstance(label, str | int):
        raise UserError(
            f"Selectors are judged by how well one label a row is learnt, and row {row.id} has "
            "none, or several. Only classification can be compared so far."
        )
    return str(label)


def _features(
    dataset: Dataset, split: str, vectors: MeanVectors, size: int, say: Say
) -> NDArray[np.float32]:
    digest = xxh3_128(vectors.identity.encode())
    for id in dataset.ids(split):
        digest.update(bytes.fromhex(id))
    folder = keep(
        f"vectors/{digest.hexdigest()}", partial(_fill, dataset, split, vectors, size), say
    )
    found: NDArray[np.float32] = np.load(folder / _FILE, mmap_mode="r")
    return found


def _fill(
    dataset: Dataset, split: str, vectors: MeanVectors, size: int, folder: Path, _: Path
) -> None:
    rows = dataset.collected(split)
    found = np.lib.format.open_memmap(
        folder / _FILE, mode="w+", dtype=np.float32, shape=(size, vectors.width)
    )
    start = 0
    for batch in chunks((text_of(row.fields) for row in rows), _BATCH):
        found[start : start + len(batch)] = vectors.of(batch)
        start += len(batch)
    found.flush()
