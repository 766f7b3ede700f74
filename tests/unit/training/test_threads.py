"""How many threads are worth a try, on machines of several kinds."""

import os
from pathlib import Path

import psutil
import pytest
import torch

from luthier.training import threads
from luthier.training.threads import cpu_quota, thread_counts


def machine(
    patch: pytest.MonkeyPatch, *, torch_wants: int, logical: int, physical: int, allowed: int
) -> list[int]:
    patch.delenv("OMP_NUM_THREADS")
    patch.setattr(torch, "get_num_threads", lambda: torch_wants)
    patch.setattr(os, "cpu_count", lambda: logical)
    patch.setattr(psutil, "cpu_count", lambda logical: physical)
    patch.setattr(threads, "allowed_cpus", lambda: allowed)
    return thread_counts()


def test_a_plain_machine_has_nothing_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine(monkeypatch, torch_wants=4, logical=4, physical=4, allowed=4) == [4]


def test_cores_of_two_threads_are_tried_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine(monkeypatch, torch_wants=4, logical=8, physical=4, allowed=8) == [4, 8]


def test_a_container_never_gets_more_threads_than_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine(monkeypatch, torch_wants=32, logical=64, physical=32, allowed=2) == [2]


def test_what_the_user_fixed_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    assert thread_counts() == [1]


def groups(folder: Path, membership: str, files: dict[str, str]) -> float | None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "membership").write_text(membership)
    return cpu_quota(folder, folder / "membership")


def test_the_tightest_group_on_the_way_up_is_the_quota(tmp_path: Path) -> None:
    files = {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "150000 100000\n"}
    assert groups(tmp_path, "0::/a/b\n", files) == 1.5


def test_version_1_has_a_quota_as_well(tmp_path: Path) -> None:
    files = {"cpu,cpuacct/cpu.cfs_quota_us": "200000\n", "cpu,cpuacct/cpu.cfs_period_us": "100000"}
    assert groups(tmp_path, "4:cpu,cpuacct:/docker/12\n5:memory:/\n", files) == 2.0


def test_no_bound_is_no_quota(tmp_path: Path) -> None:
    files = {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}
    assert groups(tmp_path, "1:cpu:/\n0::/\n", files) is None
