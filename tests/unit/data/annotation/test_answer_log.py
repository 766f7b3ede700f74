"""Every answer is on disk before the next question, and a crash cuts off none but its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.data.annotation.answer_log import AnswerLog, Entry

WRITER = """
import sys
from pathlib import Path
from luthier.data.annotation.answer_log import AnswerLog
log = AnswerLog(Path(sys.argv[1]))
list(log.replay())
for number in range(100_000):
    log.append([{"do": "answer", "item": f"{number}", "by": "ann", "value": {"text": "x" * 300},
        "seconds": None, "guidelines": 0, "at": "now", "note": ""}])
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def entry(item: str = "1", **changes: Any) -> Entry:
    made: Entry = {
        "do": "answer",
        "item": item,
        "by": "ann",
        "value": {"label": "a"},
        "seconds": 1.5,
        "guidelines": 1,
        "at": "2026-01-01T00:00:00.000Z",
        "note": "",
    }
    return made | changes  # type: ignore[return-value]


def replayed(path: Path) -> list[Entry]:
    return list(AnswerLog(path).replay())


def written(path: Path, *entries: Entry) -> Path:
    log = AnswerLog(path)
    log.append(entries)
    log.close()
    return path


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            entry,
            item=st.text(),
            by=st.text(),
            note=st.text(st.characters(), max_size=20),
            seconds=st.none() | st.floats(0, 1e6),
            value=st.none() | st.dictionaries(st.text(), st.text(st.characters()), max_size=3),
        ),
        max_size=5,
    )
)
def test_whatever_is_appended_is_replayed(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    path = tmp_path_factory.mktemp("log") / "answers.jsonl"
    assert replayed(written(path, *entries)) == entries


@settings(deadline=None)
@given(cut=st.integers(1, 200))
def test_a_line_that_a_crash_cut_is_taken_off(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = written(tmp_path_factory.mktemp("log") / "answers.jsonl", entry("1"), entry("2"))
    lines = path.read_bytes().splitlines(keepends=True)
    kept = max(1, len(lines[1]) - cut)
    path.write_bytes(lines[0] + lines[1][:kept])
    log = AnswerLog(path)
    assert [one["item"] for one in log.replay()] == ["1"]
    assert log.torn == kept
    assert path.read_bytes() == lines[0]


def test_zeros_at_the_end_are_taken_off_too(tmp_path: Path) -> None:
    path = written(tmp_path / "log", entry("1"))
    path.write_bytes(path.read_bytes() + b"\0" * 100)
    assert len(replayed(path)) == 1
    assert len(replayed(written(path, entry("2")))) == 2


def test_a_reader_leaves_the_torn_line_where_it_is(tmp_path: Path) -> None:
    path = written(tmp_path / "log", entry("1"))
    path.write_bytes(path.read_bytes() + b'{"do": "ans')
    before = path.read_bytes()
    assert len(list(AnswerLog(path, read_only=True).replay())) == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [b"{}\n", b"[]\n", b"no\n", b"\xff\n", b"\n", b'{"do": "answer"}\n'],
)
def test_a_damaged_line_before_others_is_told_with_its_number(tmp_path: Path, line: bytes) -> None:
    path = written(tmp_path / "log", entry("1"), entry("2"))
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + line + second)
    with pytest.raises(UserError, match="log:2: damaged"):
        replayed(path)


def test_an_unknown_doing_is_damage(tmp_path: Path) -> None:
    path = written(tmp_path / "log", entry(do="dance"), entry())
    with pytest.raises(UserError, match="`dance` is unknown"):
        replayed(path)


def test_there_is_nothing_in_a_log_that_is_not_there(tmp_path: Path) -> None:
    assert replayed(tmp_path / "log") == []


@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.3])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "answers.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(seconds)
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged = [first, *(line for line in writer.stdout if line.endswith(b"\n"))]
    items = [one["item"] for one in replayed(path)]
    assert items[: len(acknowledged)] == [line.decode().strip() for line in acknowledged]
    assert len(items) <= len(acknowledged) + 1
