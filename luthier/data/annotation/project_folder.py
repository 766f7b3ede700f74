"""The folder of an annotation project: what is in it, made and read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from luthier.core.errors import UserError
from luthier.core.files import new_folder, read_json, write_json, write_lines
from luthier.core.registry import Menu, schema_mistakes
from luthier.data.annotation.items import Placed, write_items
from luthier.data.annotation.kind import Kind
from luthier.data.annotation.settings import FORMAT, NAME, Guidelines, Settings

KINDS = Menu("luthier.data.annotation.kinds")
ITEMS, ONLY, GOLD, LOCK = "items", "only.txt", "gold.jsonl", ".lock"


def is_project(path: Path) -> bool:
    """Whether the folder holds an annotation project."""
    return (path / NAME).is_file() and (path / ITEMS).is_dir()


def folder_beside(source: str) -> Path:
    """Where the project of a source goes if nobody says: `data/spam` -> `data/spam-annotations`."""
    path = Path(source.rstrip("/"))
    name = path.name.rpartition(":")[2] if not path.exists() else path.name
    return path.with_name(f"{name.partition('.')[0]}-annotations")


def make_folder(
    folder: Path,
    rows: Iterable[Placed],
    kind: Any,
    sources: Sequence[str],
    settings: Mapping[str, Any],
) -> None:
    """Write a new project, whole or not at all.

    Raises:
        UserError: the folder is taken, a setting is wrong, a source cannot be read, or this kind
            of question cannot be asked about its rows.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: is taken. Open it, or choose another folder.")
    choice = KINDS.resolve(kind)
    built: Kind = KINDS.build(choice)
    text = settings.get("guidelines", "")
    tree = {
        "title": folder.name,
        **settings,
        "kind": {choice.name: dict(choice.options)},
        "sources": list(sources),
        "items": {"rows": 0},
        "guidelines": [{"version": 1, "text": text, "at": now()}] if text else [],
    }
    _validated(tree, "The project's settings")  # before anything costs time
    with new_folder(folder) as making:
        items = write_items(making / ITEMS, rows, built, sources)
        tree["items"] = {"rows": len(items), "hash": items.hash}
        write_settings(making, _validated(tree, "The project's settings"))


def read_settings(folder: Path) -> Settings:
    """Read and check project.json.

    Raises:
        UserError: it is missing, damaged, or of another version of the format.
    """
    path = folder / NAME
    if not is_project(folder):
        raise UserError(f"{folder}: no annotation project. Make one: luthier annotate DATASET.")
    tree = read_json(path)
    if isinstance(tree, dict) and tree.get("format", FORMAT) != FORMAT:
        raise UserError(
            f"{path}: format {tree['format']}, and this version of luthier reads {FORMAT}. "
            "Use the version of luthier that wrote it."
        )
    return _validated(tree, str(path))


def write_settings(folder: Path, settings: Settings) -> None:
    """Write project.json; on disk when this returns."""
    write_json(folder / NAME, settings.model_dump(mode="json"))


def read_only_ids(folder: Path) -> list[str]:
    """The ids of only.txt."""
    return (folder / ONLY).read_text("utf-8").split()


def write_only_ids(folder: Path, ids: Iterable[str]) -> None:
    """Write only.txt, one id a line."""
    write_lines(folder / ONLY, ids)


def with_version(versions: Sequence[Guidelines], text: str) -> list[Guidelines]:
    """Guidelines with one more version."""
    return [*versions, Guidelines(version=len(versions) + 1, text=text, at=now())]


def now() -> str:
    """The time, ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _validated(tree: Any, place: str) -> Settings:
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        mistakes = schema_mistakes(error, Settings, "")
        raise UserError(f"{place}: {'; '.join(map(str, mistakes))}") from None
