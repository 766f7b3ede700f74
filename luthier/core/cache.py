"""The cache: folders that are filled once, whole; what can be made anew is bounded in size."""

import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from luthier.core.errors import UserError
from luthier.core.files import complain_if_unwritable, new_folder

Report = Callable[[str], None]
"""Takes one line for people about what is going on."""
_SPARE = 1.05


def cache_folder() -> Path:
    """Where fetched packages lie: `$LUTHIER_CACHE`, else the user's cache folder."""
    chosen = os.environ.get("LUTHIER_CACHE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("luthier")


def keep(name: str, fill: Callable[[Path, Path], None], report: Report | None = None) -> Path:
    """The folder `name` of the cache, filled if it is not there yet.

    One process fills it, others wait for it. It is there whole or not at all; what a killed
    process left behind is removed.

    Args:
        name: path below the cache. It ends in a hash of what goes in, so it never goes stale.
        fill: called with the empty folder to fill, and an empty folder for scratch.
        report: told when another process has to be waited for.

    Raises:
        UserError: the cache may not be written, or the disk is full.
    """
    path = cache_folder() / name
    if path.is_dir():
        return path
    with _only_one(path, report):
        if not path.is_dir():
            _sweep(path)
            with new_folder(path) as folder, _scratch(path) as scratch:
                fill(folder, scratch)
    return path


def make_room(folder: Path, wanted: int, budget: float) -> bool:
    """Whether a folder may grow; those beside it that are longest unused make room for it.

    Nothing is removed for what does not fit even so.

    Args:
        folder: of the cache; it need not be there yet.
        wanted: bytes that it is to hold more.
        budget: bytes that it and all folders beside it may take.
    """
    others = [path for path in folder.parent.iterdir() if path.is_dir() and path != folder]
    others.sort(key=_last_used)
    own = _size(folder)
    used = own + sum(map(_size, others))
    while used + wanted > budget and others and own + wanted <= budget:
        oldest = others.pop(0)
        used -= _size(oldest)
        shutil.rmtree(oldest, ignore_errors=True)
    free = shutil.disk_usage(folder.parent).free
    return used + wanted <= budget and _SPARE * wanted <= free


def note_use(folder: Path) -> None:
    """Note that a folder is in use, so that others make room before it does."""
    with suppress(OSError):  # a cache that may only be read is as good, and makes no room
        os.utime(folder)


def _last_used(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:  # another process took it away
        return 0


def _size(folder: Path) -> int:
    try:
        with os.scandir(folder) as files:
            return sum(file.stat().st_size for file in files)
    except FileNotFoundError:
        return 0


@contextmanager
def _only_one(path: Path, report: Report | None) -> Iterator[None]:
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        with complain_if_unwritable(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            _acquire(lock, path.name, report)
    except UserError as error:
        raise UserError(f"{error} The environment variable LUTHIER_CACHE names it.") from error
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock, what: str, report: Report | None) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if report is not None:
            report(f"Waiting for another process that is fetching {what}.")
        lock.acquire()


@contextmanager
def _scratch(path: Path) -> Iterator[Path]:
    scratch = tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        yield Path(scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _sweep(path: Path) -> None:
    # Whoever made these is dead: it would hold the lock. (Its pip may live on for a moment and
    # write into a folder that is being removed; then the next sweep gets the rest.)
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        shutil.rmtree(left, ignore_errors=True)
