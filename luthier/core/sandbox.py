"""Running Python that nobody has looked at: no network, nothing to write, little of everything.

Bubblewrap gives the program namespaces of its own, in which it sees the system's programs and an
empty `/tmp`; resource limits and a filter of system calls bound what it takes. It is as strong as
the kernel, and there is no way to run a program without it.
"""

import errno
import json
import math
import os
import platform
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal, final

from luthier.core.errors import UserError
from luthier.core.inside_sandbox import OUT_OF_MEMORY, STARTED, TOKEN
from luthier.core.syscall_filter import DENIED, syscall_filter

PROCESSES = 16
"""Processes and threads that a program may have at a time; each may take the whole memory."""
DISK_BYTES = 16 * 2**20
"""What `/tmp` may hold, and `/dev/shm` as much again."""

_INSIDE = Path(__file__).with_name("inside_sandbox.py")
_ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
}
_ISOLATED = ("-S", "-s", "-P", "-B", "-u")
# If memory runs out, the kernel is to kill these before anything of ours.
_EXPENDABLE = ("/bin/sh", "-c", 'echo 1000 2>/dev/null >/proc/self/oom_score_adj; exec "$0" "$@"')
_DEVICES = ("null", "zero", "full", "random", "urandom")
_USERS, _FIRST_USER = 10_000, 50_000
_CHUNK = 2**16
_REMEDY = (
    "Programs are run in a sandbox or not at all. Use a machine, or a container, that lets you "
    "create user namespaces"
)
_PROBE = f"""
import os, time

def need(holds, otherwise):
    if not holds:
        raise SystemExit("a program would " + otherwise)

need(not os.path.exists("/proc"), "see the system as it is")
need(os.getuid(), "run as root")
import socket
try:
    socket.create_connection(("192.0.2.1", 9), 0.1)
except OSError as error:
    need(error.errno == 101, "reach the network")
try:
    for _ in range({PROCESSES} + 1):
        if not os.fork():
            time.sleep(60)
except BlockingIOError:
    os._exit(0)
need(False, "start any number of processes")
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program fared.

    Attributes:
        passed: it ended well; if it had tests, they ran to their end without an exception.
        exit_code: None if it was stopped because its time was up.
        output: the beginning of what it wrote, to standard output and standard error.
        reason: `ok`, `failed` (an exception, an exit code, an end before its tests), `timeout`,
            `memory`, or `killed` by another signal. A program can feign the last two.
    """

    passed: bool
    exit_code: int | None
    output: str
    reason: Literal["ok", "failed", "timeout", "memory", "killed"]


@final
class Sandbox:
    """A way to run programs apart; `find` is how to get one."""

    def __init__(self, bubblewrap: str, python: Path, rules: bytes):
        self._rules = rules
        self._bubblewrap = [*_EXPENDABLE, bubblewrap, *_namespaces(), *_view(python)]
        self._python = [str(python), *_ISOLATED, "-c", _INSIDE.read_text("utf-8")]

    @classmethod
    def find(cls) -> "Sandbox":
        """The sandbox of this machine, tried out: about 0.2 s.

        Raises:
            UserError: there is none, or it does not hold; with what to do about it.
        """
        if sys.platform != "linux" or platform.machine() not in DENIED:
            raise UserError(f"There is no sandbox for {platform.platform()}. {_REMEDY}.")
        bubblewrap = shutil.which("bwrap")
        if bubblewrap is None:
            raise UserError(
                "Running programs needs bubblewrap, which keeps them away from everything else: "
                "apt-get install bubblewrap (with dnf or pacman it has the same name)."
            )
        python = Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info[:2])).resolve()
        sandbox = cls(bubblewrap, python, syscall_filter(platform.machine()))
        outcome = sandbox.run(_PROBE, seconds=20)
        if not outcome.passed:
            raise UserError(f"The sandbox does not hold ({_last_line(outcome.output)}). {_REMEDY}.")
        return sandbox

    def run(
        self,
        program: str,
        tests: str | None = None,
        *,
        seconds: float = 5,
        memory_mb: int = 512,
        output_bytes: int = 65536,
    ) -> Outcome:
        """Run a program and, if there are any, its tests behind it, among the same names.

        A program with tests cannot pass by ending early or by what it prints. It can, as wherever
        tests run in the program's own process, by lying when its answers are compared, and by
        taking this very harness apart.

        Args:
            program: Python, of the version that runs Luthier, with its standard library only.
            tests: Python that raises where the program is wrong.
            seconds: for all of it, start included (some 50 ms).
            memory_mb: address space of each of its processes, in MiB.
            output_bytes: how much of its output is kept; the rest is thrown away.

        Raises:
            UserError: the sandbox does not start.
        """
        token = secrets.token_hex(TOKEN // 2).encode()
        sources = [t.encode("utf-8", "surrogatepass") for t in (program, tests) if t is not None]
        with (
            TemporaryFile() as task,
            TemporaryFile() as verdict,
            TemporaryFile() as rules,
            _lent_user() as user,
        ):
            task.write(b"".join((*sources, token)))
            rules.write(self._rules)
            for file in (task, rules):
                file.seek(0)
            descriptors = [file.fileno() for file in (task, verdict, rules)]
            inside = [*descriptors[:2], len(sources[0])]
            inside += [-1 if tests is None else len(sources[1]), user]
            inside += [math.ceil(seconds), memory_mb * 2**20, DISK_BYTES, PROCESSES]
            command = [*self._bubblewrap, "--seccomp", str(descriptors[2]), "--", *self._python]
            command += map(str, inside)
            code, output = _execute(command, descriptors, seconds, output_bytes)
            verdict.seek(0)
            said = verdict.read(len(STARTED) + TOKEN)
        if not said.startswith(STARTED):
            raise UserError(f"The sandbox does not start ({_last_line(output)}). {_REMEDY}.")
        has_passed = code == 0 and (tests is None or said == STARTED + token)
        return _outcome(code, output, has_passed)

    def run_many(
        self,
        tasks: Sequence[tuple[str, str | None]],
        *,
        workers: int,
        seconds: float = 5,
        memory_mb: int = 512,
        output_bytes: int = 65536,
    ) -> list[Outcome]:
        """Run many programs, each with its tests or None, `workers` of them at a time.

        Raises:
            UserError: see `run`.
        """

        def run(task: tuple[str, str | None]) -> Outcome:
            return self.run(*task, seconds=seconds, memory_mb=memory_mb, output_bytes=output_bytes)

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(run, tasks))


