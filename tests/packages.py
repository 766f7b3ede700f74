"""Small packages as registries hold them, and clients of registries that need no network."""

import hashlib
import io
import os
import stat
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import luthier
from luthier.core.catalog import Package

CONTENT = {
    "toy/data/a.txt": b"first\n",
    "toy/data/zh.txt": "第二\n".encode(),
    "toy/code.py": b"1/0",
}


def write_zip(path: Path, content: Mapping[str, bytes]) -> Path:
    """A zip file with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in content.items():
            file.writestr(name, data)
    return path


def write_tar(path: Path, content: Mapping[str, bytes | tarfile.TarInfo]) -> Path:
    """A gzipped tar file with these members; a TarInfo is written as it is, without content."""
    with tarfile.open(path, "w:gz") as file:
        for name, data in content.items():
            if isinstance(data, tarfile.TarInfo):
                file.addfile(data)
            else:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                file.addfile(member, io.BytesIO(data))
    return path


def write_wheel(folder: Path, content: Mapping[str, bytes] = CONTENT) -> Package:
    """The distribution `toy` 1.0 as a wheel that pip accepts, and its pin."""
    metadata = {
        "toy-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n",
        "toy-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
    }
    wheel = write_zip(folder / "toy-1.0-py3-none-any.whl", {**content, **metadata})
    return Package("pypi", "toy", "1.0", sha256(wheel), 1, ("toy/data/*.txt",))


def sha256(path: Path) -> str:
    """The hash that a pin of this file holds."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def use_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set pip to a folder of archives, and to nothing else."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))


def use_fake_pip(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `python -m pip` run this script; `output` is the folder that a download goes to.

    The variable PYTHONPATH is set such that children also find Luthier.
    """
    package = folder / "fake" / "pip"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(
        "import os, sys, time, shutil\nfrom pathlib import Path\n"
        "output = Path(sys.argv[sys.argv.index('--dest') + 1])\n" + script,
        "utf-8",
    )
    root = Path(luthier.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(package.parent), str(root)]))


def use_fake_npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `npm` run this script; `output` is the folder that a tarball goes to."""
    program = folder / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport json, shutil, sys\nfrom pathlib import Path\n"
        "output = Path(sys.argv[sys.argv.index('--pack-destination') + 1])\n" + script,
        "utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent))


def files_below(folder: Path) -> dict[str, bytes]:
    """All files of a folder by their path in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
