import os
import subprocess
import sys
from pathlib import Path

import pytest

from luthier.core.cache import cache_folder, keep, make_room, note_use
from luthier.core.errors import UserError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fill(folder: Path, scratch: Path) -> None:
    (folder / "a").write_text("1")
    (scratch / "b").write_text("2")


def never(folder: Path, scratch: Path) -> None:
    raise AssertionError("filled again")


def test_the_environment_names_the_cache(cache: Path) -> None:
    assert cache_folder() == cache


@pytest.mark.parametrize("unset", [True, False])
def test_without_a_name_the_cache_is_the_users_own(
    unset: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LUTHIER_CACHE", "")
    if unset:
        monkeypatch.delenv("LUTHIER_CACHE")
    assert cache_folder().name == "luthier"
    assert tmp_path in cache_folder().parents


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LUTHIER_CACHE", "~/mine")
    assert cache_folder() == tmp_path / "mine"


def test_a_folder_is_filled_once(cache: Path) -> None:
    assert keep("packages/x-1", fill) == cache / "packages" / "x-1"
    keep("packages/x-1", never)
    assert (cache / "packages" / "x-1" / "a").read_text() == "1"


def test_nothing_but_the_folder_and_its_lock_is_left(cache: Path) -> None:
    keep("x-1", fill)
    assert {path.name for path in cache.iterdir()} <= {"x-1", "x-1.lock"}


def test_a_failure_leaves_nothing_and_can_be_repeated(cache: Path) -> None:
    with pytest.raises(AssertionError, match="filled again"):
        keep("x-1", never)
    assert {path.name for path in cache.iterdir()} <= {"x-1.lock"}
    assert (keep("x-1", fill) / "a").exists()


def test_what_a_killed_process_left_is_removed(cache: Path) -> None:
    (cache / ".x-1.abc" / "half").mkdir(parents=True)
    keep("x-1", fill)
    assert not (cache / ".x-1.abc").exists()


def test_what_another_folder_is_being_filled_with_is_left_alone(cache: Path) -> None:
    (cache / ".x-12.abc").mkdir(parents=True)
    keep("x-1", fill)
    assert (cache / ".x-12.abc").exists()


def test_a_folder_that_is_there_needs_no_write_permission(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("x-1", fill)
    monkeypatch.setattr(Path, "mkdir", None)
    assert keep("x-1", never) == cache / "x-1"


@pytest.mark.parametrize(
    "code, sentence",
    [(28, "the disk is full"), (13, "may not be written"), (30, "may not be written")],
)
def test_a_cache_that_may_not_be_written_is_told_with_the_remedy(
    code: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, "no")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UserError, match=f"{sentence}.*LUTHIER_CACHE"):
        keep("x-1", fill)


def test_a_file_in_the_place_of_the_cache_is_told(cache: Path) -> None:
    cache.write_text("")
    with pytest.raises(UserError, match=r"a file stands where a folder is needed.*LUTHIER_CACHE"):
        keep("x-1", fill)


def test_a_disk_that_fills_up_meanwhile_is_told_and_leaves_nothing(cache: Path) -> None:
    def fill_up(folder: Path, scratch: Path) -> None:
        (folder / "half").write_text("1")
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match="the disk is full"):
        keep("x-1", fill_up)
    assert {path.name for path in cache.iterdir()} <= {"x-1.lock"}


WAITER = """
import sys
from luthier.core.cache import keep
keep("x-1", None, lambda line: print(line, flush=True))
"""


def test_a_second_process_waits_and_finds_it_done(cache: Path) -> None:
    def fill_while_another_waits(folder: Path, scratch: Path) -> None:
        nonlocal waiting
        waiting = subprocess.Popen(
            [sys.executable, "-c", WAITER], stdout=subprocess.PIPE, text=True
        )
        assert waiting.stdout is not None
        assert "Waiting for another process that is fetching x-1" in waiting.stdout.readline()
        fill(folder, scratch)

    waiting: subprocess.Popen[str] | None = None
    keep("x-1", fill_while_another_waits)
    assert waiting is not None
    waiting.communicate(timeout=60)
    assert waiting.returncode == 0


def filled(name: str, used: int, size: int = 100) -> Path:
    folder = cache_folder() / name
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"x" * size)
    os.utime(folder, (used, used))
    return folder


def test_what_is_longest_unused_makes_room() -> None:
    folders = [filled("new", 3), filled("oldest", 1), filled("old", 2)]
    assert make_room(cache_folder() / "one", 100, budget=300)
    assert [folder.exists() for folder in folders] == [True, False, True]


def test_what_was_just_used_is_the_last_to_make_room() -> None:
    first, second = filled("first", 1), filled("second", 2)
    note_use(first)
    assert make_room(cache_folder() / "one", 100, budget=200)
    assert [first.exists(), second.exists()] == [True, False]


def test_what_does_not_fit_even_alone_costs_no_other_its_place() -> None:
    one, other = filled("one", 2), filled("other", 1)
    assert not make_room(one, 100, budget=199)
    assert other.exists()


def test_what_is_beyond_the_disk_has_no_room(cache: Path) -> None:
    cache.mkdir()
    assert not make_room(cache / "one", 10**18, budget=10**19)


def test_a_folder_that_another_process_takes_away_meanwhile_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = cache_folder() / "gone"
    filled("there", 1)
    there = list(cache_folder().iterdir())
    monkeypatch.setattr(Path, "is_dir", lambda path: True)
    monkeypatch.setattr(Path, "iterdir", lambda path: iter([*there, gone]))
    assert make_room(cache_folder() / "one", 100, budget=100)


def test_the_use_of_what_may_only_be_read_is_not_noted_and_no_fault() -> None:
    note_use(Path("/proc/1"))
