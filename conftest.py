"""Which doctests are collected: those of modules that need torch only where it is installed."""

from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).parent

collect_ignore = (
    []
    if find_spec("torch")
    else [
        str(path.relative_to(_HERE))
        for room in ("descent", "learned")
        for path in (_HERE / "hrgeom" / room).glob("*.py")
        if "import torch" in path.read_text(encoding="utf-8")
    ]
)
