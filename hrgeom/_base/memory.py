"""How much memory this process may still take, so that what cannot fit is refused beforehand."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["available_bytes", "in_words"]

_GROUP_LIMITS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def available_bytes() -> int | None:
    """Return the bytes this process may still take; None where the system does not say.

    The least of what the machine has free, what its control group has left, and what the limit on
    the address space (``ulimit -v``) leaves.
    """
    known = [n for n in (_free_bytes(), _group_bytes(), _address_bytes()) if n is not None]
    return max(0, min(known)) if known else None


def in_words(n_bytes: float) -> str:
    """Return a number of bytes in the largest fitting unit, such as "1.5 GiB"."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    power = 0
    while n_bytes >= 1024 and power + 1 < len(units):
        n_bytes, power = n_bytes / 1024, power + 1
    number = f"{n_bytes:.3g}" if n_bytes < 1000 else f"{n_bytes:,.0f}"
    return f"{number} {units[power]}"


def _free_bytes() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _group_bytes() -> int | None:
    for limit, usage in _GROUP_LIMITS:
        try:
            return _number_in(limit) - _number_in(usage)
        except (OSError, ValueError):
            continue  # no such group, or "max": no limit
    return None


def _address_bytes() -> int | None:
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return None
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return int(limit)
    return int(limit) - pages * resource.getpagesize()


def _number_in(path: str) -> int:
    return int(Path(path).read_text(encoding="ascii"))
