import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from luthier.core import sandbox as module
from luthier.core.errors import UserError
from luthier.core.sandbox import DISK_BYTES, PROCESSES, Outcome, Sandbox

ENOUGH = 60  # seconds that an honest program never needs, however busy the machine
DOUBLE = "def double(x):\n    return 2 * x\n"
FORK_BOMB = """
import os, time
count = 1
try:
    while os.fork():
        count += 1
    time.sleep(60)
except BlockingIOError:
    print(count, flush=True)
    time.sleep(0.3)
    os._exit(0)
"""
TESTS = "assert double(2) == 4\nassert double(0) == 0\n"


def run(sandbox: Sandbox, program: str, tests: str | None = None) -> Outcome:
    return sandbox.run(program, tests, seconds=ENOUGH)


def processes_named(marker: str) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if marker in (p.info["cmdline"] or [])]


def test_a_program_that_ends_well_passes_and_its_output_is_kept(sandbox: Sandbox) -> None:
    program = "import sys\nprint('文')\nprint('b', file=sys.stderr)"
    assert run(sandbox, program) == Outcome(True, 0, "文\nb\n", "ok")


def test_a_program_may_use_the_standard_library_files_in_tmp_and_threads(sandbox: Sandbox) -> None:
    program = """
import json, multiprocessing, pathlib, tempfile, threading
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "a").write_text(json.dumps([1]))
thread = threading.Thread(target=print, args=("thread",))
thread.start(); thread.join()
with multiprocessing.Pool(2) as pool:
    print(pool.map(abs, [-1, 2]))
"""
    assert run(sandbox, program).output == "thread\n[1, 2]\n"


@pytest.mark.parametrize(
    ("program", "code", "said"),
    [
        ("1/0", 1, "ZeroDivisionError: division by zero\n"),
        ("a b", 1, "SyntaxError: invalid syntax\n"),
        ("raise SystemExit(3)", 3, ""),
        ("import os; os._exit(4)", 4, ""),
        ("x = '\ud800'", 1, "surrogates not allowed\n"),
        ("input()", 1, "EOFError: EOF when reading a line\n"),
    ],
)
def test_a_program_that_fails_says_why(
    program: str, code: int, said: str, sandbox: Sandbox
) -> None:
    outcome = run(sandbox, program)
    assert (outcome.passed, outcome.exit_code, outcome.reason) == (False, code, "failed")
    assert outcome.output.endswith(said)


def test_a_traceback_shows_the_programs_own_lines_and_no_others(sandbox: Sandbox) -> None:
    assert run(sandbox, "def f():\n    return 1 / 0\n\nf()\n").output.count("File") == 2
    assert "    return 1 / 0\n" in run(sandbox, "def f():\n    return 1 / 0\n\nf()\n").output


def test_a_program_runs_the_same_way_every_time(sandbox: Sandbox) -> None:
    program = "import os, sys, time\nprint(hash('a'), sorted(os.environ.items()), os.getcwd(), "
    program += "sys.argv, time.tzname, __name__, sys.flags.no_site)"
    once, again = run(sandbox, program), run(sandbox, program)
    assert once.output == again.output
    assert "'HOME', '/tmp'" in once.output
    assert once.output.endswith("/tmp ['program.py'] ('UTC', 'UTC') __main__ 1\n")


def test_tests_run_behind_the_program_among_its_names(sandbox: Sandbox) -> None:
    assert run(sandbox, DOUBLE, TESTS) == Outcome(True, 0, "", "ok")


def test_a_failing_test_is_shown(sandbox: Sandbox) -> None:
    outcome = run(sandbox, DOUBLE, "assert double(1) == 3")
    assert (outcome.passed, outcome.exit_code, outcome.reason) == (False, 1, "failed")
    assert 'File "tests.py", line 1' in outcome.output
    assert outcome.output.endswith("AssertionError\n")


def test_a_program_with_tests_does_not_run_what_is_only_for_scripts(sandbox: Sandbox) -> None:
    program = f"{DOUBLE}\nif __name__ == '__main__':\n    print(double(int(input())))"
    assert run(sandbox, program, TESTS).passed


@pytest.mark.parametrize(
    "program",
    [
        "import os; os._exit(0)",
        "import sys; sys.exit(0)",
        "exit(0)" if sys.flags.no_site else "raise SystemExit",
        "import os\nif os.fork(): os._exit(0)",
        "import os; os.execv('/bin/true', ['true'])",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "def double(x):\n    raise SystemExit(0)",
        "def double(x):\n    import os; os._exit(0)",
        "import atexit, os\natexit.register(os._exit, 0)",
        "import threading, os\nthreading.Timer(0, os._exit, (0,)).start()\nwhile True: pass",
    ],
)
def test_a_program_cannot_pass_by_ending_early(program: str, sandbox: Sandbox) -> None:
    assert not run(sandbox, program, TESTS).passed


