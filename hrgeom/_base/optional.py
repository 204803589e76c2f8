"""Optional packages: imported where they are used, with one clear error if they are missing."""

from __future__ import annotations

import importlib
from typing import Any

from hrgeom.errors import HrgeomError

__all__ = ["imported"]


def imported(
    module: str, what: str, install: str, *, error: type[HrgeomError] = HrgeomError
) -> Any:
    """Return a module of an optional package.

    Parameters
    ----------
    module : str
        Dotted name.
    what : str
        What requires it, as the subject of the message.
    install : str
        What to give to `pip install`.
    error : type of HrgeomError
        Class of the error.

    Raises
    ------
    HrgeomError
        If the package is not installed; the message says how to install it. An import that fails
        inside an installed package is not caught.

    Examples
    --------
    >>> imported("numpy", "reading arrays", "numpy").__name__
    'numpy'
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] != package:
            raise
        raise error(
            f"{what} requires the package {package}; install it with pip install {install}"
        ) from None
