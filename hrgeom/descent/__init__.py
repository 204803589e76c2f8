"""Margin descent over all pairs: rows of unit length with as much margin as a dimension allows."""

from hrgeom.descent._stored import StoredRows, store_rows

__all__ = ["StoredRows", "store_rows"]
