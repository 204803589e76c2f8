"""Exit with an error unless the kernels that this processor can run were built."""

import platform
import sys

from hrgeom.checker.kernels import KERNELS, available_kernels
from hrgeom.descent import available_passes

flags = set()
if platform.machine() in ("x86_64", "aarch64") and sys.platform == "linux":
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        flags = set(file.read().split())
available = available_kernels()
wanted = {e.name for e in KERNELS if e.cpu_flags is not None and flags.issuperset(e.cpu_flags)}
missing = wanted.difference(available)
if missing:
    sys.exit(f"kernels must be built for this processor: missing {', '.join(sorted(missing))}")
descent = {"serial"}
descent |= {"avx2"} if flags.issuperset({"avx2", "fma"}) else set()
descent |= {"avx512"} if flags.issuperset({"avx512f", "avx512_vnni"}) else set()
descent |= {"neon"} if "asimddp" in flags else set()
missing = descent.difference(available_passes())
if missing:
    sys.exit(f"descent must be built for this processor: missing {', '.join(sorted(missing))}")
sys.stdout.write(f"kernels: {', '.join(available)}; descent: {', '.join(available_passes())}\n")
