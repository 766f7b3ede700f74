"""What a program in the sandbox may not ask of the kernel, as a filter that the kernel runs.

Namespaces and resource limits do the rest; this closes the ways around them: a namespace of its
own, in which the program could mount memory without end, and memory that no limit counts.
"""

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

DENIED: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "x86_64": {
            "unshare": 272,
            "memfd_create": 319,
            "memfd_secret": 447,
            "shmget": 29,
            "msgget": 68,
            "io_uring_setup": 425,
            "userfaultfd": 323,
            "ptrace": 101,
            "add_key": 248,
            "keyctl": 250,
            "bpf": 321,
            "perf_event_open": 298,
        },
        "aarch64": {
            "unshare": 97,
            "memfd_create": 279,
            "memfd_secret": 447,
            "shmget": 194,
            "msgget": 186,
            "io_uring_setup": 425,
            "userfaultfd": 282,
            "ptrace": 117,
            "add_key": 217,
            "keyctl": 219,
            "bpf": 280,
            "perf_event_open": 241,
        },
    }
)
"""Machine (`platform.machine()`) -> calls that fail with EPERM, and their numbers there."""

_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_X32 = 0x40000000
_NEW_NAMESPACES = 0x7E020000

# Instructions of the Berkeley packet filter (linux/bpf_common.h), over `struct seccomp_data`.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FLAGS = 0, 4, 16
_EPERM, _ENOSYS = 1, 38
_VERDICTS = {
    "allow": 0x7FFF0000,
    "deny": 0x00050000 | _EPERM,
    "unknown": 0x00050000 | _ENOSYS,
    "kill": 0x80000000,
}


class _Step(NamedTuple):
    code: int
    value: int
    yes: str = ""
    no: str = ""


def syscall_filter(machine: str) -> bytes:
    """The filter as bubblewrap's `--seccomp` takes it: `struct sock_filter` after another.

    `clone3` is made to look missing, for the filter cannot see its flags; the C library then
    takes `clone`, whose flags it can.

    Args:
        machine: a key of `DENIED`.
    """
    steps = [
        _Step(_LOAD, _AT_ARCHITECTURE),
        _Step(_IF_EQUAL, _ARCHITECTURE[machine], no="kill"),
        _Step(_LOAD, _AT_NUMBER),
        _Step(_IF_AT_LEAST, _X32, yes="kill"),
        *(_Step(_IF_EQUAL, number, yes="deny") for number in DENIED[machine].values()),
        _Step(_IF_EQUAL, _CLONE3, yes="unknown"),
        _Step(_IF_EQUAL, _CLONE[machine], no="allow"),
        _Step(_LOAD, _AT_FLAGS),
        _Step(_IF_ANY_BIT, _NEW_NAMESPACES, yes="deny", no="allow"),
    ]
    ends = {name: len(steps) + at for at, name in enumerate(_VERDICTS)}
    packed = [
        struct.pack(
            "=HBBI", step.code, _jump(ends, step.yes, at), _jump(ends, step.no, at), step.value
        )
        for at, step in enumerate(steps)
    ]
    return b"".join(packed + [struct.pack("=HBBI", _RETURN, 0, 0, v) for v in _VERDICTS.values()])


def _jump(ends: Mapping[str, int], target: str, at: int) -> int:
    return ends[target] - at - 1 if target else 0