@pytest.mark.parametrize(
    "program",
    [
        "print('passed'); print('ok'); print('+' + '0' * 32)",
        "import builtins\nbuiltins.exec = builtins.compile = lambda *a, **k: None",
        "import os\nos.read = os.write = lambda *a: b''",
        "import __main__\n__main__._run = __main__._execute = lambda *a: None",
        "import sys\nsys.modules.clear()",
        "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)",
        "class AssertionError(Warning): pass\nimport builtins\nbuiltins.AssertionError = Warning",
        "import sys\nsys.excepthook = lambda *a: None",
    ],
)
def test_a_program_cannot_pass_by_changing_what_runs_the_tests(
    program: str, sandbox: Sandbox
) -> None:
    wrong = "def double(x):\n    return x\n"
    assert not run(sandbox, wrong + program, TESTS).passed


def test_a_program_finds_no_token_among_the_names_of_its_callers(sandbox: Sandbox) -> None:
    program = """
import sys
def double(x):
    frame, seen = sys._getframe(), []
    while frame:
        seen.append((dict(frame.f_locals), sys.argv, sys.orig_argv))
        frame = frame.f_back
    print(repr(seen))
    import os; os._exit(0)
"""
    outcome = run(sandbox, program, TESTS)
    assert not outcome.passed
    assert "double" in outcome.output
    assert not re.search(r"[0-9a-f]{32}", outcome.output)


def test_a_program_sees_its_tests_neither_on_standard_input_nor_in_a_file(
    sandbox: Sandbox,
) -> None:
    program = "import glob, sys\nprint(sys.stdin.read(), glob.glob('/tmp/**', recursive=True))"
    assert run(sandbox, DOUBLE + program, TESTS).output == " ['/tmp/']\n"


@pytest.mark.parametrize("program", ["while True: pass", "import time; time.sleep(600)"])
def test_a_program_is_stopped_when_its_time_is_up(program: str, sandbox: Sandbox) -> None:
    assert sandbox.run(program, seconds=1) == Outcome(False, None, "", "timeout")


def test_a_program_that_closes_its_output_is_stopped_all_the_same(sandbox: Sandbox) -> None:
    program = "import os, time\nos.close(1); os.close(2)\ntime.sleep(600)"
    assert sandbox.run(program, seconds=1).reason == "timeout"


def test_a_program_that_wants_ten_gigabytes_gets_none(sandbox: Sandbox) -> None:
    outcome = run(sandbox, "x = bytearray(10 * 10**9)")
    assert (outcome.passed, outcome.reason) == (False, "memory")


def test_memory_is_bounded_by_what_is_asked_for(sandbox: Sandbox) -> None:
    program = "x = bytearray(100 * 2**20)"
    assert sandbox.run(program, seconds=ENOUGH, memory_mb=256).passed
    assert sandbox.run(program, seconds=ENOUGH, memory_mb=64).reason == "memory"


def test_a_crash_is_told_from_a_failure(sandbox: Sandbox) -> None:
    outcome = run(sandbox, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert (outcome.exit_code, outcome.reason) == (128 + signal.SIGSEGV, "killed")


def test_a_fork_bomb_gets_no_further_than_a_few_processes(sandbox: Sandbox) -> None:
    assert run(sandbox, FORK_BOMB).output == f"{PROCESSES}\n"


def test_fork_bombs_side_by_side_do_not_take_from_each_other() -> None:
    sandboxes = Sandbox.find(), Sandbox.find()
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, sandboxes, [FORK_BOMB] * 2))
    assert [outcome.output for outcome in outcomes] == [f"{PROCESSES}\n"] * 2


def test_a_fork_bomb_ends_with_its_time(sandbox: Sandbox) -> None:
    program = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    assert sandbox.run(program, seconds=1).reason == "timeout"


@pytest.mark.parametrize("end", ["os._exit(0)", "time.sleep(600)"])
def test_nothing_that_a_program_started_outlives_it(end: str, sandbox: Sandbox) -> None:
    marker = secrets.token_hex(8)
    program = f"""
import os, time
for _ in range(3):
    if not os.fork():
        os.setsid()
        if not os.fork():
            os.execv("/bin/sleep", ["{marker}", "600"])
        os._exit(0)
time.sleep(0.2)
print("started")
{end}
"""
    assert sandbox.run(program, seconds=3).output == "started\n"
    assert not processes_named(marker)


