import struct

import pytest

from luthier.core.syscall_filter import DENIED, syscall_filter

ALLOW, DENY, UNKNOWN, KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
MACHINES = {"x86_64": (0xC000003E, 56), "aarch64": (0xC00000B7, 220)}
WRITE, CLONE3 = {"x86_64": 1, "aarch64": 64}, 435
THREAD_FLAGS, NEW_USER = 0x003D0F00, 0x10000000


def verdict(machine: str, architecture: int, number: int, flags: int = 0) -> int:
    """What the filter says, worked out as the kernel does it."""
    program = list(struct.iter_unpack("=HBBI", syscall_filter(machine)))
    data = {0: number, 4: architecture, 16: flags}
    at = loaded = 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            loaded = data[value]
        else:
            tests = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}
            at += yes if tests[code] else no


def test_two_machines_are_known() -> None:
    assert DENIED.keys() == MACHINES.keys()


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_listed_is_denied(machine: str) -> None:
    architecture, _ = MACHINES[machine]
    verdicts = {verdict(machine, architecture, number) for number in DENIED[machine].values()}
    assert verdicts == {DENY}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_same_calls_are_denied_on_every_machine(machine: str) -> None:
    assert DENIED[machine].keys() == DENIED["x86_64"].keys()
    assert len(set(DENIED[machine].values())) == len(DENIED[machine])


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("flags", "expected"), [(17, ALLOW), (THREAD_FLAGS, ALLOW), (NEW_USER | 17, DENY)]
)
def test_processes_and_threads_are_allowed_but_no_namespaces(
    machine: str, flags: int, expected: int
) -> None:
    architecture, clone = MACHINES[machine]
    assert verdict(machine, architecture, clone, flags) == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_whose_flags_cannot_be_seen_looks_unknown(machine: str) -> None:
    assert verdict(machine, MACHINES[machine][0], CLONE3) == UNKNOWN


@pytest.mark.parametrize("machine", MACHINES)
def test_all_else_is_allowed(machine: str) -> None:
    assert verdict(machine, MACHINES[machine][0], WRITE[machine]) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_architecture_end_the_program(machine: str) -> None:
    architecture, clone = MACHINES[machine]
    assert verdict(machine, 0x40000003, clone) == KILL
    assert verdict(machine, architecture, 0x40000000 | clone) == KILL
