"""Import of torch, or one clear error; what descends with torch imports it here."""

from __future__ import annotations

from hrgeom._base.optional import imported
from hrgeom.errors import ConstructionError

imported("torch", "descent on a device", "'hrgeom[learned]'", error=ConstructionError)

import torch  # noqa: E402  (as itself, so that its types are known)

__all__ = ["torch"]
