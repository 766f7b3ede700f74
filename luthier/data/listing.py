"""What lies in a folder of data: its files in order of their paths, each data, text or about it.

A text is any file that is a row as a whole: plain text, and documents such as pdf and docx. A
workbook (xlsx) holds data, unless it lies among texts: then it is one of them.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from luthier.core.errors import UserError
from luthier.data.choose_reader import READERS, extensions
from luthier.data.documents.converter import CONVERTED
from luthier.data.parsing.raw_file import RawFile, missing

ABOUT = frozenset({"readme", "license", "licence", "copying", "notice", "changelog", "citation"})
"""Files in the folder itself that speak about its data."""
LITTER = frozenset({"__MACOSX", "_SUCCESS", "Thumbs.db", "desktop.ini"})
"""What tools leave behind; passed over like hidden files."""


@dataclass(slots=True)
class Survey:
    """How many files of each kind there are, and the first of each; whether any is converted."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    has_converted: bool = False

    def add(self, kind: str, name: str) -> None:
        """Count one file."""
        self.counts[kind] += 1
        self.first.setdefault(kind, name)
        self.has_converted |= RawFile(Path(name)).extension in CONVERTED

    def settle_sheets(self) -> None:
        """Decide what the workbooks are: texts among texts, else data."""
        among_texts = not self.counts["data"] and self.counts["text"] + self.counts["text below"]
        for kind, text in (("sheet", "text"), ("sheet below", "text below")):
            if count := self.counts.pop(kind, 0):
                settled = text if among_texts else "data"
                self.counts[settled] += count
                self.first.setdefault(settled, self.first.pop(kind))


def kind_of(name: str) -> str:
    """What a file is by its path in the folder: `data`, `sheet`, `text` or `about`.

    A `sheet` and a `text` that lie in a sub-folder are `sheet below` and `text below`; `about` is a
    README, a LICENSE and the like at the top.
    """
    reader = extensions().get(RawFile(Path(name)).extension, "txt")
    if reader == "xlsx":
        return "sheet below" if "/" in name else "sheet"
    if reader != "txt" and not READERS.get(reader).is_one_row:
        return "data"
    if "/" in name:
        return "text below"
    return "about" if name.partition(".")[0].lower() in ABOUT else "text"


def names_in(root: Path, pattern: str | None = None) -> Iterator[str]:
    """Paths of all files below a folder, relative to it, with `/` between their parts.

    Hidden files and folders are passed over. Memory holds one folder's names at a time.

    Args:
        root: the folder.
        pattern: what the paths have to match, from their right end: `*.csv`, `train/*`.

    Raises:
        UserError: a link leads out of the folder.
    """
    for name in files_in(root):
        if pattern is None or PurePosixPath(name).match(pattern):
            yield name


def files_in(root: Path, *, hidden: bool = False) -> Iterator[str]:
    """Paths of all files below a folder, as `names_in`; also of hidden ones, if asked for.

    Raises:
        UserError: a link leads out of the folder.
    """
    return _walk(root, root.resolve(), "", hidden=hidden)


def survey(root: Path, shown: str, pattern: str | None = None) -> Survey:
    """Look at all names in a folder.

    Raises:
        UserError: there is no such folder, or no file in it, or both data files and texts.
    """
    if not root.is_dir():
        is_file = root.exists()
        raise UserError(f"{shown}: a file, not a folder." if is_file else missing(root, shown))
    found = Survey()
    for name in names_in(root, pattern):
        found.add(kind_of(name), name)
    found.settle_sheets()
    if not found.counts:
        which = f" that match `{pattern}`" if pattern else ""
        raise UserError(f"{shown}: no files{which} in this folder.")
    text = found.first.get("text") or found.first.get("text below")
    if found.counts["data"] and text:
        raise UserError(
            f"{shown}: holds data files ({found.first['data']}) and texts ({text}). "
            "Say which to read: `{folder: {path: ..., files: '*.csv'}}`."
        )
    return found


def _walk(root: Path, real_root: Path, below: str, *, hidden: bool) -> Iterator[str]:
    with os.scandir(root / below) as scan:
        entries = sorted(scan, key=lambda entry: entry.name)
    for entry in entries:
        if (entry.name.startswith(".") and not hidden) or entry.name in LITTER:
            continue
        name = f"{below}{entry.name}"
        if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(real_root):
            raise UserError(
                f"{root / name}: a link that leads out of the folder. Put the file itself there."
            )
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, real_root, f"{name}/", hidden=hidden)
        elif entry.is_file():
            yield name
