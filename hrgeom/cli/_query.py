"""`hrgeom query`: what an embedding retrieves for one label."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from hrgeom.cli import _inputs, _options, _output
from hrgeom.core import check_fit
from hrgeom.errors import HierarchyError
from hrgeom.io.vectors import load


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "query",
        run_query,
        "show what an embedding retrieves for a label, and what of it is right",
        "hrgeom query wordnet.emb dog.n.01",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder")
    parser.add_argument("label", metavar="LABEL", help="label of the query")
    _options.add_target(parser, required=False)


def run_query(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: exactly S(q) is retrieved, 1: it is not."""
    embedding = load(args.folder, mmap=True)
    if args.label not in embedding.query_labels:
        raise HierarchyError(f"label must be a query of the embedding: got {args.label!r}")
    relevance = _inputs.read_target(args, args.folder).relevance
    check_fit(embedding, relevance)
    row = embedding.query_labels.index(args.label)
    matches = set(relevance.matches(row).tolist())
    queries, documents = embedding.values()
    scores = documents.astype(np.float64) @ queries[row].astype(np.float64)
    order = np.argsort(-scores, kind="stable")
    level = embedding.threshold
    size = len(matches) if level is None else int(np.count_nonzero(scores > level))
    rows: list[dict[str, Any]] = [
        {
            "document": embedding.document_labels[v],
            "score": float(scores[v]),
            "retrieved": rank < size,
            "right": (v in matches) == (rank < size),
        }
        for rank, v in enumerate(order[: size + 1].tolist())
    ]
    retrieved = set(order[:size].tolist())
    missed = [embedding.document_labels[v] for v in sorted(matches - retrieved)]
    rule = f"above threshold {level:g}" if level is not None else "in the top |S(q)|"
    border = f"threshold {level:g}" if level is not None else "top |S(q)|"
    exact = retrieved == matches
    lines = [f"{args.label}: {size:,} of {len(scores):,} documents {rule}, |S(q)| = {len(matches)}"]
    width = max(len(r["document"]) for r in rows)
    for r in rows:
        if not r["retrieved"]:
            lines.append(f"  ----- {border} " + "-" * width)
        mark = "right" if r["right"] else "WRONG"
        lines.append(f"  {mark}  {r['document']:<{width}}  {r['score']:+.6g}")
    if missed:
        lines.append(f"  missed: {', '.join(missed)}")
    data = {
        "query": args.label,
        "threshold": level,
        "n_matches": len(matches),
        "exact": exact,
        "documents": rows,
        "missed": missed,
    }
    _output.emit(args, data, "\n".join(lines))
    return 0 if exact else 1
