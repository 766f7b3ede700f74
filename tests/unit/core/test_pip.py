import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from luthier.core import pip
from luthier.core.clients import ClientError
from luthier.core.errors import UserError
from tests.packages import sha256, use_fake_pip, use_index, write_tar, write_wheel

SETUP = b"""
import os, pathlib
pathlib.Path(os.environ["EVIDENCE"]).write_text("the set-up was run")
from setuptools import setup
setup(name="toy", version="1.0")
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    use_index(folder, monkeypatch)
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def test_pip_brings_the_wheel_as_it_is(index: Path, scratch: Path) -> None:
    package = write_wheel(index)
    file = pip.download("toy", "1.0", [package.sha256], scratch)
    assert sha256(file) == package.sha256


def test_an_sdist_is_fetched_and_its_set_up_is_not_run(
    index: Path, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = tmp_path / "evidence"
    monkeypatch.setenv("EVIDENCE", str(evidence))
    write_wheel(index)
    info = b"Metadata-Version: 1.0\nName: toy\nVersion: 1.0\n"
    archive = write_tar(
        index / "toy-1.0.tar.gz", {"toy-1.0/setup.py": SETUP, "toy-1.0/PKG-INFO": info}
    )
    file = pip.download("toy", "1.0", [sha256(archive)], scratch, sdist=True)
    assert (sha256(file), evidence.exists()) == (sha256(archive), False)


def test_another_hash_is_told_with_both_and_nothing_is_kept(index: Path, scratch: Path) -> None:
    found = write_wheel(index).sha256
    with pytest.raises(UserError, match=f"toy 1.0.*expected {'0' * 64}, found {found}"):
        pip.download("toy", "1.0", ["0" * 64], scratch)
    assert not list(scratch.rglob("*.whl"))


def test_pip_says_what_went_wrong(index: Path, scratch: Path) -> None:
    with pytest.raises(ClientError, match=r"pip says: .*No matching distribution found for toy"):
        pip.download("toy", "1.0", ["0" * 64], scratch)


def test_a_pip_in_the_current_folder_is_not_the_one_that_is_run(
    index: Path, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = write_wheel(index)
    (tmp_path / "pip.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert pip.download("toy", "1.0", [package.sha256], scratch).exists()


def test_the_users_environment_is_kept_and_temporary_files_are_ours(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "file:///mirror")
    script = "print(os.environ['PIP_INDEX_URL'], os.environ['TMPDIR'], file=sys.stderr); exit(1)"
    use_fake_pip(tmp_path, script, monkeypatch)
    with pytest.raises(ClientError, match=f"pip says: file:///mirror {scratch}"):
        pip.download("toy", "1.0", ["0" * 64], scratch)


def test_pip_never_asks_a_question(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "print('--no-input' in sys.argv, repr(sys.stdin.read()), file=sys.stderr); exit(1)"
    use_fake_pip(tmp_path, script, monkeypatch)
    with pytest.raises(ClientError, match="True ''"):
        pip.download("toy", "1.0", ["0" * 64], scratch)


def test_a_disk_that_pip_finds_full_is_the_disks_fault(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "print('[Errno 28] No space left on device', file=sys.stderr); exit(1)"
    use_fake_pip(tmp_path, script, monkeypatch)
    with pytest.raises(OSError, match="No space left") as caught:
        pip.download("toy", "1.0", ["0" * 64], scratch)
    assert caught.value.errno == 28


@pytest.mark.parametrize("script", ["", "[(output / name).touch() for name in 'ab']"])
def test_a_success_without_the_one_file_is_a_failure(
    script: str, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_pip(tmp_path, script, monkeypatch)
    with pytest.raises(ClientError, match=r"one file was expected, but [02] came"):
        pip.download("toy", "1.0", ["0" * 64], scratch)


def test_a_failure_without_a_word_is_told_as_such(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_pip(tmp_path, "exit(1)", monkeypatch)
    with pytest.raises(ClientError, match="pip says: nothing"):
        pip.download("toy", "1.0", ["0" * 64], scratch)


def test_a_missing_pip_is_told_with_the_remedy(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_none(name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(pip, "find_spec", find_none)
    with pytest.raises(ClientError, match="ensurepip"):
        pip.download("toy", "1.0", ["0" * 64], scratch)


def test_a_python_that_cannot_be_run_is_told(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(ClientError, match=f"gone cannot be run .{os.strerror(2)}"):
        pip.download("toy", "1.0", ["0" * 64], scratch)
