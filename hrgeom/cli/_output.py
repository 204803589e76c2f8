"""Output of the subcommands: results, remarks and progress."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hrgeom._base.atomic_files import check_target
from hrgeom._base.json_text import json_value
from hrgeom.checker import Certificate
from hrgeom.cli import _status, _terminal
from hrgeom.core import DualEmbedding, Hierarchy, Remark
from hrgeom.io.judgments import Judgments
from hrgeom.metrics import recall_by_distance

_RECALL_SAMPLE = 5_000  # queries


def remark(args: argparse.Namespace, text: str) -> None:
    """Print a line to standard error, unless --quiet; with --verbose, when it was said."""
    if args.quiet:
        return
    when = f"[{time.monotonic() - args.started:.1f} s] " if args.verbose else ""
    with _status.hidden():
        _terminal.say(f"{when}{text}")


def detail(args: argparse.Namespace, text: str) -> None:
    """Print a line to standard error with --verbose alone."""
    if args.verbose:
        remark(args, text)


def certified(args: argparse.Namespace, certificate: Certificate, made: Sequence[str] = ()) -> str:
    """Return what a certificate says in plain words; with --verbose its details too.

    `made` says how the vectors were made: the first line is always shown.
    """
    lines = [certificate.in_words(_names(args, certificate))]
    lines += [f"  {line}" for line in (made if args.verbose else made[:1])]
    if args.verbose:
        lines.append(str(certificate))
    elif not made:
        lines.append(f"  {facts(certificate)}")
    return "\n".join(lines)


def _names(args: argparse.Namespace, certificate: Certificate) -> dict[str, str]:
    """Return label -> name of the nodes that a certificate mentions, if a hierarchy was read."""
    hierarchy: Hierarchy | None = getattr(args, "hierarchy_read", None)
    pairs = [w for w in (certificate.worst_match, certificate.best_other) if w is not None]
    labels = {label for pair in pairs for label in (pair.query, pair.document)}
    if hierarchy is None or not labels.issubset(hierarchy.labels):
        return {}
    return {label: hierarchy.name(label) for label in labels}


def facts(certificate: Certificate) -> str:
    """Return dimension, stored type and margin, in a line."""
    c = certificate
    margin = c.normalized_margin_lower_bound
    if margin is not None and c.holds:
        shown = f", margin {margin:.4g} for rows of length 1"
    elif c.margin_lower_bound is not None and c.holds:
        shown = f", margin {c.margin_lower_bound:.4g}"
    else:
        shown = ""
    return f"d = {c.dim}, {c.dtype}{shown}"


_MOST = 300  # characters of a remark on the terminal


def show_remarks(
    args: argparse.Namespace, remarks: Iterable[Remark], *, aloud: bool = True
) -> None:
    """Print what a reader repaired or found odd, a line each if `aloud`; keep it for `emit`."""
    args.remarks = list(remarks)
    for each in args.remarks if aloud else ():
        line = " ".join(str(each).split())
        remark(args, f"remark: {line if len(line) <= _MOST else line[: _MOST - 3] + '...'}")


def emit(args: argparse.Namespace, data: dict[str, Any], text: str) -> None:
    """Print the result: JSON with --json, text otherwise; JSON has the remarks of what was read."""
    remarks = getattr(args, "remarks", None)
    if remarks is not None:
        more = data.get("remarks", [])
        data = {**data, "remarks": [*(each.to_dict() for each in remarks), *more]}
    if args.json:
        _terminal.write(json.dumps(json_value(data), indent=2, allow_nan=False), is_plain=False)
    else:
        _terminal.write(text)


def with_against(args: argparse.Namespace, data: dict[str, Any], text: str) -> str:
    """Add to the JSON data and the text what was checked against, and who named it."""
    data["against"] = args.against
    against = args.against
    release = f", release {against['release']}" if "release" in against else ""
    return (
        f"{text}\n  against {against['source']}, named by {against['named_by']}, sha256 "
        f"{against['sha256'][:16]}{release}"
    )


def require_new(args: argparse.Namespace, out: Path) -> None:
    """Refuse an output folder that could not be written: before the work, not after."""
    check_target(out, args.force)


def tell_of_threshold(args: argparse.Namespace, before: float | None, after: float | None) -> None:
    """Say where a threshold that may be stored elsewhere is wrong from now on."""
    if before is not None and after is not None and after != before:
        remark(
            args,
            f"remark: the threshold was {before:.9g} and is {after:.9g}: where a query of yours "
            "has the old one, change it",
        )


@contextmanager
def writing(args: argparse.Namespace, what: str) -> Iterator[None]:
    """Note what is being written, and then that it was: an interrupt later on says so."""
    args.writing = f"{what} may have been written"
    yield
    args.writing = f"{what} was written"


@contextmanager
def progress_bar(
    args: argparse.Namespace,
    what: str,
    n_documents: int | None = None,
    status: _status.Status | None = None,
) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows (done, total) on standard error, once a second has passed.

    Both are numbers of queries. With a number of documents, pairs are shown, how many a second, and
    the time left. The first call says where a run begins, which has taken no time. A `status` gives
    its line away to the bar while that goes on.
    """
    from tqdm import tqdm

    each, unit = (1, " queries") if n_documents is None else (n_documents, " pairs")
    bar = tqdm(
        desc=what,
        unit=unit,
        unit_scale=n_documents is not None,
        delay=1,
        leave=False,
        disable=args.quiet or None,
    )
    has_begun = False

    def show(done: int, total: int) -> None:
        nonlocal has_begun
        if status is not None:
            status.pause(done < total)
        bar.total = each * total
        if not has_begun:
            has_begun = True
            bar.initial = bar.n = bar.last_print_n = each * done
        bar.update(each * done - bar.n)

    with bar:
        yield show


def add_recall(
    data: dict[str, Any],
    text: str,
    embedding: DualEmbedding,
    target: Hierarchy | Judgments,
    certificate: Certificate,
) -> str:
    """Add recall by distance to the JSON data and the text where a certificate fails.

    Judgments have no distances.
    """
    if certificate.verdict != "fails" or isinstance(target, Judgments):
        return text
    recall = recall_by_distance(
        embedding,
        target,
        notion=certificate.notion,
        threshold=certificate.threshold,
        n_queries=_RECALL_SAMPLE,
    )
    values = [None if r != r else r for r in recall.recall.tolist()]
    data["recall_by_distance"] = {
        "recall": values,
        "n_pairs": recall.n_pairs.tolist(),
        "overall": recall.overall,
        "n_queries": recall.n_queries,
    }
    rule = "above the threshold" if certificate.notion == "global" else "in the top |S(q)|"
    known = [(distance, r) for distance, r in enumerate(values) if r is not None]
    return "\n".join(
        [
            text,
            f"recall by distance, % ({rule}; {recall.n_queries:,} queries, "
            f"overall {100 * recall.overall:.2f})",
            "  distance " + "".join(f"{distance:7d}" for distance, _ in known),
            "  recall   " + "".join(f"{100 * r:7.2f}" for _, r in known),
        ]
    )
