"""`hrgeom train`: learn an embedding by a named recipe, certify it, and write it with its log."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hrgeom._base.atomic_files import check_target, dump
from hrgeom.checker import certify
from hrgeom.cli import _inputs, _options, _output, _status
from hrgeom.errors import FormatError
from hrgeom.io.vectors import save
from hrgeom.learned import RECIPES, Config

_SETTINGS = ("steps", "batch", "lr")  # of every recipe
_OPTIONS = ("uniform", "cut")  # of some
TRAINING_FILE = "training.json"
"""File in the embedding's folder with config, log, and recall of the test queries."""


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "train",
        run_train,
        "learn vectors for a hierarchy by a named recipe, certify them, and write an embedding "
        "folder (requires torch)",
        "hrgeom train --tree wordnet-mammals --dim 8 --recipe masked --out mammals.emb",
    )
    _options.add_tree(parser)
    parser.add_argument(
        "--dim", type=_options.positive, required=True, metavar="D", help="dimensions"
    )
    parser.add_argument(
        "--recipe",
        choices=list(RECIPES),
        default="masked",
        help="training recipe (default: masked); "
        + "; ".join(f"{name}: {_first_line(recipe)}" for name, recipe in RECIPES.items()),
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    parser.add_argument(
        "--steps", type=_options.positive, metavar="N", help="gradient steps (default: 3000)"
    )
    parser.add_argument(
        "--batch", type=_options.positive, metavar="B", help="pairs per step (default: 512)"
    )
    parser.add_argument(
        "--lr", type=float, metavar="X", help="learning rate, not rescaled (default: 3)"
    )
    parser.add_argument(
        "--uniform",
        type=_options.positive,
        metavar="N",
        help="documents drawn uniformly per step, for recipes with such (default: the recipe's)",
    )
    parser.add_argument(
        "--cut",
        type=_options.positive,
        metavar="N",
        help="least distance of a far pair, for recipes that prefer far pairs (default: 3)",
    )
    parser.add_argument(
        "--minutes", type=float, metavar="M", help="time limit for training (default: none)"
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="file for the state, written regularly; if it exists, training resumes from it",
    )
    parser.add_argument(
        "--device", default="cpu", metavar="NAME", help="device: cpu or cuda (default: cpu)"
    )
    _options.add_keeping(parser)
    parser.add_argument("--force", action="store_true", help="replace an existing embedding folder")
    _options.add_checking(parser)


def run_train(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    from hrgeom.learned import train

    out = Path(args.out)
    check_target(out, args.force)  # before the work, not after
    if args.minutes is not None and not 0 < args.minutes < float("inf"):
        raise FormatError(f"--minutes must be positive: got {args.minutes}")
    config = _config(args)
    hierarchy = _inputs.read_tree(args)
    _output.remark(args, f"read {hierarchy!r}")
    with _status.working(args, "training") as status:

        def report(line: str) -> None:
            status.note(line)
            _output.remark(args, line)

        trained = train(
            hierarchy,
            config,
            minutes=args.minutes,
            checkpoint=args.checkpoint,
            device=args.device,
            report=report,
        )
    with _output.progress_bar(args, "certifying") as progress:
        certificate = certify(trained.embedding, hierarchy, **_inputs.checking(args, progress))
    data: dict[str, Any] = {"config": config.to_dict(), "test": trained.test.to_dict()}
    with _output.writing(args, str(out)):
        save(
            trained.embedding,
            out,
            certificate=certificate,
            **_inputs.provenance(args, hierarchy),
            overwrite=args.force,
        )
        dump({**data, "log": trained.log}, out / TRAINING_FILE)
    data |= {"out": str(out), "certificate": certificate.to_dict()}
    made = [f"{trained.embedding.construction}, {_output.facts(certificate)}"]
    shown = _output.certified(args, certificate, [*made, f"{trained.embedding!r}"])
    text = _output.add_recall(data, shown, trained.embedding, hierarchy, certificate)
    seen = f"{100 * trained.test.pairs:.2f} % of pairs, {100 * trained.test.exact:.2f} % of queries"
    text += f"\nretrieved of the {trained.test.n_queries:,} test queries: {seen}"
    _output.emit(args, data, f"{text}\nwritten to {out}")
    return certificate.exit_code


def _config(args: argparse.Namespace) -> Config:
    names = (*_SETTINGS, *_OPTIONS)
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    recipe = RECIPES[args.recipe]
    unknown = given.keys() & set(_OPTIONS) - inspect.signature(recipe).parameters.keys()
    if unknown:
        raise FormatError(
            f"--{min(unknown)} requires a recipe that has this setting: got {args.recipe!r}"
        )
    return recipe(args.dim, seed=args.seed, **given)


def _first_line(recipe: Callable[..., Config]) -> str:
    text = (recipe.__doc__ or "").partition("\n")[0]
    return text.removeprefix("Return ").rstrip(".")
