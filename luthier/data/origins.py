"""The sources of a recipe, apart by the split that they are meant for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from luthier.core.config import DataSection
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.annotation.project import Project
from luthier.data.annotation.project_folder import is_project
from luthier.data.annotation.result import Result
from luthier.data.dataset import Dataset
from luthier.data.open import name_of, read_rows
from luthier.data.reading import Reading
from luthier.data.source import OnProgress, unwatched

_OPTIONAL = {"tools"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Rows as they are collected.

    Attributes:
        split: the split these rows are all of; None where each row's own identity decides.
        rows: as a stream, to be read once.
        sentences: what shape they were recognised in, and once they were read what was left out.
        fields: the canonical fields they have.
    """

    split: str | None
    rows: Iterator[Row]
    sentences: list[str]
    fields: frozenset[str]


def origins(data: DataSection, on_progress: OnProgress = unwatched) -> list[Origin]:
    """All origins, those of test first, then validation, so that later rows give way to them.

    Old rows that are rehearsed come last: they are for training only, and give way to all others.

    Raises:
        UserError: a source is missing, empty, or not readable.
    """
    own = {"test": data.split.test, "validation": data.split.validation}
    main = _origin(None, data.source, data, on_progress)
    held_out = [
        _origin(name, [source], data, on_progress)
        for name, source in own.items()
        if isinstance(source, str)
    ]
    for origin in held_out:
        _refuse_different(origin, main, f"data.split.{origin.split}")
    if data.rehearse is None:
        return [*held_out, main]
    old = _origin("train", data.rehearse.source, data, on_progress)
    _refuse_different(old, main, "data.rehearse")
    return [*held_out, main, replace(old, rows=_some(old.rows, data.rehearse.share))]


def source_names(data: DataSection) -> list[str]:
    """All sources, as they were written."""
    held_out = [s for s in (data.split.validation, data.split.test) if isinstance(s, str)]
    old = [] if data.rehearse is None else data.rehearse.source
    return [name_of(source) for source in [*data.source, *held_out, *old]]


def _origin(
    split: str | None, sources: list[Any], data: DataSection, on_progress: OnProgress
) -> Origin:
    parts: list[Iterator[Row]] = []
    sentences: list[str] = []
    fields: set[str] = set()
    for made, run in groupby(sources, key=_made_by_luthier):
        if made == "project":
            for folder in run:
                with Project.open(folder, read_only=True) as project:
                    result = Result(project)
                parts.append(result.rows())
                sentences.append(result.sentence())
                fields.update(result.fields())
        elif made == "dataset":
            for dataset in map(Dataset.open, run):
                parts += [dataset.collected(name) for name in dataset.splits]
                sentences.append(f"{dataset.folder} is a dataset of {len(dataset):,} rows.")
                sentences += _without_added(dataset)
                fields.update(dataset.fields)
        else:
            keep = () if data.split.group is None else (data.split.group,)
            reading = read_rows(
                list(run),
                format=data.format,
                columns=data.columns,
                keep=keep,
                on_progress=on_progress,
            )
            parts.append(_rows_of(reading, sentences))
            sentences += reading.sentences
            fields.update(reading.fields)
    return Origin(split, chain.from_iterable(parts), sentences, frozenset(fields))


def _rows_of(reading: Reading, sentences: list[str]) -> Iterator[Row]:
    yield from reading.rows()
    sentences += reading.left_out()


def _without_added(dataset: Dataset) -> list[str]:
    added = dataset.num_added("train")
    return [f"The {added:,} of them that augmenters made are left out."] if added else []


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


def _made_by_luthier(source: Any) -> str:
    """`dataset` or `project`, if the source is a folder of that kind."""
    if not isinstance(source, str):
        return ""
    if is_project(Path(source)):
        return "project"
    return "dataset" if Dataset.is_dataset(Path(source)) else ""
