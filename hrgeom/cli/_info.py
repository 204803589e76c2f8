"""`hrgeom info`: describe a hierarchy."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from hrgeom.cli import _inputs, _options, _output
from hrgeom.constructions.covers import LaminarPalette
from hrgeom.core import Hierarchy


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
        "pairs_by_distance": np.bincount(hierarchy.distances).tolist(),
        "n_crossing_documents": len(np.unique(relevance.crossing_pairs)),
        "n_crossing_pairs": len(relevance.crossing_pairs),
        "n_laminar_classes": palette.n_colors,
        "n_laminar_classes_lower_bound": palette.lower_bound,
        "dim_float64_at_most": 2 * palette.n_colors + 1,
        "odd": _oddities(hierarchy),
        "sha256": hierarchy.sha256,
    }


_ODD = ("labels-alike", "looks-reversed", "closure-kept")  # remarks on the whole, not on repairs


def _oddities(hierarchy: Hierarchy) -> list[str]:
    odd = []
    isolated = np.intersect1d(hierarchy.roots, hierarchy.leaves)
    if len(isolated) and hierarchy.n_nodes > 1:
        odd.append(
            f"{len(isolated):,} nodes without any edge, such as {_name(hierarchy, isolated)}"
        )
    untrimmed = [
        i for i, label in enumerate(hierarchy.labels) if label != label.strip() or not label
    ]
    if untrimmed:
        odd.append(
            f"{len(untrimmed):,} labels empty or with space at an end, such as "
            f"{_name(hierarchy, untrimmed)}"
        )
    redundant = _redundant_edges(hierarchy)
    if len(redundant):
        child, parent = (hierarchy.labels[i] for i in redundant[0])
        odd.append(
            f"{len(redundant):,} edges that longer paths make redundant, such as "
            f"{child!r} -> {parent!r}"
        )
    if len(hierarchy.roots) > 1:
        odd.append(f"{len(hierarchy.roots):,} roots, such as {_name(hierarchy, hierarchy.roots)}")
    odd += [remark.message for remark in hierarchy.remarks if remark.code in _ODD]
    return odd


def _redundant_edges(hierarchy: Hierarchy) -> list[tuple[int, int]]:
    """Edges child -> parent where another parent of the child is below that parent."""
    several = np.flatnonzero(np.diff(hierarchy.parent_indptr) > 1)
    found = []
    for child in several.tolist():
        span = slice(hierarchy.parent_indptr[child], hierarchy.parent_indptr[child + 1])
        parents = hierarchy.parent_indices[span]
        below, above = (a.ravel() for a in np.meshgrid(parents, parents, indexing="ij"))
        different = below != above
        inside = hierarchy.relevance.matches
        for b, a in zip(below[different].tolist(), above[different].tolist(), strict=True):
            row = inside(b)
            at = int(np.searchsorted(row, a))
            if at < len(row) and row[at] == a:
                found.append((child, a))
    return sorted(set(found))


def _name(hierarchy: Hierarchy, nodes: Any) -> str:
    return repr(hierarchy.labels[int(nodes[0])])


def _text(d: dict[str, Any]) -> str:
    k, low = d["n_laminar_classes"], d["n_laminar_classes_lower_bound"]
    histogram = d["histogram_of_ancestors"]
    middle = int(np.searchsorted(np.cumsum(histogram), d["n_nodes"] / 2))
    lines = [
        f"{d['name'] or 'hierarchy'}: {d['n_nodes']:,} nodes, {d['n_edges']:,} edges",
        f"  roots {d['n_roots']:,}, leaves {d['n_leaves']:,}, levels {d['n_levels']:,}, "
        f"nodes with several parents {d['n_nodes_with_several_parents']:,}",
        f"  |S(q)|, ancestors and self: max s = {d['max_ancestors']}, "
        f"mean {d['mean_ancestors']:.2f}, median {middle}; "
        f"proper pairs {d['n_proper_pairs']:,}",
        f"  pairs by distance: {' '.join(f'{n:,}' for n in d['pairs_by_distance'])}",
        f"  crossing documents {d['n_crossing_documents']:,} ({d['n_crossing_pairs']:,} pairs)",
        f"  laminar classes {k} (at least {low}): exact as float64 in d <= "
        f"{d['dim_float64_at_most']} (hrgeom plan searches for fewer)",
    ]
    lines += [f"  odd: {line}" for line in d["odd"]]
    return "\n".join(lines)
