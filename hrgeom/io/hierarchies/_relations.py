"""The option `relation`: which relations make edges."""

from __future__ import annotations

from collections import Counter

from hrgeom.errors import FormatError

__all__ = ["relations_of", "require_relations"]


def relations_of(given: str | None, default: tuple[str, ...]) -> frozenset[str]:
    """Return the relations that are named, between commas, or the default."""
    if given is None:
        return frozenset(default)
    named = frozenset(part.strip() for part in given.split(",") if part.strip())
    if not named:
        raise FormatError(f"relation must name a relation: got {given!r}")
    return named


def require_relations(asked: frozenset[str], has_edges: bool, unused: Counter[str]) -> None:
    """Raise FormatError if the relations make no edge though others would; say which."""
    if not has_edges and unused:
        listed = ", ".join(f"{name} ({count:,})" for name, count in unused.most_common(5))
        named = ",".join(sorted(asked)[:3])
        raise FormatError(f"relation must make edges: got none by {named}; there are {listed}")
