"""torch, or one clear error; the modules that compute with it import it from here."""

from __future__ import annotations

from hrgeom.errors import HrgeomError

try:
    import torch
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise HrgeomError(
        "training must have torch: it is not installed; pip install 'hrgeom[learned]'"
    ) from None

__all__ = ["torch"]
