"""The run folder: everything a run is, on disk, in the shape that design.md section 6 fixes."""

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from luthier.core.errors import UserError
from luthier.core.files import complain_if_unwritable, read_json, write_json, write_text

_REPORTED = ("luthier", "torch", "transformers", "tokenizers", "safetensors", "numpy", "pyarrow")


class Run:
    """A run folder: paths to its parts, and the log of its metrics.

    Of several processes that train together one writes; what the others log goes nowhere.
    """

    def __init__(self, folder: Path, *, writes: bool = True):
        self.folder = folder
        self.writes = writes
        self.recipe = folder / "recipe.yaml"
        self.environment = folder / "environment.json"
        self.data = folder / "data"
        self.metrics = folder / "metrics.jsonl"
        self.checkpoints = folder / "checkpoints"
        self.model = folder / "model"
        self.evaluation = folder / "evaluation.json"
        self.predictions = folder / "predictions.jsonl"
        self.report = folder / "report.html"
        self.card = folder / "README.md"

    @classmethod
    def create(cls, folder: Path, recipe: str) -> "Run":
        """Start a run in a folder of its own.

        Raises:
            UserError: a run is there already, or the folder may not be written.
        """
        run = cls(folder)
        if run.recipe.exists():
            raise UserError(
                f"{folder} already holds a run. Continue it with --resume, replace it with "
                "--overwrite, or choose another folder with --set run.folder=NAME."
            )
        if folder.is_dir() and any(path != run.data for path in folder.iterdir()):
            raise UserError(f"{folder} holds files that are not a run. Choose another run.folder.")
        with complain_if_unwritable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(run.data, ignore_errors=True)  # of an attempt that was given up
        write_text(run.recipe, recipe)
        return run

    @classmethod
    def open(cls, folder: Path, *, writes: bool = True) -> "Run":
        """An existing run, finished or not.

        Raises:
            UserError: the folder is missing, or holds no run.
        """
        run = cls(folder, writes=writes)
        if not folder.is_dir():
            raise UserError(f"{folder}: no such run folder.{_runs_nearby(folder)}")
        if not run.recipe.exists():
            raise UserError(f"{folder}: holds no recipe.yaml, so it is not a run folder.")
        return run

    def give_up(self) -> None:
        """Undo `create`, because the run never came to its first step; the data report stays."""
        self.recipe.unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    @property
    def verdict(self) -> str:
        """The one sentence: did it help?

        Raises:
            UserError: the run has not been judged yet.
        """
        return str(self._judged()["verdict"])

    @property
    def scores(self) -> dict[str, float | None]:
        """The metrics on the test split, without their intervals."""
        return {name: found["value"] for name, found in self._judged()["metrics"].items()}

    def _judged(self) -> dict[str, Any]:
        if not self.evaluation.exists():
            raise UserError(
                f"{self.folder}: not judged yet. Finish it with `luthier train --resume`."
            )
        found: dict[str, Any] = read_json(self.evaluation)
        return found

    def log(self, line: Mapping[str, Any]) -> None:
        """Append one line to metrics.jsonl; it is with the operating system before this returns."""
        if not self.writes:
            return
        with self.metrics.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")

    def logged(self) -> Iterator[dict[str, Any]]:
        """The lines of metrics.jsonl; a last line that a kill cut short is left out."""
        if not self.metrics.exists():
            return
        with self.metrics.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):
                    yield json.loads(line)

    def forget_after(self, step: int) -> None:
        """Take back what was logged after a step, because the run resumes there."""
        if not self.writes:
            return
        kept = [line for line in self.logged() if line["step"] <= step]
        write_text(
            self.metrics, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
        )

    def describe_environment(self, facts: Mapping[str, Any]) -> None:
        """Write environment.json: versions, machine, code, and what the run says of itself."""
        if not self.writes:
            return
        known = read_json(self.environment) if self.environment.exists() else environment()
        write_json(self.environment, {**known, **facts})


def environment() -> dict[str, Any]:
    """What the numbers of a run depend on besides recipe, data and weights."""
    return {
        "versions": {"python": platform.python_version()} | _versions(),
        "machine": {
            "system": platform.platform(),
            "processor": processor(),
            "cores": psutil.cpu_count(logical=False) or os.cpu_count(),
            "memory_bytes": psutil.virtual_memory().total,
        },
        "git_commit": _git_commit(),
    }


def peak_memory_bytes() -> int:
    """The most memory this process has held so far (resident set)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _versions() -> dict[str, str]:
    found = {}
    for name in _REPORTED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # luthier itself, run from a checkout that is not installed
    return found


def processor() -> str:
    """What the processor calls itself."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def _git_commit() -> str | None:
    """The commit of the code, where it runs from a checkout."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None


def _runs_nearby(folder: Path) -> str:
    found = sorted(str(recipe.parent) for recipe in folder.parent.glob("*/recipe.yaml"))
    return f" There is: {', '.join(found[:8])}." if found else ""
