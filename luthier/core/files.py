"""Writing files so that a kill, a full disk or a second process never leaves half of one."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from luthier.core.errors import UserError


@contextmanager
def complain_if_unwritable(path: Path) -> Iterator[None]:
    """Turn what the operating system says about a full or closed disk into the user's sentence.

    Raises:
        UserError: no space is left, or the place may not be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (28, 122):  # ENOSPC, EDQUOT
            raise UserError(
                f"{path}: the disk is full. Free some space, or choose another folder; "
                "what was there before is untouched."
            ) from error
        if error.errno in (1, 13, 30):  # EPERM, EACCES, EROFS
            raise UserError(f"{path}: may not be written. Choose a folder of your own.") from error
        if error.errno in (17, 20):  # EEXIST, ENOTDIR
            raise UserError(f"{path}: a file stands where a folder is needed.") from error
        raise


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Fill a file under a temporary name; it takes its own name, whole, when the block ends.

    If the block raises, nothing is left behind and an older file of that name stays.

    Raises:
        UserError: the disk is full or may not be written.
    """
    with complain_if_unwritable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
        sync_folder(path.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: temporary name, fsync, rename."""
    with new_file(path) as file:
        file.write(content)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people and programs: indented, UTF-8, keys in the order given, no NaN."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read one of our own JSON files.

    Raises:
        UserError: it is missing, or is not JSON any more.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file.") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: damaged ({error}). Make it anew.") from error


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Fill a folder under a temporary name; it takes its own name, whole, when the block ends.

    An older folder of that name is replaced. If the block raises, nothing is left behind and the
    older folder stays.

    Raises:
        UserError: the disk is full or may not be written.
    """
    with complain_if_unwritable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        try:
            yield temporary
            os.chmod(temporary, 0o755)
            # Side by side: the disk seals many files in one go (6,000 mails: 13 s become 1 s).
            with ThreadPoolExecutor(16) as pool:
                list(pool.map(sync_folder, temporary.rglob("*")))
            sync_folder(temporary)
            _take_place(temporary, path)
            sync_folder(path.parent)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def _take_place(temporary: Path, path: Path) -> None:
    # A folder cannot be replaced in one call: the old one steps aside under a hidden name first.
    if not path.exists():
        os.rename(temporary, path)
        return
    aside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.old."))
    os.rename(path, aside / path.name)
    os.rename(temporary, path)
    shutil.rmtree(aside)


def sync_folder(path: Path) -> None:
    """Make the file or folder survive a power cut (fsync)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a UTF-8 text file of many lines, whole or not at all, without holding them."""
    with new_file(path) as file:
        file.writelines(f"{line}\n".encode() for line in lines)
