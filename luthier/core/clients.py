"""Running a package registry's own client as the user has set it up: mirror, proxy, password."""

import errno
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class ClientError(Exception):
    """A client could not fetch something; in its own words."""


def run_client(
    command: Sequence[str], scratch: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a client without a terminal, and catch what it prints.

    Args:
        command: program and arguments.
        scratch: folder for its temporary files, so that a kill leaves none elsewhere.
        environment: variables to add to our own.

    Raises:
        ClientError: it cannot be started.
        OSError: it found the disk full.
    """
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **temporary, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise ClientError(f"{command[0]} cannot be run ({error.strerror})") from error
    if done.returncode and re.search(r"No space left on device|ENOSPC", done.stderr):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(scratch))
    return done


def last_line(output: str) -> str:
    """The last thing a client said, which tells best what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"


def only_file(folder: Path) -> Path:
    """The one file that a client was asked to put into a folder.

    Raises:
        ClientError: it claims success, but there is none, or several.
    """
    files = list(folder.iterdir())
    if len(files) != 1:
        raise ClientError(f"one file was expected, but {len(files)} came")
    return files[0]
