"""`hrgeom query`: what an embedding retrieves for one label."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom._base.checks import RowNumbers
from hrgeom.cli import _options, _output, _vectors
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
    _vectors.add_vectors(parser)
    parser.add_argument("label", metavar="LABEL", help="label of the query")
    _options.add_target(parser, required=False)


def run_query(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: exactly S(q) is retrieved, 1: it is not."""
    if _vectors.is_folder(args.folder):  # before the work, not after
        _check_label(args.label, load(args.folder, mmap=True).query_labels)
    target = _vectors.read_target(args)
    given = _vectors.read_vectors(args, target)
    _check_label(args.label, given.embedding.query_labels)
    found = given.embedding.retrieve(args.label, target=target)
    data = _as_json(found)
    _vectors.tell(args, data, given.remarks)
    _output.emit(args, data, str(found))
    return 0 if found.is_exact else 1


def _check_label(label: str, labels: tuple[str, ...]) -> None:
    """Raise HierarchyError for a label that no query has; row numbers say nothing of that."""
    if not isinstance(labels, RowNumbers) and label not in labels:
        raise HierarchyError(f"label must be a query of the embedding: got {label!r}")


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
