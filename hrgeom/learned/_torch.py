"""Import of torch, or one clear error; every module that computes with torch imports it here."""

from __future__ import annotations

from hrgeom.errors import HrgeomError

try:
    import torch
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise HrgeomError(
        "training requires torch; install it with pip install 'hrgeom[learned]'"
    ) from None

__all__ = ["torch"]
