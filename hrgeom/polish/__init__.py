"""Raising the margin of an embedding that is there already."""

from hrgeom.polish._stages import polish

__all__ = ["polish"]
