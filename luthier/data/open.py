"""From what a recipe writes as its sources to rows: open, recognise, read."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from luthier.core.errors import UserError, did_you_mean
from luthier.core.registry import Choice, Menu
from luthier.data.parsing.column_names import columns_of
from luthier.data.parsing.values import kind
from luthier.data.reading import Part, Reading
from luthier.data.recognise import Recognised, Sample, recognise
from luthier.data.source import OnProgress, Source, unwatched

SOURCES = Menu("luthier.data.sources")
SAMPLE_ROWS = 100

Written = str | Choice | Mapping[str, Any]
"""A path, `prefix:name`, or a choice from the menu of sources."""

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
"""How names of archives end."""

_PREFIX = re.compile(r"([A-Za-z][\w-]+):(.*)", re.DOTALL)


def open_source(written: Written) -> Source:
    """The source that is meant: what exists is a path, `catalog:NAME` is one of that source.

    An address of the web is a page there. A path is an archive by the ending of its name, or a
    maildir by the folders in it.

    What follows a prefix is the first option of the source of that name. Nothing is read yet.

    Raises:
        UserError: there is no such source, or it has no such option.
    """
    source: Source = SOURCES.build(_choice(written) if isinstance(written, str) else written)
    return source


def read_rows(
    sources: Sequence[Written],
    *,
    format: Written | None = None,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    on_progress: OnProgress = unwatched,
) -> Reading:
    """Open the sources, recognise the shape of each by its first rows, and make them one.

    Args:
        sources: read one after another.
        format: the shape of all of them; else each is recognised.
        columns: canonical field -> column, for all of them. Numbers ("1", "2") mean the columns
            of a table without header.
        keep: columns that the rows carry along under their own name.
        on_progress: told what is fetched from far away.

    Raises:
        UserError: a source cannot be read, has an unknown shape, has not the columns that are
            asked for, or has another shape than the first.
    """
    if not sources:
        raise UserError("No source of rows is named. Name a file, a folder or catalog:NAME.")
    sentences: list[str] = []
    parts: list[Part] = []
    kinds: list[dict[str, str]] = []
    for written in sources:
        origin = name_of(written)
        source = open_source(written)
        source.collect(on_progress)
        source, sample = _settled(source, columns or {})
        shape = recognise(sample, origin, columns=columns, format=format)
        _refuse_bad_keep(keep, shape, sample, origin)
        sentences += [*source.remarks(), shape.sentence]
        parts.append(Part(origin, source, shape))
        kinds.append(_kinds(shape, sample))
    _refuse_different(parts, kinds)
    fields = tuple(dict.fromkeys(field for seen in kinds for field in seen))
    return Reading(sentences, parts[0].shape.name, fields, tuple(parts), tuple(keep))


def name_of(written: Written) -> str:
    """What messages call a source: its path or name."""
    if isinstance(written, str):
        return written
    choice = Choice.parse(written)
    first = next(iter(choice.options.values()), choice.name)
    if isinstance(first, list) and first:
        return f"{first[0]} and {len(first) - 1} more" if len(first) > 1 else str(first[0])
    return str(first)


def _choice(written: str) -> Choice:
    if written.lower().startswith(("http://", "https://")):
        return Choice("web", {"url": written})
    path = Path(written).expanduser()
    prefixed = _PREFIX.fullmatch(written)
    if prefixed and not path.exists():
        name, rest = prefixed.groups()
        if name.replace("-", "_") not in SOURCES.names():
            raise UserError(
                f"{written}: there is no file of that name, and no source `{name}` yet. "
                f"{did_you_mean(name, SOURCES.names())} Name a file, a folder or catalog:NAME."
            )
        return Choice(name, {next(iter(SOURCES.schema(name).model_fields)): rest})
    return Choice(_kind_of_path(path), {"path": written})


def _kind_of_path(path: Path) -> str:
    """The source that reads what lies at a path, or would lie there."""
    if path.is_dir():
        return "maildir" if all((path / name).is_dir() for name in ("cur", "new")) else "folder"
    return "archive" if path.name.lower().endswith(ARCHIVES) else "file"


def _settled(source: Source, columns: Mapping[str, str]) -> tuple[Source, Sample]:
    """The source and its first rows; columns that are asked for by number settle its header."""
    sample = _first_rows(source)
    wanted = set(columns.values())
    if wanted and all(name.isdigit() for name in wanted) and not wanted & set(columns_of(sample)):
        headless = source.without_header()
        if headless is not source:
            return headless, _first_rows(headless)
    return source, sample


def _first_rows(source: Source) -> Sample:
    return [found.fields for found in islice(source.rows(), SAMPLE_ROWS)]


def _refuse_bad_keep(keep: Sequence[str], shape: Recognised, sample: Sample, origin: str) -> None:
    there = columns_of(sample)
    for column in keep:
        if column not in there:
            raise UserError(f"{origin} has no column `{column}`. {did_you_mean(column, there)}")
        if shape.columns.get(column, column) != column:
            raise UserError(
                f"{origin}: the column `{column}` cannot be kept, for `{column}` is read from "
                f"`{shape.columns[column]}`. Rename the column."
            )


def _kinds(shape: Recognised, sample: Sample) -> dict[str, str]:
    """Canonical field -> kind of its values, in those rows of the sample that can be read."""
    kinds: dict[str, str] = {}
    for fields in sample:
        try:
            read = shape.format.read(fields, shape.columns)
        except ValueError:
            continue  # `Reading.rows` tells it, with its place
        for field, value in read.items():
            kinds.setdefault(field, kind(value))
    return kinds


def _refuse_different(parts: Sequence[Part], kinds: Sequence[Mapping[str, str]]) -> None:
    known = [(part, seen) for part, seen in zip(parts, kinds, strict=True) if seen]
    for part, seen in known[1:]:
        first, expected = known[0]
        if _essence(seen) != _essence(expected):
            raise UserError(
                f"{part.origin} has another shape than {first.origin}, so they cannot be mixed: "
                f"{_listed(seen)} instead of {_listed(expected)}. "
                "Leave one out, or make their columns alike."
            )


def _essence(kinds: Mapping[str, str]) -> dict[str, str]:
    return {field: kind for field, kind in kinds.items() if field != "tools"}


def _listed(kinds: Mapping[str, str]) -> str:
    return ", ".join(f"`{field}` ({kind})" for field, kind in kinds.items())
