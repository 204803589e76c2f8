"""What `embedding.json` and `labels.json` state, checked field by field before it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hrgeom._base.floats import is_float
from hrgeom._base.stored_types import STORED_TYPES
from hrgeom.errors import FormatError
from hrgeom.io.vectors._record import NUMBERED

__all__ = ["checked_description", "checked_labels"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_text_or_null(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_shape(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(n) is int and 1 <= n < 2**63 for n in value)
    )


def _are_shapes(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _is_shape(value.get(side)) for side in ("queries", "documents")
    )


def _are_scales(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(side), str) or (is_float(value.get(side)) and value[side] > 0)
        for side in ("queries", "documents")
    )


def _are_digests(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {"queries", "documents", "hierarchy"} <= value.keys()
        and all(isinstance(digest, str) for name, digest in value.items() if name != "hierarchy")
        and _is_text_or_null(value["hierarchy"])
    )


_Check = tuple[Callable[[Any], bool], str]

_REQUIRED: dict[str, _Check] = {
    "dtype": (lambda value: value in STORED_TYPES, f"a dtype of {', '.join(STORED_TYPES)}"),
    "shapes": (_are_shapes, "shapes of queries and documents, two whole numbers each"),
    "scales": (_are_scales, "scales of queries and documents, positive numbers or their files"),
    "threshold": (
        lambda value: value is None or is_float(value),
        "a threshold that float64 holds, or null",
    ),
    "notion": (lambda value: value in ("global", "row"), "a notion, global or row"),
    "construction": (_is_text, "a construction by its name"),
    "parameters": (_is_object, "an object of parameters"),
    "promise": (_is_object, "an object as promise"),
    "sha256": (_are_digests, "digests (sha256) of queries, documents and hierarchy"),
}
_OPTIONAL: dict[str, _Check] = {
    "tree": (_is_text_or_null, "text or null as tree"),
    "command": (_is_text_or_null, "text or null as command"),
    "version": (_is_text_or_null, "text as version"),
    "basis": (_is_text_or_null, "text as basis"),
    "reading": (lambda value: value is None or isinstance(value, dict), "an object as reading"),
    "remarks": (lambda value: isinstance(value, list), "a list of remarks"),
}


def checked_description(info: dict[str, Any], where: Path) -> dict[str, Any]:
    """Return what an `embedding.json` states, every field that is used of its type.

    Parameters
    ----------
    info : dict
        As it was read.
    where : Path
        The file, for messages.

    Raises
    ------
    FormatError
        If a field is missing, or holds what it cannot.
    """
    for name in _REQUIRED:
        if name not in info:
            raise FormatError(f"{where.parent} must state {name!r} in embedding.json")
    for name, (is_right, what) in {**_REQUIRED, **_OPTIONAL}.items():
        if name in info and not _holds(is_right, info[name]):
            raise FormatError(f"{where} must state {what}: got {_shown(info[name])}")
    return info


def _holds(is_right: Callable[[Any], bool], value: Any) -> bool:
    try:
        return is_right(value)
    except TypeError:  # a list is no name
        return False


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested deeply, or a number of thousands of digits
        return f"a {type(value).__name__}"
    return text if len(text) <= 200 else f"{text[:160]} ... ({len(text):,} characters)"


def checked_labels(
    labels: Mapping[str, Any], sizes: Mapping[str, int], where: Path
) -> tuple[dict[str, list[str]], list[str] | None]:
    """Return the labels of both sides, as many as there are rows, and the sides without their own.

    Raises
    ------
    FormatError
        If a side is missing, or is no list of text of the right length.
    """
    found: dict[str, list[str]] = {}
    for side, n in sizes.items():
        if side not in labels:
            raise FormatError(f"{where.parent} must state {side!r} in labels.json")
        given = labels[side]
        if side == "documents" and given == "as queries":
            given = found["queries"]
        if not isinstance(given, list) or not all(isinstance(label, str) for label in given):
            raise FormatError(f"{where} must have a list of text as {side}: got {_shown(given)}")
        if len(given) != n:
            raise FormatError(
                f"{where} must have a label per row, {n:,} {side}: got {len(given):,}"
            )
        found[side] = given
    numbered = labels.get(NUMBERED)
    is_known = isinstance(numbered, list) and all(side in [*sizes] for side in numbered)
    if not (numbered is None or is_known):
        raise FormatError(f"{where} must list sides as {NUMBERED}: got {_shown(numbered)}")
    return found, numbered
