"""`hrgeom info`: describe a hierarchy."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.counted import counted
from hrgeom._base.memory import in_words
from hrgeom.checker import certification_seconds
from hrgeom.cli import _inputs, _options, _output
from hrgeom.constructions.covers import LaminarPalette
from hrgeom.core import Hierarchy, redundant_edges

_DIM = 64  # for the cost of a certificate
_LISTED = 20  # numbers of a list that are printed


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "info",
        run_info,
        "describe a hierarchy: size, depth, ancestors, crossing documents, oddities",
        "hrgeom info --tree wordnet",
    )
    _options.add_tree(parser)


def run_info(args: argparse.Namespace) -> int:
    """Run the command."""
    hierarchy = _inputs.read_tree(args)
    data = describe(hierarchy)
    _output.emit(args, data, _text(data))
    return 0


def describe(hierarchy: Hierarchy) -> dict[str, Any]:
    """Return what the command prints, as JSON values."""
    relevance = hierarchy.relevance
    palette = LaminarPalette.of(relevance)
    several = int(np.count_nonzero(np.diff(hierarchy.parent_indptr) > 1))
    return {
        "name": hierarchy.metadata.get("name"),
        "release": _inputs.release_of(hierarchy),
        "n_nodes": hierarchy.n_nodes,
        "n_edges": hierarchy.n_edges,
        "n_roots": len(hierarchy.roots),
        "n_leaves": len(hierarchy.leaves),
        "n_levels": hierarchy.n_levels,
        "n_nodes_with_several_parents": several,
        "max_ancestors": relevance.max_matches,
        "mean_ancestors": relevance.n_pairs / relevance.n_queries,
        "n_proper_pairs": relevance.n_pairs - relevance.n_queries,
        "histogram_of_ancestors": relevance.histogram.tolist(),
        "pairs_by_distance": _pairs_by_distance(hierarchy).tolist(),
        "n_crossing_documents": len(relevance.crossings.vertices),
        "n_crossing_pairs": relevance.crossings.n_pairs,
        "n_laminar_classes": palette.n_colors,
        "n_laminar_classes_lower_bound": palette.lower_bound,
        "dim_float64_at_most": 2 * palette.n_colors + 1,
        "certification": _certification(hierarchy.n_nodes),
        "odd": _oddities(hierarchy),
        "sha256": hierarchy.sha256,
    }


_ODD = ("labels-alike", "looks-reversed", "closure-kept")  # remarks on the whole, not on repairs


def _pairs_by_distance(hierarchy: Hierarchy) -> NDArray[np.int64]:
    if hierarchy.is_forest:  # a node has one ancestor at every distance up to its level
        at_level = np.bincount(hierarchy.levels).astype(np.int64)
        return np.cumsum(at_level[::-1])[::-1]
    return np.bincount(hierarchy.distances).astype(np.int64)


def _certification(n: int) -> dict[str, Any]:
    """Return what a certificate will cost: all pairs, in some dimensions as float32."""
    return {
        "n_pairs": n * n,
        "dim": _DIM,
        "seconds": certification_seconds(n, n, _DIM, "float32"),
        "vector_bytes": 2 * n * _DIM * 4,
    }


def _oddities(hierarchy: Hierarchy) -> list[str]:
    odd = []
    isolated = np.intersect1d(hierarchy.roots, hierarchy.leaves)
    if len(isolated) and hierarchy.n_nodes > 1:
        such_as = _name(hierarchy, isolated)
        odd.append(f"{counted(len(isolated), 'node')} without any edge, such as {such_as}")
    untrimmed = [
        i for i, label in enumerate(hierarchy.labels) if label != label.strip() or not label
    ]
    if untrimmed:
        odd.append(
            f"{counted(len(untrimmed), 'label')} empty or with space at an end, such as "
            f"{_name(hierarchy, untrimmed)}"
        )
    redundant = redundant_edges(hierarchy)
    if len(redundant):
        child, parent = (hierarchy.labels[i] for i in redundant[0].tolist())
        odd.append(
            f"{counted(len(redundant), 'edge')} that longer paths make redundant, such as "
            f"{child!r} -> {parent!r}"
        )
    if len(hierarchy.roots) > 1:
        odd.append(f"{len(hierarchy.roots):,} roots, such as {_name(hierarchy, hierarchy.roots)}")
    odd += [remark.message for remark in hierarchy.remarks if remark.code in _ODD]
    return odd


def _name(hierarchy: Hierarchy, nodes: Any) -> str:
    label, name = (texts[int(nodes[0])] for texts in (hierarchy.labels, hierarchy.names))
    return repr(label) if name == label else f"{label!r} ({name})"


def _listed(counts: list[int]) -> str:
    """Return the first numbers of a list, and how many there are where that is not all."""
    shown = " ".join(f"{n:,}" for n in counts[:_LISTED])
    if len(counts) <= _LISTED:
        return shown
    return f"{shown} ... {counts[-1]:,} (at distances 0 to {len(counts) - 1:,})"


def _time(seconds: float) -> str:
    """Return a time in words, to one or two digits."""
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:,.0f} {name}"
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"


def _text(d: dict[str, Any]) -> str:
    k, low = d["n_laminar_classes"], d["n_laminar_classes_lower_bound"]
    histogram = d["histogram_of_ancestors"]
    middle = int(np.searchsorted(np.cumsum(histogram), d["n_nodes"] / 2))
    lines = [
        f"{d['name'] or 'hierarchy'}: {counted(d['n_nodes'], 'node')}, "
        f"{counted(d['n_edges'], 'edge')}",
        f"  roots {d['n_roots']:,}, leaves {d['n_leaves']:,}, levels {d['n_levels']:,}, "
        f"nodes with several parents {d['n_nodes_with_several_parents']:,}",
        *([f"  release: {d['release']}"] if d["release"] else []),
        f"  |S(q)|, ancestors and self: max s = {d['max_ancestors']:,}, "
        f"mean {d['mean_ancestors']:.2f}, median {middle:,}; "
        f"proper pairs {d['n_proper_pairs']:,}",
        f"  pairs by distance: {_listed(d['pairs_by_distance'])}",
        f"  crossing documents {d['n_crossing_documents']:,} "
        f"({counted(d['n_crossing_pairs'], 'pair')})",
        f"  laminar classes {k:,} (at least {low:,}) by a short search: exact as float64 in "
        f"d <= {d['dim_float64_at_most']:,}, with little margin;",
        "    longer searches may find fewer (hrgeom construct --fewest); a margin of 1e-2 takes "
        "more (hrgeom plan)",
        f"  certifying all {d['certification']['n_pairs']:,} pairs takes about "
        f"{_time(d['certification']['seconds'])} here in {_DIM} dimensions of float32, vectors "
        f"of {in_words(d['certification']['vector_bytes'])}; both grow with the dimensions",
    ]
    lines += [f"  odd: {line}" for line in d["odd"]]
    return "\n".join(lines)
