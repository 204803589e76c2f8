"""From the bytes of a file to a hierarchy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hrgeom._base.sources import decoded, naming, unpacked
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io._formats import chosen, most_plausible
from hrgeom.io._foreign import binary_kind, text_kind
from hrgeom.io._options import check_options, given_options, refuse_repairs
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._oddities import labels_alike, looks_reversed
from hrgeom.io.hierarchies._registry import hierarchy_formats
from hrgeom.io.hierarchies._tables import CSV, TABLES

__all__ = ["hierarchy_from_bytes"]


def hierarchy_from_bytes(
    data: bytes,
    *,
    name: str,
    format: str | HierarchyFormat | None = None,
    hint: HierarchyFormat | None = None,
    encoding: str | None = None,
    strict: bool = False,
    **options: Any,
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
        The format of the suffix: it is taken where another is hardly more certain.
    encoding, strict, **options
        As in `read_hierarchy`; what is None or False is not given.

    Returns
    -------
    hierarchy : Hierarchy
        With the text fields at the top of a JSON object as its metadata, and remarks.

    Raises
    ------
    FormatError
        If it is damaged, no text, or in none of the formats (with the line), if the format does
        not take an option, or if `strict` and something had to be mended.
    HierarchyError
        If the content is no hierarchy; its subclass CycleError if edges form a cycle.

    Examples
    --------
    >>> hierarchy_from_bytes(b'{"dog": ["animal"]}', name="pets").labels
    ('dog', 'animal')
    """
    given = given_options(options)
    with naming(name):
        data = unpacked(data)
        if kind := binary_kind(data):
            raise FormatError(f"a hierarchy must be text: got {kind[0]}; {kind[1]}")
        text = decoded(data, encoding=encoding)
        entry = chosen(hierarchy_formats, format) or _sniffed(text, hint, given)
        check_options(entry, given)
        hierarchy = entry.read(text, **given)
        _add_oddities(hierarchy, is_said="edge_direction" in given or "columns" in given)
        if strict:
            refuse_repairs(hierarchy.remarks)
        return hierarchy


def _add_oddities(hierarchy: Hierarchy, *, is_said: bool) -> None:
    found = [labels_alike(hierarchy), None if is_said else looks_reversed(hierarchy)]
    codes = {remark.code for remark in hierarchy.remarks}
    hierarchy.remarks += tuple(r for r in found if r is not None and r.code not in codes)


def _sniffed(
    text: str, hint: HierarchyFormat | None, given: Mapping[str, Any]
) -> HierarchyFormat:
    formats = hierarchy_formats()
    # Options that few formats take say much about what the text is.
    able = [entry for entry in formats if given.keys() <= set(entry.options)] or formats
    found = most_plausible([(entry.sniff(text), entry) for entry in able], hint)
    if found is None or found in TABLES:
        if kind := text_kind(text):
            raise FormatError(
                f"text must be in one of the formats {', '.join(e.name for e in formats)}: "
                f"got what looks like {kind[0]}; {kind[1]} (--format NAME forces)"
            )
    return found or CSV
