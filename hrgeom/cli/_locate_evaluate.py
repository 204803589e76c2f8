"""`hrgeom locate evaluate`: what placing new text is worth on a hierarchy of one's own."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom.cli import _inputs, _options, _output
from hrgeom.cli._locate_options import add_model, add_node_texts, dims, node_texts
from hrgeom.cli._signals import terminated_gently
from hrgeom.locate import Evaluation, evaluate, trained_towers
from hrgeom.models import text_encoder


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "locate evaluate",
        run_evaluate,
        "hold leaves out and ask for their ancestors by their text: the locator beside cosine, "
        "nearest neighbors, flat classification and trained towers, and what geometry costs",
        "hrgeom locate evaluate --tree products.csv --hold-out 0.1 --splits 3 --model wordllama",
    )
    _options.add_tree(parser)
    add_node_texts(parser)
    add_model(parser)
    parser.add_argument(
        "--hold-out",
        type=_hold_out,
        default=0.1,
        metavar="SHARE",
        help="share of the leaves that are asked for; half as many more are for tuning (default: "
        "0.1)",
    )
    parser.add_argument(
        "--splits",
        type=_options.positive,
        default=3,
        metavar="N",
        help="how many times, each with other leaves (default: 3)",
    )
    parser.add_argument(
        "--queries",
        type=_options.positive,
        default=1000,
        metavar="N",
        help="most leaves asked for in each split (default: 1000)",
    )
    parser.add_argument(
        "--dims",
        type=dims,
        default=(64, 256),
        metavar="D,...",
        help="dimensions of the embeddings for query vectors of mixtures, or none (default: "
        "64,256)",
    )
    parser.add_argument(
        "--trained",
        action="store_true",
        help="train text towers too, in-batch, by pretrain-finetune, and masked, at most two "
        "minutes each in each split (requires torch)",
    )
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")


def run_evaluate(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: it was measured."""
    hierarchy = _inputs.read_tree(args)
    texts, encoder = node_texts(args, hierarchy), text_encoder(args.model)
    with terminated_gently():
        found = evaluate(
            hierarchy,
            texts,
            encoder,
            hold_out=args.hold_out,
            splits=args.splits,
            seed=args.seed,
            dims=args.dims,
            methods=trained_towers() if args.trained else None,
            most_queries=args.queries,
            report=lambda line: _output.remark(args, line),
        )
    data: dict[str, Any] = {
        **_as_json(found),
        "model": args.model,
        "remarks": [each.to_dict() for each in texts.remarks],
    }
    _output.emit(args, data, str(found))
    return 0


def _as_json(found: Evaluation) -> dict[str, Any]:
    """Return the scores; the recall of the locator is that of its ranking, the soft closure."""
    data = found.to_dict()
    if data["locator"]["recall"] is None:  # of the one set that it decides for there is none
        data["locator"]["recall"] = data["soft-closure"]["recall"]
    return data


def _hold_out(text: str) -> float:
    value = float(text)
    if not 0 < value <= 0.5:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most 0.5: got {text}")
    return value
