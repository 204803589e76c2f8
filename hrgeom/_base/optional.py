"""Optional packages: imported where they are used, with one clear error if they are missing."""

from __future__ import annotations

import importlib
import re
from typing import Any

from hrgeom.errors import HrgeomError

__all__ = ["imported", "pip_install"]

_SOURCE = "git+https://github.com/hrgeom/hrgeom"
"""Where pip finds hrgeom, which is not on PyPI yet; the page on installing says the same."""

_EXTRA = re.compile(r"'hrgeom(\[[\w,]+\])'")


def pip_install(what: str) -> str:
    """Return the command that installs what is missing.

    Parameters
    ----------
    what : str
        Requirements as they stand in a shell: `'hrgeom[plots]'` for an extra of hrgeom, with its
        quotes, or other packages.

    Examples
    --------
    >>> pip_install("torch")
    'pip install torch'
    >>> print(pip_install("'hrgeom[plots]'"))
    pip install 'hrgeom[plots] @ git+https://github.com/hrgeom/hrgeom' (in a clone: '.[plots]')
    """
    if (extra := _EXTRA.fullmatch(what)) is None:
        return f"pip install {what}"
    return f"pip install 'hrgeom{extra[1]} @ {_SOURCE}' (in a clone: '.{extra[1]}')"


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
        What to install, as `pip_install` takes it.
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
            f"{what} requires the package {package}; install it with {pip_install(install)}"
        ) from None
