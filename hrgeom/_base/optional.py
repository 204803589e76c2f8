"""Packages that are imported where they are used, or one clear error."""

from __future__ import annotations

import importlib
from typing import Any

from hrgeom.errors import HrgeomError

__all__ = ["imported"]


def imported(module: str, what: str, install: str) -> Any:
    """Return a module of an optional package.

    Raises
    ------
    HrgeomError
        If the package is not installed; the message says how to get it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != package:
            raise
        raise HrgeomError(
            f"{what} must have {package}: it is not installed; pip install {install}"
        ) from None
