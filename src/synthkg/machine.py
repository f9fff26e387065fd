"""What this process may have of the machine: cores, and memory. A container or a batch system often lets it have less."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["cores", "free_memory", "held_memory"]

_PROCESS, _GROUPS = Path("/proc"), Path("/sys/fs/cgroup")


def cores() -> int:
    """How many cores may be used."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def free_memory() -> int | None:
    """How many bytes of memory may still be taken, what only caches files included; None where nothing says so.

    Linux alone does: of the machine (``man 5 proc``), and of each group in which this process is
    (https://docs.kernel.org/admin-guide/cgroup-v2.html).
    """
    return min((*_of_machine(), *_of_groups()), default=None)


def held_memory() -> int | None:
    """How many bytes of memory this process holds; None where nothing says so."""
    with suppress(OSError):
        return int((_PROCESS / "self" / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_machine() -> Iterator[int]:
    with suppress(OSError):
        for line in (_PROCESS / "meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                yield int(line.split()[1]) * 1024


def _of_groups() -> Iterator[int]:
    """Of the group and of all around it: the least counts."""
    with suppress(OSError):
        groups = (_PROCESS / "self" / "cgroup").read_text().splitlines()
        names = (line.removeprefix("0::/") for line in groups if line.startswith("0::/"))
        for folder in (_GROUPS / name for name in names):
            for group in (folder, *folder.parents):
                with suppress(OSError, ValueError, KeyError):  # no limit is the word max; the outermost group has no such file
                    held = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
                    most, now = (int((group / name).read_text()) for name in ("memory.max", "memory.current"))
                    yield max(most - now + int(held["inactive_file"]), 0)
