"""Training checkpoints: the whole state of a run in one file, resumed bit for bit.

The file is a NumPy archive: arrays, and one JSON string. It is written under another name and then
renamed, so that it is never incomplete.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.atomic_files import sync
from hrgeom._base.versions import check_version
from hrgeom.errors import FormatError

__all__ = ["read_checkpoint", "write_checkpoint"]

_FORMAT, _VERSION = "hrgeom-training", 1
_DATA = "_data"  # name of the JSON string


def write_checkpoint(path: Path, arrays: dict[str, NDArray[Any]], data: dict[str, Any]) -> None:
    """Write a checkpoint of arrays and JSON data."""
    temporary = path.with_name(f".{path.name}.new")
    text = json.dumps({"format": f"{_FORMAT} {_VERSION}", **data}, allow_nan=False)
    try:
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **{_DATA: np.array(text)}, **arrays)
        sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_checkpoint(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the JSON data of a checkpoint.

    Raises
    ------
    FormatError
        If the file is no checkpoint, or one of a newer version than this hrgeom reads.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        data = json.loads(str(arrays.pop(_DATA)))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise FormatError(f"{path} must be a training checkpoint: {error}") from None
    name, _, version = str(data.pop("format", None)).partition(" ")
    check_version(
        name,
        int(version) if version.isascii() and version.isdigit() else version,
        expected=(_FORMAT, _VERSION),
        what=f"the training checkpoint {path}",
    )
    return arrays, data
