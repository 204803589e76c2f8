"""Raising the margin of an existing embedding."""

from hrgeom.polish._stages import polish

__all__ = ["polish"]