@contextmanager
def _lent_user() -> Iterator[int]:
    """A user without a name, of this run alone; 0, to stay who one is, unless that is root.

    Root's own processes are not counted, and those of one user are counted together, whoever began
    them. Who binds a user's abstract socket has that user; it is free when the holder is gone.
    """
    if os.geteuid() != 0:
        yield 0
        return
    with socket.socket(socket.AF_UNIX) as lock:
        while True:
            user = _FIRST_USER + secrets.randbelow(_USERS)
            try:
                lock.bind(f"\0luthier-sandbox-{user}")
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                break
        yield user


def _namespaces() -> list[str]:
    kinds = ["pid", "net", "ipc", "uts", "cgroup-try", *(["user"] if os.geteuid() else [])]
    to_change_user = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [
        *(f"--unshare-{kind}" for kind in kinds),
        *(to_change_user if os.geteuid() == 0 else []),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox"),
    ]


def _view(python: Path) -> list[str]:
    prefix = python.parents[1]
    bound = [Path("/usr"), *([] if prefix.is_relative_to("/usr") else [prefix])]
    # Folders on the way that bubblewrap makes by itself would be closed to all but root.
    folders = dict.fromkeys(folder for path in bound for folder in reversed(path.parents[:-1]))
    view = [part for folder in ("/etc", "/dev", *folders) for part in _folder(str(folder))]
    for path in bound:
        view += ["--ro-bind", str(path), str(path)]
    for path in (Path("/", name) for name in ("bin", "lib", "lib32", "lib64")):
        if path.is_symlink():
            view += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            view += ["--ro-bind", str(path), str(path)]
    view += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for device in _DEVICES:
        view += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for memory in ("/tmp", "/dev/shm"):
        view += ["--perms", "1777", "--size", str(DISK_BYTES), "--tmpfs", memory]
    return [*view, "--remount-ro", "/", "--chdir", "/tmp"]


def _folder(path: str) -> list[str]:
    return ["--perms", "0755", "--dir", path]


def _execute(
    command: Sequence[str], descriptors: Sequence[int], seconds: float, output_bytes: int
) -> tuple[int | None, str]:
    """Exit code, None if its time was up, and the beginning of the output."""
    told, tells = os.pipe()
    rest = command.index("--")
    with (
        os.fdopen(told, "rb") as information,
        subprocess.Popen(
            [*command[:rest], "--info-fd", str(tells), *command[rest:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_ENVIRONMENT,
            pass_fds=[*descriptors, tells],
        ) as process,
    ):
        os.close(tells)
        first = _first_process(information.read())
        try:
            output = _watch(process, seconds, output_bytes)
            return process.returncode, output.decode("utf-8", "replace")
        finally:
            process.kill()  # and with it, by --die-with-parent, all that it has started
            process.wait()
            _wait_for_end(first)


def _first_process(information: bytes) -> int | None:
    """A descriptor of the first process in the sandbox; none if it is over, or never began."""
    if not information:
        return None
    try:
        return os.pidfd_open(json.loads(information)["child-pid"])
    except ProcessLookupError:
        return None


def _wait_for_end(first: int | None) -> None:
    """Return when nothing runs in the sandbox any more: the kernel ends its first process last."""
    if first is not None:
        pipe = select.poll()
        pipe.register(first, select.POLLIN)
        pipe.poll()
        os.close(first)


def _watch(process: subprocess.Popen[bytes], seconds: float, output_bytes: int) -> bytes:
    """The beginning of the output; the exit code is set if the program ended in time."""
    assert process.stdout is not None
    deadline = time.monotonic() + seconds
    kept = bytearray()
    pipe = select.poll()
    pipe.register(process.stdout, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        if not pipe.poll(left * 1000):
            break
        chunk = os.read(process.stdout.fileno(), _CHUNK)
        if not chunk:
            try:
                process.wait(left)
            except subprocess.TimeoutExpired:
                break
            return bytes(kept)
        kept += chunk[: output_bytes - len(kept)]
    return bytes(kept)


def _outcome(code: int | None, output: str, has_passed: bool) -> Outcome:
    if code is None:
        return Outcome(False, None, output, "timeout")
    if has_passed:
        return Outcome(True, code, output, "ok")
    if code < 0:  # bubblewrap itself was killed
        code = 128 - code
    if code == 128 + signal.SIGXCPU:
        return Outcome(False, code, output, "timeout")
    if code == OUT_OF_MEMORY:
        return Outcome(False, code, output, "memory")
    return Outcome(False, code, output, "killed" if code > 128 else "failed")


def _last_line(output: str) -> str:
    lines = output.split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")
