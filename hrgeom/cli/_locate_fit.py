"""`hrgeom locate fit`: a locator beside an embedding, from texts of the nodes."""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter
from typing import Any

from hrgeom.cli import _options, _output
from hrgeom.cli._locate import LOCATOR, read_hierarchy_of, require_folder
from hrgeom.cli._locate_options import add_model, add_node_texts, node_texts
from hrgeom.cli._signals import terminated_gently
from hrgeom.errors import FormatError
from hrgeom.io import load, load_certificate
from hrgeom.locate import fit
from hrgeom.models import text_encoder


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "locate fit",
        run_fit,
        "fit what places new text in the hierarchy of an embedding, and keep it in its folder",
        "hrgeom locate fit products.emb --model wordllama",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder")
    _options.add_tree(parser, required=False)
    add_node_texts(parser)
    add_model(parser)
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    parser.add_argument("--force", action="store_true", help="replace a locator that is there")
    parser.set_defaults(qrels=None)


def run_fit(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: it was written."""
    require_folder(args.folder, "fit")
    target = Path(args.folder, LOCATOR)
    if target.exists() and not args.force:
        raise FormatError(
            f"an embedding must have no locator yet: got {str(target)!r}; --force replaces it"
        )
    embedding = load(args.folder, mmap=True)
    hierarchy = read_hierarchy_of(args, args.folder)
    embedding = embedding.aligned_to(hierarchy, name=args.folder)
    texts, encoder = node_texts(args, hierarchy), text_encoder(args.model)
    verdict = _verdict(args)
    n_texts = sum(map(len, texts.values()))
    _output.remark(
        args, f"fitting: {n_texts:,} texts of {hierarchy.n_nodes:,} nodes, encoded by {args.model}"
    )
    started = perf_counter()
    with terminated_gently():
        locator = fit(embedding, hierarchy, texts, encoder, seed=args.seed)
    seconds = perf_counter() - started
    with _output.writing(args, str(target)):
        locator.save(target, overwrite=args.force)
    data: dict[str, Any] = {
        "out": str(target),
        "model": args.model,
        "n_nodes": hierarchy.n_nodes,
        "n_texts": n_texts,
        "certificate": verdict,
        "seconds": seconds,
        "remarks": [each.to_dict() for each in texts.remarks],
    }
    told = (
        f"{n_texts:,} texts of {hierarchy.n_nodes:,} nodes, encoded by {args.model}, in "
        f"{seconds:.0f} s"
    )
    told = _output.with_against(args, data, told)
    told += f'\nwritten to {target}\nnext: hrgeom locate {args.folder} "some text"'
    _output.emit(args, data, told)
    return 0


def _verdict(args: argparse.Namespace) -> str | None:
    """Return the verdict of the embedding's certificate; say so where answers are not exact."""
    try:
        verdict: str | None = load_certificate(args.folder).verdict
    except (FormatError, OSError):
        verdict = None
    if verdict != "holds":
        _output.remark(
            args,
            f"remark: the certificate of the embedding says {verdict or 'nothing'}: a node's query "
            "may then retrieve another set than its ancestors",
        )
    return verdict
