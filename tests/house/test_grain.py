"""Files and functions stay small, open with their sentence, and bear names that say something."""

import ast
import re
from pathlib import Path

import pytest

import luthier

ROOT = Path(luthier.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MAX_FILE, MAX_FUNCTION, MAX_PARAMETERS = 400, 60, 8
VAGUE = {"utils", "common", "helpers", "misc", "base", "manager"}

EXCEPTIONS: dict[str, str] = {}
"""Path or path:function -> why it may be larger. This list may only shrink."""


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_there_is_a_house_to_look_at() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_file_fits_on_a_few_screens(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MAX_FILE or relative(path) in EXCEPTIONS


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_file_opens_with_the_sentence_that_says_what_it_is(path: Path) -> None:
    sentence = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert re.match(r"\S.*[.?!:]$", sentence.partition("\n")[0])


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_name_says_what_is_in_the_file(path: Path) -> None:
    assert path.stem not in VAGUE


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = [
        f"{relative(path)}:{f.name}"
        for f in functions(path)
        if (f.end_lineno or f.lineno) - f.lineno + 1 > MAX_FUNCTION
    ]
    assert [place for place in long if place not in EXCEPTIONS] == []


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_function_takes_few_parameters(path: Path) -> None:
    crowded = []
    for function in functions(path):
        arguments = function.args
        names = [a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
        if len([name for name in names if name not in ("self", "cls")]) > MAX_PARAMETERS:
            crowded.append(f"{relative(path)}:{function.name}")
    assert crowded == []


@pytest.mark.parametrize("path", [p for p in FILES if "cli" not in p.parts], ids=relative)
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]


def test_exceptions_are_still_needed() -> None:
    gone = [place for place in EXCEPTIONS if not (ROOT / place.partition(":")[0]).exists()]
    assert gone == []


def test_no_two_files_share_thirty_lines_in_a_row() -> None:
    window, seen, copies = 30, {}, []
    for path in FILES:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        lines = [line for line in lines if line and not line.startswith(("#", "import ", "from "))]
        for start in range(len(lines) - window + 1):
            key = "\n".join(lines[start : start + window])
            if seen.setdefault(key, path) is not path:
                copies.append((relative(seen[key]), relative(path)))
    assert copies == []
