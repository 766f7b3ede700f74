"""The sources of a recipe, apart by the split that they are meant for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from luthier.core.config import DataSection
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.dataset import Dataset
from luthier.data.open import name_of, read_rows

_OPTIONAL = {"tools"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Rows as they are collected.

    Attributes:
        split: the split these rows are all of; None where each row's own identity decides.
        rows: as a stream, to be read once.
        sentences: what shape they were recognised in.
        fields: the canonical fields they have.
    """

    split: str | None
    rows: Iterator[Row]
    sentences: list[str]
    fields: frozenset[str]


def origins(data: DataSection) -> list[Origin]:
    """All origins, those of test first, then validation, so that later rows give way to them.

    Old rows that are rehearsed come last: they are for training only, and give way to all others.

    Raises:
        UserError: a source is missing, empty, or not readable.
    """
    own = {"test": data.split.test, "validation": data.split.validation}
    main = _origin(None, data.source, data)
    held_out = [
        _origin(name, [source], data) for name, source in own.items() if isinstance(source, str)
    ]
    for origin in held_out:
        _refuse_different(origin, main, f"data.split.{origin.split}")
    if data.rehearse is None:
        return [*held_out, main]
    old = _origin("train", data.rehearse.source, data)
    _refuse_different(old, main, "data.rehearse")
    return [*held_out, main, replace(old, rows=_some(old.rows, data.rehearse.share))]


def source_names(data: DataSection) -> list[str]:
    """All sources, as they were written."""
    held_out = [s for s in (data.split.validation, data.split.test) if isinstance(s, str)]
    old = [] if data.rehearse is None else data.rehearse.source
    return [name_of(source) for source in [*data.source, *held_out, *old]]


def _origin(split: str | None, sources: list[Any], data: DataSection) -> Origin:
    parts: list[Iterator[Row]] = []
    sentences: list[str] = []
    fields: set[str] = set()
    for is_dataset, run in groupby(sources, key=_is_dataset):
        if is_dataset:
            for dataset in map(Dataset.open, run):
                parts += [dataset.rows(name) for name in dataset.splits]
                sentences.append(f"{dataset.folder} is a dataset of {len(dataset):,} rows.")
                fields.update(dataset.fields)
        else:
            keep = () if data.split.group is None else (data.split.group,)
            reading = read_rows(list(run), format=data.format, columns=data.columns, keep=keep)
            parts.append(reading.rows())
            sentences += reading.sentences
            fields.update(reading.fields)
    return Origin(split, chain.from_iterable(parts), sentences, frozenset(fields))


def _some(rows: Iterator[Row], share: float) -> Iterator[Row]:
    """A share of the rows, chosen by their identity: the same rows every time."""
    return (row for row in rows if int(row.id[:8], 16) < share * 16**8)


def _refuse_different(origin: Origin, main: Origin, place: str) -> None:
    missing = sorted(main.fields - origin.fields - _OPTIONAL)
    if missing:
        raise UserError(
            f"{place}: its rows have no {' and no '.join(missing)}, as those to "
            "train on have. Make their columns alike."
        )


def _is_dataset(source: Any) -> bool:
    return isinstance(source, str) and Dataset.is_dataset(Path(source))
