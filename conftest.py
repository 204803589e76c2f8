"""Which doctests are collected: of modules that need torch or Triton, where it is installed."""

from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).parent

collect_ignore = [
    str(path.relative_to(_HERE))
    for package, rooms in (("torch", ("descent", "learned")), ("triton", ("checker/kernels",)))
    if not find_spec(package)
    for room in rooms
    for path in (_HERE / "hrgeom" / room).glob("*.py")
    if f"import {package}" in path.read_text(encoding="utf-8")
]
