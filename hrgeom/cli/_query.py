"""`hrgeom query`: what an embedding retrieves for one label."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom.cli import _inputs, _options, _output
from hrgeom.core import Retrieval
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
    if args.label not in embedding.query_labels:  # before the work, not after
        raise HierarchyError(f"label must be a query of the embedding: got {args.label!r}")
    target = _inputs.read_target(args, args.folder)
    found = embedding.retrieve(args.label, target=target)
    _output.emit(args, _as_json(found), str(found))
    return 0 if found.is_exact else 1


def _as_json(found: Retrieval) -> dict[str, Any]:
    matches = found.matches or frozenset()
    scored = [(*pair, True) for pair in zip(found.documents, found.scores.tolist(), strict=True)]
    if found.next_document is not None:
        scored.append((*found.next_document, False))
    return {
        "query": found.query,
        "threshold": found.threshold,
        "n_matches": len(matches),
        "exact": found.is_exact,
        "documents": [
            {
                "document": label,
                "score": score,
                "retrieved": retrieved,
                "right": (label in matches) == retrieved,
            }
            for label, score, retrieved in scored
        ],
        "missed": list(found.missed),
    }
