"""What runs inside the sandbox: it gives up its rights, runs the program, and then the tests.

It is started as `python -c`, without Luthier, and so imports nothing of it. Its arguments are two
file descriptors (the task, and where to write the verdict), the sizes of program and tests in
bytes (tests: -1 for none), the user to become (0 to stay), and the limits: seconds of processor
time, bytes of memory, bytes of a file, processes.
"""

import sys
from os import _exit, close, dup2, fstat, read, urandom, write
from types import ModuleType

# The program may replace builtins; by these names it does not find them.
_compile, _execute = compile, exec

OUT_OF_MEMORY = 137
DESCRIPTORS = 512
STARTED = b"+"
TOKEN = 32
"""Bytes of the token that stands behind the tests. To write it is to say that they passed."""


def main(arguments: list[str]) -> None:
    """Run one task."""
    task, verdict, program_size, tests_size, user, *limits = map(int, arguments)
    write(verdict, STARTED)
    task, verdict = _hide(task), _hide(verdict)
    _give_up_rights(user, *limits)
    is_tested = tests_size >= 0
    module = ModuleType("program" if is_tested else "__main__")
    sys.modules["__main__"] = sys.modules[module.__name__] = module
    sys.argv = ["program.py"]
    _run(read(task, program_size), "program.py", module)
    if is_tested:
        _run(read(task, tests_size), "tests.py", module)
        # Read only now: while the program ran, it was nowhere in this process.
        write(verdict, read(task, TOKEN))
        _exit(0)


def _hide(descriptor: int) -> int:
    """Move a descriptor to where the program does not expect it."""
    hidden = 100 + urandom(1)[0]
    while _is_open(hidden):
        hidden += 1
    dup2(descriptor, hidden, inheritable=False)
    close(descriptor)
    return hidden


def _is_open(descriptor: int) -> bool:
    try:
        fstat(descriptor)
    except OSError:
        return False
    return True


def _give_up_rights(user: int, seconds: int, memory: int, file_size: int, processes: int) -> None:
    import os  # not every system that looks at this file has these
    import resource

    if user:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _run(source: bytes, name: str, module: ModuleType) -> None:
    text = source.decode("utf-8", "surrogatepass")
    try:
        _execute(_compile(text, name, "exec", dont_inherit=True), module.__dict__)
    except SystemExit as end:
        if module.__name__ == "__main__":
            raise
        _fail(f"SystemExit: {end.code}\n", 1)
    except MemoryError:
        _fail("MemoryError\n", OUT_OF_MEMORY)
    except BaseException as error:
        _fail(_explained(error, text, name), 1)


def _explained(error: BaseException, source: str, name: str) -> str:
    import linecache
    import traceback

    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    own = error.__traceback__
    return "".join(traceback.format_exception(type(error), error, own.tb_next if own else None))


def _fail(why: str, code: int) -> None:
    write(2, why.encode("utf-8", "backslashreplace"))
    _exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
