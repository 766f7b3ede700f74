"""A dataset folder: Parquet parts by split, opened only if whole, read as a stream or by number."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from luthier.core.errors import DataRefused, UserError, did_you_mean
from luthier.core.files import read_json
from luthier.core.records import Row
from luthier.data.storage.columns import LINEAGE, Columns, column
from luthier.data.storage.manifest import DROPPED, NAME, Manifest, check_files, read_manifest

CACHED_GROUPS = 128
"""Row groups kept in memory for access by number, each of at most about one MiB."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a collected row: the split it is in, or the step that left it out and why."""

    id: str
    derived_from: tuple[str, ...]
    split: str | None = None
    step: str | None = None
    reason: str | None = None
    because_of: str | None = None


@dataclass(frozen=True, slots=True)
class _Groups:
    """The row groups of a split.

    Attributes:
        files: each file's path and footer, which is dear to read again.
        places: for each row group the number of its file, and its number there.
        starts: for each row group the number of its first row.
    """

    files: Sequence[tuple[Path, pq.FileMetaData]]
    places: Sequence[tuple[int, int]]
    starts: NDArray[np.int64]


@final
class Dataset:
    """Rows in splits, on disk.

    `open` checks a folder against its manifest; the constructor trusts both.
    """

    def __init__(self, folder: Path, manifest: Manifest):
        self.folder = folder
        self.manifest = manifest
        self._columns = Columns(manifest.fields)
        self._cached_group = lru_cache(CACHED_GROUPS)(self._read_group)
        self._groups: dict[str, _Groups] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Dataset, (self.folder, self.manifest)

    @classmethod
    def open(cls, folder: Path | str) -> "Dataset":
        """Open a dataset folder; every file is held against the manifest.

        Raises:
            UserError: it is missing, cut, or was changed.
            DataRefused: it was prepared, but cannot be trained on.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise UserError(f"{folder}: no such dataset folder.")
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        if manifest.refused:
            raise DataRefused(manifest.refused)
        return cls(folder, manifest)

    @staticmethod
    def is_dataset(path: Path) -> bool:
        """Whether the folder is one that `prepare` wrote."""
        return (path / NAME).is_file() and (path / DROPPED).is_file()

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the splits: train, and validation and test where there are any."""
        return tuple(self.manifest.splits)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that some row has."""
        return tuple(self.manifest.fields)

    @cached_property
    def report(self) -> dict[str, Any]:
        """The data report, as in report.json."""
        report: dict[str, Any] = read_json(self.folder / "report.json")
        return report

    def __len__(self) -> int:
        return sum(split.rows for split in self.manifest.splits.values())

    def num_rows(self, split: str) -> int:
        """How many rows a split has; nothing is read for it."""
        return self.manifest.splits[self._known(split)].rows

    def rows(self, split: str) -> Iterator[Row]:
        """All rows of a split, in order, as a stream."""
        for table in self._tables(split):
            yield from self._as_rows(table)

    def collected(self, split: str) -> Iterator[Row]:
        """The same, without the rows that augmenters made: their parents may go elsewhere."""
        return islice(self.rows(split), self.num_rows(split) - self.num_added(split))

    def num_added(self, split: str) -> int:
        """How many of a split's rows augmenters made; they are its last."""
        made = self.manifest.made.augment
        return sum(step["added"] for step in made) if split == "train" else 0

    def batches(self, split: str, size: int = 1024) -> Iterator[list[Row]]:
        """All rows of a split, `size` at a time; the last batch may be smaller."""
        rows = self.rows(split)
        while batch := list(islice(rows, size)):
            yield batch

    def field_batches(
        self, split: str, names: Iterable[str] | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """The fields of a split's rows, those named or all, some thousand rows at a time.

        Faster than `rows`, which makes every row's identity anew. Names no row has are left out.
        """
        wanted = [n for n in (self.fields if names is None else names) if n in self.fields]
        for table in self._tables(split, [column(name) for name in wanted]):
            yield self._columns.fields(table, wanted)

    def column(self, split: str, name: str) -> Iterator[Any]:
        """One field of every row of a split, in order; None where a row has none.

        Raises:
            UserError: no row has such a field.
        """
        if name not in self.fields:
            raise UserError(f"{self.folder}: no field `{name}`. {did_you_mean(name, self.fields)}")
        for fields in self.field_batches(split, [name]):
            yield from (row.get(name) for row in fields)

    def ids(self, split: str) -> Iterator[str]:
        """The ids of a split's rows, in order."""
        for table in self._tables(split, ["id"]):
            yield from table.column("id").to_pylist()

    def take(self, split: str, indices: Sequence[int] | NDArray[np.integer[Any]]) -> list[Row]:
        """The rows of these numbers, from 0, in the order asked for.

        Each row group is read once however many of its rows are asked for, and kept for a while.

        Raises:
            IndexError: there is no row of such a number.
        """
        wanted = np.asarray(indices, np.int64)
        if len(wanted) and not 0 <= wanted.min() <= wanted.max() < self.num_rows(split):
            raise IndexError(f"{split} has rows 0 to {self.num_rows(split) - 1}, not {wanted}")
        groups = self._groups_of(split)
        order = np.argsort(wanted, kind="stable")
        ascending = wanted[order]
        group_of = np.searchsorted(groups.starts, ascending, side="right") - 1
        taken: list[Row] = []
        for run in np.split(np.arange(len(wanted)), np.flatnonzero(np.diff(group_of)) + 1):
            if len(run):
                group = int(group_of[run[0]])
                inside = ascending[run] - groups.starts[group]
                taken += self._as_rows(self._cached_group(split, group).take(inside))
        back = np.argsort(order, kind="stable")
        return [taken[place] for place in back.tolist()]

    def dropped(self) -> Iterator[Fate]:
        """What was left out, in the order it happened."""
        with pq.ParquetFile(self.folder / DROPPED) as file:
            for group in range(file.num_row_groups):
                yield from _fates(file.read_row_group(group))

    def trace(self, row_id: str) -> list[Fate]:
        """What became of a collected row, and of every row that was made from it.

        Args:
            row_id: of the row as it was collected, or as it is in the dataset.
        """
        kept = [
            Fate(split=split, **_lineage(found))
            for split in self.splits
            for table in self._tables(split, LINEAGE)
            for found in _of_row(table, row_id).to_pylist()
        ]
        with pq.ParquetFile(self.folder / DROPPED) as file:
            tables = (file.read_row_group(group) for group in range(file.num_row_groups))
            return kept + [fate for table in tables for fate in _fates(_of_row(table, row_id))]

    def _known(self, split: str) -> str:
        if split not in self.manifest.splits:
            hint = did_you_mean(split, self.splits)
            raise UserError(f"{self.folder}: no split `{split}`. {hint}")
        return split

    def _tables(self, split: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        for part in self.manifest.splits[self._known(split)].parts:
            with pq.ParquetFile(self.folder / split / part.name) as file:
                for group in range(file.num_row_groups):
                    yield file.read_row_group(group, columns=columns, use_threads=False)

    def _groups_of(self, split: str) -> _Groups:
        if split not in self._groups:
            paths = [self.folder / split / part.name for part in self.manifest.splits[split].parts]
            files = [(path, pq.read_metadata(path)) for path in paths]
            places = [
                (i, group) for i, (_, f) in enumerate(files) for group in range(f.num_row_groups)
            ]
            sizes = [files[i][1].row_group(group).num_rows for i, group in places]
            self._groups[split] = _Groups(files, places, np.cumsum([0, *sizes])[:-1])
        return self._groups[split]

    def _read_group(self, split: str, number: int) -> pa.Table:
        groups = self._groups[split]
        file_number, group = groups.places[number]
        path, metadata = groups.files[file_number]
        with pq.ParquetFile(path, metadata=metadata) as file:
            return file.read_row_group(group, use_threads=False)

    def _as_rows(self, table: pa.Table) -> list[Row]:
        sources = table.column("derived_from").to_pylist()
        return [
            Row(fields, tuple(source))
            for fields, source in zip(self._columns.fields(table), sources, strict=True)
        ]


def write_run_manifest(dataset: Dataset, path: Path) -> None:
    """Write the dataset's manifest with the ids of all rows in it, as a run's data folder has it.

    It takes the place of the dataset's own manifest; `open` reads either.
    """
    splits = {
        name: split.model_copy(update={"ids": "".join(dataset.ids(name))})
        for name, split in dataset.manifest.splits.items()
    }
    dataset.manifest.model_copy(update={"splits": splits}).write(path)


def runs_that_saw(row_id: str, runs: Iterable[Path]) -> Iterator[tuple[Path, Fate]]:
    """Of these run folders those that worked with the row, or with one derived from it.

    Args:
        row_id: of the row as it was collected, or as it was trained on.
        runs: run folders, each with a dataset in `data/`.
    """
    for run in runs:
        data = run / "data"
        for fate in Dataset(data, read_manifest(data)).trace(row_id):
            if fate.split is not None:
                yield run, fate


def _of_row(table: pa.Table, row_id: str) -> pa.Table:
    """The rows of a table that are the row, or are derived from it."""
    derived = table.column("derived_from").combine_chunks()
    parents = pc.filter(pc.list_parent_indices(derived), pc.equal(pc.list_flatten(derived), row_id))
    is_row = pc.equal(table.column("id"), row_id).to_numpy().copy()
    is_row[parents.to_numpy()] = True
    return table.filter(pa.array(is_row))


def _lineage(found: dict[str, Any]) -> dict[str, Any]:
    return {"id": found["id"], "derived_from": tuple(found["derived_from"])}


def _fates(table: pa.Table) -> Iterator[Fate]:
    for found in table.to_pylist():
        yield Fate(**{**found, **_lineage(found)})
