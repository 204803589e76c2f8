"""`hrgeom query`: what an embedding retrieves for one label."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom.cli import _options, _output, _vectors
from hrgeom.core import Retrieval


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "query",
        run_query,
        "show what an embedding retrieves for a label or name, and what of it is right",
        "hrgeom query wordnet.emb dog.n.01",
    )
    _vectors.add_vectors(parser)
    parser.add_argument(
        "label",
        metavar="LABEL",
        help="label of the query, or its name or another label where the hierarchy has them",
    )
    _options.add_target(parser, required=False)


def run_query(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: exactly S(q) is retrieved, 1: it is not."""
    target = _vectors.read_target(args)
    given = _vectors.read_vectors(args, target)
    found = given.embedding.retrieve(args.label, target=target)
    data = _as_json(found)
    _vectors.tell(args, data, given.remarks)
    _output.emit(args, data, _output.with_against(args, data, str(found)))
    return 0 if found.is_exact else 1


def _as_json(found: Retrieval) -> dict[str, Any]:
    matches = found.matches or frozenset()
    scored = [(*pair, True) for pair in zip(found.documents, found.scores.tolist(), strict=True)]
    if found.next_document is not None:
        scored.append((*found.next_document, False))
    return {
        "query": found.query,
        **_name(found, found.query),
        **({} if found.asked is None else {"asked": found.asked}),
        "threshold": found.threshold,
        "n_matches": len(matches),
        "exact": found.is_exact,
        "documents": [
            {
                "document": label,
                **_name(found, label),
                "score": score,
                "retrieved": retrieved,
                "right": (label in matches) == retrieved,
            }
            for label, score, retrieved in scored
        ],
        "missed": list(found.missed),
    }


def _name(found: Retrieval, label: str) -> dict[str, str]:
    """The name of a node beside its label, where it has another."""
    return {"name": found.names[label]} if label in found.names else {}
