"""`hrgeom construct`: read, build, certify, write."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom.checker import Certificate, certify
from hrgeom.cli import _inputs, _options, _output
from hrgeom.constructions import REGISTRY, choose, construct
from hrgeom.core import STORED_TYPES, DualEmbedding, Hierarchy, Relevance
from hrgeom.errors import FormatError
from hrgeom.io import stem_of
from hrgeom.io.vectors import save


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "construct",
        run_construct,
        "build vectors for a hierarchy or judgments, certify them and write an embedding folder",
        "hrgeom construct --tree wordnet --dtype float64 --out wordnet.emb",
    )
    _options.add_target(parser)
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: NAME.emb here)")
    parser.add_argument(
        "--method",
        choices=["auto", *REGISTRY],
        default="auto",
        help="construction (default: auto, the fewest dimensions whose certificate holds); "
        + "; ".join(f"{c.name}: {c.guarantee} (needs {c.needs})" for c in REGISTRY.values()),
    )
    parser.add_argument("--dim", type=_options.positive, metavar="D", help="dimensions")
    parser.add_argument(
        "--dtype", choices=STORED_TYPES, default="float32", help="stored type (default: float32)"
    )
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    parser.add_argument(
        "--code", choices=["parabola", "arc"], help="code of --method interval (default: by type)"
    )
    parser.add_argument(
        "--cover",
        choices=["laminar", "consecutive"],
        help="cover of --method interval (default: the one of fewer classes)",
    )
    _options.add_effort(parser)
    parser.add_argument("--notion", choices=["global", "row"], help="notion to certify")
    parser.add_argument("--force", action="store_true", help="replace an embedding of that name")
    _options.add_checking(parser)


def run_construct(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    out = Path(args.out or _default_name(args.tree or args.qrels))
    if out.exists() and not args.force:  # before the work, not after
        raise FormatError(
            f"the output folder must not exist yet: got {str(out)!r}; --force replaces an embedding"
        )
    target = _inputs.read_target(args)
    _output.remark(args, f"read {target!r}")
    _output.remark(args, f"building, method {args.method}")
    embedding, certificate, tried = _build(args, _inputs.relevant(target))
    save(
        embedding.made_for(target),
        out,
        certificate=certificate if certificate.notion == embedding.notion else None,
        tree=_inputs.source_record(args),
        command=args.command_line,
        overwrite=args.force,
    )
    data: dict[str, Any] = {
        "out": str(out),
        "construction": embedding.construction,
        "parameters": embedding.parameters,
        "promise": embedding.promise,
        "dim": embedding.dim,
        "dtype": str(embedding.dtype),
        "bits_per_vector": embedding.bits_per_vector,
        "tried": tried,
        "certificate": certificate.to_dict(),
    }
    text = f"{embedding!r}{_classes(embedding)}\n{certificate}"
    text = _output.add_recall(data, text, embedding, target, certificate)
    _output.emit(args, data, f"{text}\nwritten to {out}")
    return certificate.exit_code


def _classes(embedding: DualEmbedding) -> str:
    """The number of classes of a cover beside its proved lower bound, where there is one."""
    known = embedding.parameters
    if "n_classes_lower_bound" not in known:
        return ""
    return (
        f"\n  classes: {known['n_classes']} ({known['cover']} cover; any such cover has "
        f"at least {known['n_classes_lower_bound']})"
    )


def _build(
    args: argparse.Namespace, target: Hierarchy | Relevance
) -> tuple[DualEmbedding, Certificate, list[dict[str, Any]]]:
    given = [name for name in ("code", "cover") if getattr(args, name) is not None]
    if args.method == "auto" and given:
        raise FormatError(f"--{given[0]} must come with --method interval: got --method auto")
    with _output.progress_bar(args, "certifying") as progress:
        checking = _inputs.checking(args, progress)
        if args.method == "auto":
            choice = choose(
                target,
                dim=args.dim,
                dtype=args.dtype,
                seed=args.seed,
                effort=args.effort,
                report=lambda line: _output.remark(args, f"tried {line}"),
                **checking,
            )
            if args.notion in (None, choice.certificate.notion):
                return choice.embedding, choice.certificate, list(choice.tried)
            other = certify(choice.embedding, target, notion=args.notion, **checking)
            return choice.embedding, other, list(choice.tried)
        options = {name: getattr(args, name) for name in given}
        known = REGISTRY[args.method].options
        if args.notion is not None and "notion" in known:
            options["notion"] = args.notion
        if "effort" in known:
            options["effort"] = args.effort
        embedding = construct(
            target,
            method=args.method,
            dim=args.dim,
            dtype=args.dtype,
            seed=args.seed,
            **options,
        )
        _output.remark(args, f"built {embedding!r}")
        return embedding, certify(embedding, target, notion=args.notion, **checking), []


def _default_name(source: str) -> str:
    if source == "-":
        raise FormatError("--out must be given for a source on standard input")
    return f"{stem_of(Path(source).resolve())}.emb"
