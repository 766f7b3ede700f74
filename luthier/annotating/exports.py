"""Which files a project's answers can be written to, and what people call them."""

from pathlib import Path

from luthier.data.annotation.project import Project
from luthier.data.annotation.transfer import EXCHANGES

TITLES = {"jsonl": "JSON lines", "label_studio": "Label Studio", "doccano": "doccano"}
"""Names that are the same in every language; a format that is not here is called by its own."""

_BY_EXTENSION = {".json": "label_studio", ".conll": "conll"}


def formats_for(project: Project) -> list[tuple[str, str]]:
    """The formats that can hold such answers: name and title."""
    return [
        (name, TITLES.get(name, name.upper()))
        for name in EXCHANGES.names()
        if project.kind.name in EXCHANGES.get(name).kinds
    ]


def extension_of(format: str) -> str:
    """What the name of such a file ends in, with the dot.

    Raises:
        UserError: there is no such format.
    """
    return f".{EXCHANGES.get(format).extension}"


def format_of(path: Path) -> str:
    """The format of a file whose format nobody named: by what its name ends in, else JSON lines."""
    return _BY_EXTENSION.get(path.suffix.lower(), "jsonl")
