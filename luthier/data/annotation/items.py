"""The rows that a project asks about: a dataset folder inside of the project's own."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import final

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.annotation.kind import Kind
from luthier.data.dataset import Dataset
from luthier.data.open import read_rows
from luthier.data.parsing.faults import Faults
from luthier.data.storage.columns import Columns
from luthier.data.storage.manifest import NAME, Made, Manifest
from luthier.data.storage.parts import DroppedWriter, SplitWriter
from luthier.data.storage.spool import Spool

SPLIT = "train"
"""Where rows go that come from no dataset."""

Placed = tuple[str, Row]
"""The split of a row, and the row."""


@final
class Items:
    """Rows by number, from 0, and by id; no two of them are the same."""

    def __init__(self, dataset: Dataset):
        self._dataset = dataset
        self.ids: list[str] = [id for split in dataset.splits for id in dataset.ids(split)]
        self.numbers: dict[str, int] = {id: number for number, id in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _starts(self) -> list[tuple[str, int]]:
        starts, start = [], 0
        for split in self._dataset.splits:
            starts.append((split, start))
            start += self._dataset.num_rows(split)
        return starts[::-1]

    @property
    def hash(self) -> str:
        """Of the ids in their order, split by split."""
        return "-".join(split.hash for split in self._dataset.manifest.splits.values())

    def row(self, number: int) -> Row:
        """The row of that number."""
        split, start = next(place for place in self._starts if place[1] <= number)
        return self._dataset.take(split, [number - start])[0]

    def placed(self) -> Iterator[Placed]:
        """All rows with their splits, in order, as a stream."""
        for split in self._dataset.splits:
            yield from ((split, row) for row in self._dataset.rows(split))


def placed_rows(
    sources: Sequence[str] | Iterable[Row], splits: Sequence[str]
) -> tuple[Iterator[Placed], list[str]]:
    """Rows with their splits, and the names of where they come from; rows themselves have none."""
    listed = sources if isinstance(sources, Sequence) else None
    if listed is not None and all(isinstance(source, str) for source in listed):
        names = [str(source) for source in listed]
        return _rows_of(names, splits), names
    return ((SPLIT, row) for row in sources if isinstance(row, Row)), []


def _rows_of(sources: Sequence[str], splits: Sequence[str]) -> Iterator[Placed]:
    """The rows of dataset folders (all of them, or some splits) and of anything else.

    Raises:
        UserError: a source cannot be read, or a dataset has no such split.
    """
    for source in sources:
        if Dataset.is_dataset(Path(source)):
            dataset = Dataset.open(source)
            for split in splits or dataset.splits:
                yield from ((split, row) for row in dataset.rows(split))
        else:
            yield from ((SPLIT, row) for row in read_rows([source]).rows())


def write_items(folder: Path, rows: Iterable[Placed], kind: Kind, sources: Sequence[str]) -> Items:
    """Write the rows, each once, as a dataset folder.

    Rows that repeat others are accounted for in its dropped.parquet.

    Raises:
        UserError: there are none, or this kind of question cannot be asked about some.
    """
    folder.mkdir()
    columns, dropped = Columns(), DroppedWriter(folder)
    with TemporaryDirectory(dir=folder) as scratch, Spool(Path(scratch)) as spool:
        placed, total = _spool(rows, spool, kind, columns, dropped)
        if not placed:
            raise UserError(f"{', '.join(sources)}: no rows to ask about.")
        names = list(dict.fromkeys(placed))
        writers = {name: SplitWriter(folder / name, columns) for name in names}
        for split, row in zip(placed, spool, strict=True):
            writers[split].add(row.id, row.derived_from, row.fields, row.weight)
        manifest = Manifest(
            made=Made(
                sources=list(sources),
                recognised="",
                data={},
                seed=0,
                rows=total,
                steps=[],
            ),
            fields=columns.kinds,
            splits={name: writer.close() for name, writer in writers.items()},
            dropped=dropped.close(),
            duplicates={},
        )
    manifest.write(folder / NAME)
    return Items(Dataset(folder, manifest))


def _spool(
    rows: Iterable[Placed], spool: Spool, kind: Kind, columns: Columns, dropped: DroppedWriter
) -> tuple[list[str], int]:
    """Put the rows aside, each once; the split of each, and how many there were at first."""
    faults = Faults(f"choose another --task, or leave these rows out: {kind.title} is asked for")
    placed: list[str] = []
    seen: set[bytes] = set()
    total = 0
    for split, row in rows:
        total += 1
        reason = kind.refuse(row.fields)
        if reason:
            faults.add(reason, f"row {total:,}")
            continue
        identity = bytes.fromhex(row.id)
        if identity in seen:
            dropped.add(row, "annotate", "repeated", row.id)
            continue
        seen.add(identity)
        spool.add(row)
        columns.learn(row.fields)
        placed.append(split)
    faults.tell_if_any()
    return placed, total
