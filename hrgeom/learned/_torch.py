"""torch, or one clear error; the modules that compute with it import it from here."""

from __future__ import annotations

from hrgeom._base.optional import imported

imported("torch", "training", "'hrgeom[learned]'")

import torch  # noqa: E402  (as itself, so that its types are known)

__all__ = ["torch"]
