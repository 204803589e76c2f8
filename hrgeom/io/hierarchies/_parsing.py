"""From the bytes of a file to a hierarchy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hrgeom._base.sources import decoded, naming
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io._formats import chosen, most_certain
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._registry import hierarchy_formats

__all__ = ["hierarchy_from_bytes"]

_FITTING, _SURE = 0.3, 0.9
"""A suffix is a hint: a format that is surer than this of the content overrules it."""


def hierarchy_from_bytes(
    data: bytes,
    *,
    name: str,
    format: str | HierarchyFormat | None = None,
    hint: HierarchyFormat | None = None,
    beside: Callable[[str], bytes | None] | None = None,
    **options: str | None,
) -> Hierarchy:
    """Return the hierarchy in the bytes of a file.

    Parameters
    ----------
    data : bytes
        Compressed by gzip or not.
    name : str
        What messages call the source.
    format : str or HierarchyFormat, optional
        Default: the format that is most certain of the text.
    hint : HierarchyFormat, optional
        The format of the suffix: it is chosen unless it does not fit or another is surer than 0.9.
    beside : callable, optional
        Returns the bytes of a file beside this one by its name, or None.
    **options : str or None
        Options of the format, such as `edge_direction`, as in `read_hierarchy`.

    Returns
    -------
    hierarchy : Hierarchy
        With the text fields at the top of a JSON object as its metadata.

    Raises
    ------
    FormatError
        If it is damaged, no UTF-8 text, or in none of the formats (with the line).
    HierarchyError
        If the content is no hierarchy; its subclass CycleError if edges form a cycle.

    Examples
    --------
    >>> hierarchy_from_bytes(b'{"dog": ["animal"]}', name="pets").labels
    ('dog', 'animal')
    """
    with naming(name):
        entry = chosen(hierarchy_formats, format) or _binary(data)
        content: Any = data
        if entry is None or not entry.binary:
            content = decoded(data)
            entry = entry or _sniffed(content, hint)
        given = _fitting(entry, options)
        if entry.files:
            given["beside"] = _texts(beside)
        return entry.read(content, **given)


def _binary(data: bytes) -> HierarchyFormat | None:
    return most_certain(
        (entry.sniff(data), entry) for entry in hierarchy_formats() if entry.binary
    )


def _fitting(entry: HierarchyFormat, options: dict[str, str | None]) -> dict[str, Any]:
    """Return the options that the format takes; others must not be given."""
    for option, value in options.items():
        if value is not None and option not in entry.options:
            why = (
                ", which says itself which end of an edge is the child"
                if option == "edge_direction"
                else ""
            )
            raise FormatError(
                f"{option} must be left out for the format {entry.name}{why}: got {value!r}"
            )
    return {option: value for option, value in options.items() if option in entry.options}


def _texts(beside: Callable[[str], bytes | None] | None) -> Callable[[str], str | None]:
    def text(name: str) -> str | None:
        data = beside(name) if beside else None
        if data is None:
            return None
        with naming(name):
            return decoded(data)

    return text


def _sniffed(text: str, hint: HierarchyFormat | None) -> HierarchyFormat:
    formats = [entry for entry in hierarchy_formats() if not entry.binary]
    if hint is not None and not hint.binary and hint.sniff(text) >= _FITTING:
        surest = most_certain((entry.sniff(text), entry) for entry in formats)
        return surest if surest and surest.sniff(text) > _SURE else hint
    found = most_certain((entry.sniff(text), entry) for entry in formats)
    if found is None:
        raise FormatError(
            "text must be in one of the formats "
            f"{', '.join(entry.name for entry in formats)}: got another"
        )
    return found