def test_a_program_dies_with_whoever_runs_it(sandbox: Sandbox) -> None:
    marker = secrets.token_hex(8)
    program = f"import os; os.execv('/bin/sleep', ['{marker}', '600'])"
    script = "from luthier.core.sandbox import Sandbox\n"
    script += f"Sandbox.find().run({program!r}, seconds=600)"
    root = Path(module.__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", script], cwd=root) as runner:
        assert comes_true(lambda: processes_named(marker))
        runner.kill()
    assert comes_true(lambda: not processes_named(marker))


def comes_true(condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + ENOUGH
    while not (holds := bool(condition())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds


def test_output_without_end_is_cut_and_not_kept(sandbox: Sandbox) -> None:
    program = "import os\nfor _ in range(10**9): os.write(1, b'x' * 65536)"
    outcome = sandbox.run(program, seconds=2, output_bytes=100)
    assert outcome == Outcome(False, None, "x" * 100, "timeout")


def test_much_output_is_cut_but_the_program_runs_to_its_end(sandbox: Sandbox) -> None:
    outcome = sandbox.run("print('x' * 10**6)", seconds=ENOUGH, output_bytes=10)
    assert outcome == Outcome(True, 0, "x" * 10, "ok")


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_files_are_bounded_one_by_one_and_together(folder: str, sandbox: Sandbox) -> None:
    program = f"""
import errno
for name, most, expected in (("a", 100, errno.EFBIG), ("b", 12, 0), ("c", 12, errno.ENOSPC)):
    try:
        with open("{folder}/" + name, "wb") as file:
            for _ in range(most):
                file.write(bytes(2**20))
        found = 0
    except OSError as error:
        found = error.errno
        if name == "a": open("{folder}/a", "wb").close()
    assert found == expected, (name, found)
"""
    assert DISK_BYTES == 16 * 2**20
    assert run(sandbox, program) == Outcome(True, 0, "", "ok")


@pytest.mark.parametrize(
    "path", [Path.home() / "x", "/x", "/etc/x", "/usr/x", "/dev/x", "/root/x", "/bin/x"]
)
def test_nothing_can_be_written_but_in_tmp(path: Path | str, sandbox: Sandbox) -> None:
    outcome = run(sandbox, f"open({str(path)!r}, 'w')")
    assert not outcome.passed
    assert not Path(path).exists()


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/etc/passwd", "/proc/self/mem", "/sys/kernel", "/var/log", module.__file__],
)
def test_what_is_not_the_systems_programs_is_not_there(path: str, sandbox: Sandbox) -> None:
    assert Path(path).exists()
    assert run(sandbox, f"import os; print(os.path.exists({path!r}))").output == "False\n"


def test_a_file_of_ours_is_out_of_reach(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "secret").write_text("secret")
    outcome = run(sandbox, f"print(open({str(tmp_path / 'secret')!r}).read())")
    assert "FileNotFoundError" in outcome.output


@pytest.mark.parametrize("address", ["192.0.2.1", "127.0.0.1"])
def test_there_is_no_network(address: str, sandbox: Sandbox) -> None:
    program = f"import socket; socket.create_connection(('{address}', 9), 1)"
    assert "OSError" in run(sandbox, program).output.replace("ConnectionRefused", "OS")


def test_there_are_no_rights_to_gain(sandbox: Sandbox) -> None:
    program = """
import ctypes, os
assert os.getuid() and os.getgid()
libc = ctypes.CDLL(None, use_errno=True)
for call in (
    lambda: libc.unshare(0x10000000),
    lambda: libc.memfd_create(b"a", 0),
    lambda: libc.ptrace(0, 0, 0, 0),
    lambda: libc.mount(b"a", b"/tmp", b"tmpfs", 0, None),
    lambda: libc.setuid(0),
    lambda: libc.setns(0, 0),
):
    ctypes.set_errno(0)
    assert call() == -1
    print(ctypes.get_errno())
"""
    said = run(sandbox, program).output.split()
    assert said == ["1", "1", "1", "1", said[4], said[5]]


def test_a_program_cannot_take_its_limits_back(sandbox: Sandbox) -> None:
    program = "import resource as r\nr.setrlimit(r.RLIMIT_AS, (2**40, 2**40))"
    assert not run(sandbox, program).passed


def test_many_programs_come_back_in_their_order(sandbox: Sandbox) -> None:
    tasks = [(f"print({number})", None) for number in range(6)] + [(DOUBLE, TESTS)]
    outcomes = sandbox.run_many(tasks, workers=3, seconds=ENOUGH)
    assert [outcome.output for outcome in outcomes] == [*(f"{n}\n" for n in range(6)), ""]
    assert all(outcome.passed for outcome in outcomes)


def test_without_bubblewrap_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match=r"needs bubblewrap.*apt-get install bubblewrap"):
        Sandbox.find()


@pytest.mark.parametrize(("name", "value"), [("platform", "darwin"), ("machine", "sparc")])
def test_on_a_machine_without_its_kind_of_sandbox_nothing_is_run(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "platform":
        monkeypatch.setattr(sys, "platform", value)
    else:
        monkeypatch.setattr(module.platform, "machine", lambda: value)
    with pytest.raises(UserError, match=r"no sandbox for .*in a sandbox or not at all"):
        Sandbox.find()


def fake_bubblewrap(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "bwrap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_sandbox_that_cannot_be_made_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_bubblewrap(tmp_path, "echo 'bwrap: No permissions to create one' >&2; exit 1", monkeypatch)
    with pytest.raises(UserError, match=r"does not start \(bwrap: No permissions .*\)\. Programs"):
        Sandbox.find()


def test_a_sandbox_that_lets_everything_through_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_command = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'
    fake_bubblewrap(tmp_path, to_command, monkeypatch)
    with pytest.raises(UserError, match=r"does not hold \(.*would see the system as it is\)"):
        Sandbox.find()


def test_the_kernel_is_told_to_kill_programs_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_bubblewrap(tmp_path, "cat /proc/self/oom_score_adj", monkeypatch)
    with pytest.raises(UserError, match=r"does not start \(1000\)"):
        Sandbox.find()
