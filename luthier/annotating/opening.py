"""Projects as the command asks for them: found or made, filled from files, written to files."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luthier.annotating.exports import format_of
from luthier.core.errors import UserError, silent
from luthier.data.annotation.items import placed_rows
from luthier.data.annotation.project import Project
from luthier.data.annotation.project_folder import folder_beside, is_project
from luthier.data.annotation.suspects import NAME
from luthier.data.annotation.task_kinds import kind_for
from luthier.data.annotation.transfer import export_answers, import_answers

SUSPECTED = "suspected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What people are to be asked.

    Attributes:
        source: a dataset folder, a file, catalog:NAME ..., or a project that is there already.
        task: a task of a recipe, for which the answers make rows; None: as the project has it.
        output: the project's folder; else beside the source.
        guidelines: a Markdown file.
        labels: to choose from; else those the rows hold.
        relation_labels: what a relation may be, where relations are asked for.
        overlap: how many people are to answer each item.
        only: `suspected` (what `luthier audit` found), or a file of ids: ask about those rows
            alone, in that order and blind.
    """

    source: str
    task: str | None = None
    output: Path | None = None
    guidelines: Path | None = None
    labels: tuple[str, ...] = ()
    relation_labels: tuple[str, ...] = ()
    overlap: int = 1
    only: str | None = None


def exchange(
    asking: Asking,
    take: Path | None,
    export: Path | None,
    format: str | None = None,
    say: Callable[[str], None] = silent,
) -> dict[str, Any]:
    """Take answers over from a file, write them to one, or both in this order.

    Args:
        asking: which project; it is made if it is not there yet.
        take: a file of answers to the items of the project.
        export: the file to write. An open page does not hinder it.
        format: of both; None: by their names.
        say: told what was done.

    Returns:
        `path` of the project, and how many answers were `imported`, how many items `exported`.

    Raises:
        UserError: see `open_project`; a file is damaged, or cannot hold such answers.
    """
    imported = exported = 0
    folder = folder_of(asking)
    if take is not None or not is_project(folder):
        with open_project(asking) as project:
            if take is not None:
                imported = import_answers(project, take, format or format_of(take))
                say(f"{imported:,} new answers are in {folder}.")
    if export is not None:
        with Project.open(folder, read_only=True) as project:
            exported = export_answers(project, export, format or format_of(export))
            say(f"{exported:,} items are in {export}.")
    return {"path": str(folder), "imported": imported, "exported": exported}


def folder_of(asking: Asking) -> Path:
    """Where the project is, or is to be: the source itself if it is one, else beside it."""
    source = Path(asking.source).expanduser()
    return source if is_project(source) else asking.output or folder_beside(asking.source)


def open_project(asking: Asking) -> Project:
    """The project that is asked for: the one that is there, or a new one.

    Raises:
        UserError: there is one already that asks for something else, or none can be made.
    """
    folder = folder_of(asking)
    project = _reopened(folder, asking) if is_project(folder) else _made(folder, asking)
    try:
        if asking.guidelines is not None:
            project.revise_guidelines(_read(asking.guidelines, "--guidelines"))
        if asking.only is not None:
            project.restrict(ids_in(_list_of(asking)))
    except BaseException:
        project.close()
        raise
    return project


def ids_in(path: Path) -> list[str]:
    """The ids in a file: one a line, or JSON lines with `id`.

    Raises:
        UserError: it cannot be read, or a line has no id.
    """
    lines = enumerate(_read(path, "--only").splitlines(), 1)
    return [
        _id_in(line.strip(), f"{path}, line {number}") for number, line in lines if line.strip()
    ]


def _id_in(line: str, place: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        found = json.loads(line).get("id")
    except ValueError as error:
        raise UserError(f"{place}: is damaged ({error}).") from error
    if not isinstance(found, str):
        raise UserError(f"{place}: has no `id`.")
    return found


def _made(folder: Path, asking: Asking) -> Project:
    if asking.task is None:
        raise UserError(
            f"{folder}: no project is there yet. Say what to ask with --task, such as "
            "--task text_classification."
        )
    placed, _ = placed_rows([asking.source], ())
    rows = (row for _, row in placed)
    kind = kind_for(asking.task, rows, asking.labels, asking.relation_labels)
    return Project.create(folder, [asking.source], kind, title=folder.name, overlap=asking.overlap)


def _reopened(folder: Path, asking: Asking) -> Project:
    project = Project.open(folder)
    labels = list(project.kind.labels)
    if asking.labels and list(asking.labels) != labels:
        project.close()
        raise UserError(
            f"{folder}: asks for {', '.join(labels) or project.kind.title}, which --labels cannot "
            "change any more. Leave it out, or choose another folder with --output."
        )
    return project


def _list_of(asking: Asking) -> Path:
    assert asking.only is not None
    if asking.only != SUSPECTED:
        return Path(asking.only)
    source = Path(asking.source).expanduser()
    # Where `luthier audit` writes: into a dataset, beside a run's rows, beside any other source.
    folders = (source, source.parent / "audit", source.with_name(f"{source.stem}-audit"))
    found = next((folder / NAME for folder in folders if (folder / NAME).is_file()), None)
    if found is None:
        raise UserError(
            f"--only suspected: nothing is suspected of {source} yet. Run `luthier audit` on it, "
            "or name a file of ids."
        )
    return found


def _read(path: Path, option: str) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UserError(f"{option}: {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{option}: {path} is not UTF-8.") from error
