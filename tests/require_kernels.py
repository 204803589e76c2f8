"""Exit with an error unless the kernels that this processor can run were built."""

import platform
import sys

import hrgeom

available = set(hrgeom.available_kernels())
wanted = {"numpy", "serial"}
if platform.machine() == "x86_64" and sys.platform == "linux":
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        flags = set(file.read().split())
    wanted |= {"avx2"} if {"avx2", "fma"} <= flags else set()
    wanted |= {"avx512"} if "avx512f" in flags else set()
missing = wanted - available
if missing:
    sys.exit(f"kernels must be built for this processor: missing {', '.join(sorted(missing))}")
sys.stdout.write(f"kernels: {', '.join(hrgeom.available_kernels())}\n")
