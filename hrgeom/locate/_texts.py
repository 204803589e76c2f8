"""What is said of the nodes: names, synonyms, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["Texts"]

Texts = Mapping[str, str | Sequence[str]]
"""Label to one text or several: name first, then synonyms, then definitions."""
