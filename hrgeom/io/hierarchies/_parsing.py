"""From the bytes of a file to a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hrgeom._base.sources import decoded, naming, unpacked
from hrgeom.core import Hierarchy, OnCycle, Remark
from hrgeom.errors import CycleError, FormatError
from hrgeom.io._foreign import binary_kind, listed_kind, paths_kind, text_kind
from hrgeom.io._formats import WEAK, chosen, most_certain, most_plausible
from hrgeom.io._layout import EDGES
from hrgeom.io._options import check_options, given_options, refuse_repairs
from hrgeom.io._path_cells import path_cells_kind
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._oddities import labels_alike, looks_reversed
from hrgeom.io.hierarchies._registry import hierarchy_formats
from hrgeom.io.hierarchies._remarks import REMARKS
from hrgeom.io.hierarchies._tables import SPACES, TABLES, TSV
from hrgeom.io.hierarchies._uncycled import hierarchy_without_cycles

__all__ = ["hierarchy_from_bytes"]


def hierarchy_from_bytes(
    data: bytes,
    *,
    name: str,
    format: str | HierarchyFormat | None = None,
    hint: HierarchyFormat | None = None,
    encoding: str | None = None,
    strict: bool = False,
    beside: Callable[[str], bytes | None] | None = None,
    on_cycle: OnCycle = "error",
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
    encoding : str, optional
        As in `read_hierarchy`.
    strict : bool
        As in `read_hierarchy`.
    beside : callable, optional
        Returns the bytes of a file beside this one by its name, or None.
    on_cycle : {"error", "condense", "drop"}
        As in `read_hierarchy`.
    **options
        Options of the format, such as `edge_direction`, as in `read_hierarchy`; what is None or
        False is not given.

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
        If the content is no hierarchy; its subclass CycleError if edges form a cycle and
        `on_cycle` is "error".

    Examples
    --------
    >>> hierarchy_from_bytes(b'{"dog": ["animal"]}', name="pets").labels
    ('dog', 'animal')
    """
    given = given_options(options)
    with naming(name):
        data = unpacked(data)
        entry = chosen(hierarchy_formats, format) or _binary(data)
        content: Any = data
        if entry is None or not entry.binary:
            content = _text(data, encoding)
            entry = entry or _sniffed(content, hint, given)
        check_options(entry, given)
        if entry.files:
            given["beside"] = _texts(beside, encoding)
        try:
            hierarchy = entry.read(content, **given)
        except CycleError as error:
            if on_cycle == "error":
                raise
            hierarchy = hierarchy_without_cycles(error, on_cycle)
        _add_oddities(hierarchy, is_said="edge_direction" in given or "columns" in given)
        if "relation" in entry.options and not given.get("allow_no_edges"):
            hierarchy.remarks += _without_edges(hierarchy)
        if strict:
            refuse_repairs(hierarchy.remarks)
        return hierarchy


def _text(data: bytes, encoding: str | None) -> str:
    if encoding is None and (kind := binary_kind(data)):
        raise FormatError(f"a hierarchy must be text: got {kind[0]}; {kind[1]}")
    return decoded(data, encoding=encoding)


def _add_oddities(hierarchy: Hierarchy, *, is_said: bool) -> None:
    found = [labels_alike(hierarchy), None if is_said else looks_reversed(hierarchy)]
    codes = {remark.code for remark in hierarchy.remarks}
    hierarchy.remarks += tuple(r for r in found if r is not None and r.code not in codes)


def _without_edges(hierarchy: Hierarchy) -> tuple[Remark, ...]:
    """A remark on several nodes of an ontology or of records without any edge."""
    n = hierarchy.n_nodes
    if n < 2 or hierarchy.n_edges:
        return ()
    return (Remark("no-edges", REMARKS["no-edges"].message(n, ""), n),)


def _binary(data: bytes) -> HierarchyFormat | None:
    return most_certain((entry.sniff(data), entry) for entry in hierarchy_formats() if entry.binary)


def _texts(
    beside: Callable[[str], bytes | None] | None, encoding: str | None
) -> Callable[[str], str | None]:
    def text(name: str) -> str | None:
        data = beside(name) if beside else None
        if data is None:
            return None
        with naming(name):
            return decoded(data, encoding=encoding)

    return text


def _sniffed(text: str, hint: HierarchyFormat | None, given: Mapping[str, Any]) -> HierarchyFormat:
    formats = [entry for entry in hierarchy_formats() if not entry.binary]
    # Options that few formats take say much about what the text is.
    able = [entry for entry in formats if given.keys() <= set(entry.options)] or formats
    certainties = [(entry.sniff(text), entry) for entry in able]
    surest = most_certain(certainties)
    is_table = surest is None or surest in TABLES
    if is_table and "columns" not in given and (kind := path_cells_kind(text)):
        raise FormatError(_looks_like(*kind))
    if is_table and (kind := text_kind(text) or paths_kind(text, EDGES.known)):
        raise FormatError(_looks_like(*kind))
    found = most_plausible(certainties, hint if hint in able else None)
    if found is not None and (found is SPACES or found not in TABLES):
        return found
    if max(certainty for certainty, _ in certainties) >= WEAK:
        return found or TSV
    if not given.get("allow_no_edges") and len(text.split("\n", 2)) > 2:
        raise FormatError(_looks_like(*listed_kind(text)))
    return TSV  # a node a line, whatever signs there are in it


def _looks_like(kind: str, advice: str) -> str:
    return (
        f"text must be in a format that hrgeom reads: got what looks like {kind}; {advice} "
        "(--format NAME forces)"
    )
