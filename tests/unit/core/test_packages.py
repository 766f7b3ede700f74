import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import luthier
from luthier.core.catalog import Package
from luthier.core.errors import UserError
from luthier.core.packages import by_hand, fetch, kept_as
from tests.packages import (
    CONTENT,
    files_below,
    sha256,
    use_fake_npm,
    use_fake_pip,
    use_index,
    write_tar,
    write_wheel,
)

WANTED = {name: data for name, data in CONTENT.items() if name.endswith(".txt")}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(Path(luthier.__file__).parents[1]))
    return tmp_path / "cache"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    use_index(folder, monkeypatch)
    return folder


@pytest.fixture
def copying_pip(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """A pip that copies the wheel, quicker than the real one, and counts how often."""
    package = write_wheel(index)
    wheel = index / "toy-1.0-py3-none-any.whl"
    script = f"open({str(tmp_path / 'calls')!r}, 'a').write('x')\n"
    use_fake_pip(tmp_path, f"{script}shutil.copy({str(wheel)!r}, output)", monkeypatch)
    return package


def left_over(cache: Path) -> list[str]:
    return [path.name for path in cache.glob("*/.*")]


def test_a_wheel_is_fetched_and_its_members_unpacked(index: Path) -> None:
    assert files_below(fetch(write_wheel(index))) == WANTED


def test_an_sdist_is_fetched_and_its_members_unpacked(index: Path) -> None:
    content = {f"toy-1.0/{name}": data for name, data in {"setup.py": b"1/0", **CONTENT}.items()}
    archive = write_tar(index / "toy-1.0.tar.gz", content)
    package = Package("pypi", "toy", "1.0", sha256(archive), 1, ("*/data/*.txt",), sdist=True)
    assert files_below(fetch(package) / "toy-1.0") == WANTED


@pytest.fixture
def nested(index: Path, tmp_path: Path) -> Package:
    """An sdist with an archive in it, which holds data and code."""
    inner = write_tar(tmp_path / "data.tar.gz", {"a.txt": b"first\n", "b.py": b"1/0"})
    content = {"toy-1.0/setup.py": b"1/0", "toy-1.0/more/data.tar.gz": inner.read_bytes()}
    archive = write_tar(index / "toy-1.0.tar.gz", content)
    return Package(
        *("pypi", "toy", "1.0", sha256(archive), 1, ("*.txt",)),
        sdist=True,
        inner="toy-1.0/more/data.tar.gz",
    )


def test_members_of_an_archive_inside_the_archive_are_unpacked(nested: Package) -> None:
    assert files_below(fetch(nested)) == {"a.txt": b"first\n"}


def test_an_inner_archive_that_is_not_there_is_refused(nested: Package, cache: Path) -> None:
    with pytest.raises(UserError, match=r"holds nothing that matches other\.tar\.gz"):
        fetch(replace(nested, inner="other.tar.gz"))
    assert left_over(cache) == []


def test_members_of_an_inner_archive_are_another_folder(nested: Package) -> None:
    assert kept_as(nested) != kept_as(replace(nested, inner=None))


def test_a_wheel_of_another_platform_is_fetched_where_its_data_is_wanted(index: Path) -> None:
    package = replace(write_wheel(index), platform="other_machine")
    wheel = index / "toy-1.0-py3-none-any.whl"
    wheel.rename(index / "toy-1.0-py3-none-other_machine.whl")
    assert files_below(fetch(package)) == WANTED


def test_an_npm_package_is_fetched_and_its_members_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = write_tar(tmp_path / "toy.tgz", CONTENT)
    use_fake_npm(tmp_path, f"shutil.copy({str(archive)!r}, output)", monkeypatch)
    package = Package("npm", "@scope/toy", "1.0", sha256(archive), 1, ("toy/data/*.txt",))
    assert files_below(fetch(package)) == WANTED


def test_an_npm_package_with_another_hash_is_refused_and_not_kept(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = write_tar(tmp_path / "toy.tgz", CONTENT)
    use_fake_npm(tmp_path, f"shutil.copy({str(archive)!r}, output)", monkeypatch)
    package = Package("npm", "toy", "1.0", "0" * 64, 1, ("toy/data/*.txt",))
    with pytest.raises(UserError, match=f"expected {'0' * 64}, found {sha256(archive)}"):
        fetch(package)
    assert not any(path.is_dir() for path in (cache / "packages").iterdir())


def test_what_is_there_is_not_fetched_again(copying_pip: Package, tmp_path: Path) -> None:
    fetch(copying_pip)
    fetch(copying_pip)
    assert (tmp_path / "calls").read_text() == "x"


def test_the_download_is_told_with_its_size_before_it_starts(
    copying_pip: Package, tmp_path: Path
) -> None:
    def report(line: str) -> None:
        said.append((line, (tmp_path / "calls").exists()))

    said: list[tuple[str, bool]] = []
    fetch(copying_pip, report)
    assert said == [("Fetching toy 1.0 (1 MB) with pip.", False)]


def test_other_members_of_the_same_archive_are_another_folder(copying_pip: Package) -> None:
    code = replace(copying_pip, members=("*.py",))
    assert fetch(copying_pip) != fetch(code)
    assert files_below(fetch(code)) == {"toy/code.py": b"1/0"}


def test_a_failure_is_told_with_the_clients_words_and_the_remedies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_pip(tmp_path, "print('a\\nno route to host', file=sys.stderr); exit(1)", monkeypatch)
    package = Package("pypi", "toy", "1.0", "0" * 64, 1, ("*",))
    with pytest.raises(
        UserError,
        match=r"^toy 1.0 could not be fetched \(pip says: no route to host\)\. Check the network "
        f".* by hand: {by_hand(package)}$",
    ):
        fetch(package)


@pytest.mark.parametrize(
    "registry, sdist, name",
    [
        ("pypi", False, "toy-1.0.whl"),
        ("pypi", True, "toy-1.0.tar.gz"),
        ("npm", False, "scope-toy-1.0.tgz"),
    ],
)
def test_the_place_for_an_archive_by_hand_has_the_name_of_the_package(
    registry: str, sdist: bool, name: str, cache: Path
) -> None:
    package = Package(
        "npm" if registry == "npm" else "pypi",
        "@scope/toy" if registry == "npm" else "toy",
        "1.0",
        "0" * 64,
        1,
        ("*",),
        sdist=sdist,
    )
    assert by_hand(package) == cache / "archives" / name


@pytest.fixture
def archive_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    use_fake_pip(tmp_path, "exit('asked')", monkeypatch)
    package = write_wheel(tmp_path)
    by_hand(package).parent.mkdir(parents=True)
    (tmp_path / "toy-1.0-py3-none-any.whl").rename(by_hand(package))
    return package


def test_an_archive_put_there_by_hand_needs_no_network(archive_by_hand: Package) -> None:
    assert files_below(fetch(archive_by_hand)) == WANTED


def test_a_wrong_archive_put_there_by_hand_is_refused_and_left_where_it_is(
    archive_by_hand: Package,
) -> None:
    wrong = replace(archive_by_hand, sha256="0" * 64)
    with pytest.raises(UserError, match=f"expected {'0' * 64}, found {archive_by_hand.sha256}"):
        fetch(wrong)
    assert by_hand(wrong).exists()


@pytest.mark.parametrize(
    "script, sentence",
    [
        ("(output / 'toy.whl').write_bytes(b'PK'); exit(1)", "could not be fetched"),
        ("(output / 'toy.whl').write_bytes(b'PK')", "found "),
    ],
)
def test_half_a_download_is_never_trusted(
    script: str,
    sentence: str,
    index: Path,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = write_wheel(index)
    use_fake_pip(tmp_path, script, monkeypatch)
    with pytest.raises(UserError, match=sentence):
        fetch(package)
    assert files_below(cache) in ({}, {f"{kept_as(package)}.lock": b""})


def test_a_disk_that_fills_up_is_told_and_the_next_fetch_succeeds(
    copying_pip: Package, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("luthier.core.archives._write", full)
        with pytest.raises(UserError, match="the disk is full"):
            fetch(copying_pip)
    assert left_over(cache) == []
    assert files_below(fetch(copying_pip)) == WANTED


# A process that kills itself when it comes to a call of the function.
VICTIM = """
import os, signal, sys
from importlib import import_module
from luthier.core.catalog import Package
from luthier.core.packages import fetch

module, _, name = sys.argv[1].rpartition(".")
before, calls, original = int(sys.argv[2]), 0, getattr(import_module(module), name)

def die(*arguments, **options):
    global calls
    calls += 1
    if calls > before:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **options)

setattr(import_module(module), name, die)
fetch(Package("pypi", "toy", "1.0", sys.argv[3], 1, ("toy/data/*.txt",)))
"""


def run_victim(package: Package, function: str, before: int) -> int:
    command = [sys.executable, "-c", VICTIM, function, str(before), package.sha256]
    return subprocess.run(command, check=False, timeout=60).returncode


@pytest.mark.parametrize(
    "function, before",
    [
        ("luthier.core.pip.run_client", 0),
        ("luthier.core.packages.require_hash", 0),
        ("luthier.core.archives._write", 0),
        ("luthier.core.archives._write", 1),
        ("luthier.core.files.sync_folder", 1),
        ("luthier.core.files._take_place", 0),
        ("os.rename", 0),
    ],
)
def test_after_a_kill_before_the_end_the_next_fetch_succeeds(
    function: str, before: int, copying_pip: Package, cache: Path
) -> None:
    assert run_victim(copying_pip, function, before) == -signal.SIGKILL
    assert not (cache / kept_as(copying_pip)).exists()
    assert files_below(fetch(copying_pip)) == WANTED
    assert left_over(cache) == []


def test_after_a_kill_at_the_very_end_the_folder_is_whole(
    copying_pip: Package, cache: Path, tmp_path: Path
) -> None:
    # Two files and three folders are synced, then renamed; the sixth fsync seals the rename.
    assert run_victim(copying_pip, "luthier.core.files.sync_folder", 5) == -signal.SIGKILL
    assert files_below(cache / kept_as(copying_pip)) == WANTED
    fetch(copying_pip)
    assert (tmp_path / "calls").read_text() == "x"


def test_a_process_killed_while_pip_downloads_is_survived_by_the_next(
    index: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = write_wheel(index)
    wheel = index / "toy-1.0-py3-none-any.whl"
    flag = tmp_path / "killed"
    script = f"""
import signal
if not os.path.exists({str(flag)!r}):
    open({str(flag)!r}, "w").close()
    (output / "half.whl").write_bytes(b"PK")
    os.kill(os.getppid(), signal.SIGKILL)
else:
    shutil.copy({str(wheel)!r}, output)
"""
    use_fake_pip(tmp_path, script, monkeypatch)
    assert run_victim(package, "os.abort", 0) == -signal.SIGKILL
    assert files_below(fetch(package)) == WANTED
    assert left_over(cache) == []


def test_two_processes_fetch_once(
    index: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = write_wheel(index)
    wheel, calls, waits = index / "toy-1.0-py3-none-any.whl", tmp_path / "calls", tmp_path / "waits"
    script = f"""
open({str(calls)!r}, "a").write("x")
while not os.path.exists({str(waits)!r}):
    time.sleep(0.01)
shutil.copy({str(wheel)!r}, output)
"""
    use_fake_pip(tmp_path, script, monkeypatch)
    program = f"""
import sys
from luthier.core.catalog import Package
from luthier.core.packages import fetch

def report(line):
    if "Waiting" in line:
        open({str(waits)!r}, "w").close()

print(fetch(Package("pypi", "toy", "1.0", {package.sha256!r}, 1, ("toy/data/*.txt",)), report))
"""
    both = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    paths = [process.communicate(timeout=60)[0].strip() for process in both]
    assert paths == [str(cache / kept_as(package))] * 2
    assert calls.read_text() == "x"
    assert files_below(Path(paths[0])) == WANTED
