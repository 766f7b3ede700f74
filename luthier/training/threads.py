"""How many threads a run may use, and which numbers of them are worth a try."""

import os
from pathlib import Path

import psutil
import torch

_CGROUPS = Path("/sys/fs/cgroup")


def thread_counts() -> list[int]:
    """Numbers of threads, first the one to use without a timing, which is never beyond the CPUs.

    That is torch's own, at most as many as this process has CPUs for. Where torch wanted more than
    those, or processors have several logical CPUs, one thread on each physical core and one on each
    CPU are worth a try as well. What OMP_NUM_THREADS says holds.
    """
    if fixed := fixed_threads():
        return [fixed]
    wanted, allowed = torch.get_num_threads(), allowed_cpus()
    logical = os.cpu_count() or 1
    physical = psutil.cpu_count(logical=False) or logical
    if logical == physical and wanted <= allowed:
        return [wanted]
    first = min(wanted, allowed)
    return [first, *sorted({min(physical, allowed), allowed} - {first})]


def fixed_threads() -> int | None:
    """What the user fixed by OMP_NUM_THREADS, as torch took it."""
    return torch.get_num_threads() if os.environ.get("OMP_NUM_THREADS") else None


def allowed_cpus() -> int:
    """CPUs of this process: what affinity and the control group's quota leave of the machine's."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    cpus = len(affinity(0)) if affinity else os.cpu_count() or 1
    quota = cpu_quota(_CGROUPS, Path("/proc/self/cgroup"))
    return cpus if quota is None else max(1, min(cpus, int(quota)))


def cpu_quota(root: Path, membership: Path) -> float | None:
    """CPUs' worth of time that the control groups of this process allow, of both versions.

    Args:
        root: where the control groups are mounted.
        membership: the file that tells which of them the process is in.
    """
    lines = membership.read_text("utf-8").splitlines() if membership.exists() else []
    quotas = []
    for _, controllers, group in (line.split(":", 2) for line in lines):
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = root / controllers
        inner = top / group.lstrip("/")
        for folder in (inner, *inner.parents):
            if folder.is_relative_to(top):
                quotas += _quota_of(folder)
    return min(quotas, default=None)


def _quota_of(folder: Path) -> list[float]:
    """The quota of one control group, if it has any: version 2 has one file, version 1 two."""
    files = [folder / "cpu.max", folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us"]
    words = [word for file in files if file.exists() for word in file.read_text("utf-8").split()]
    if len(words) != 2 or not words[0].isdecimal():  # "max" or -1: no bound
        return []
    return [int(words[0]) / int(words[1])]
