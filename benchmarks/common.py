"""What every benchmark records besides its numbers."""

import datetime
import json
import os
import platform
from pathlib import Path

import hrgeom

RESULTS = Path(__file__).parent / "results"
DATA = Path(
    os.environ.get("HRGEOM_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)
"""Data that does not come with hrgeom; see CONTRIBUTING.md."""


def hardware_class():
    """Processor family and how many of them this process may use."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = (
                next(line for line in file if line.startswith("model name")).split(":")[1].strip()
            )
    except (OSError, StopIteration):
        pass
    return f"{model}, {len(os.sched_getaffinity(0))} cores"


def known_rows(name, key="rows"):
    """Return the rows that a result has already, so that an interrupted benchmark goes on."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")).get(key, {}) if path.exists() else {}


def write(name, data):
    """Write a result with its provenance, and return the path."""
    record = {
        "benchmark": name,
        "hrgeom": hrgeom.__version__,
        "kernel": hrgeom.kernel_info().name,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "hardware": hardware_class(),
        **data,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return path
