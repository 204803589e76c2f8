"""The mixture band as `hrgeom certify --band` shows and writes it."""

from __future__ import annotations

import argparse
import csv
import io
import math
from pathlib import Path
from typing import Any

from hrgeom._base.atomic_files import replace_file
from hrgeom.checker import Band, Certificate, band
from hrgeom.cli import _output
from hrgeom.core import DualEmbedding, Target
from hrgeom.errors import FormatError

__all__ = ["add_band", "check_band", "with_band"]

_COLUMNS = (
    *("document", "n_queries", "lower", "upper"),
    *("least_match", "greatest_match", "least_other", "greatest_other"),
    "is_promised",
)
_DIGITS = 3


def add_band(parser: argparse.ArgumentParser) -> None:
    """Add --band and what goes with it."""
    parser.add_argument(
        "--band",
        action="store_true",
        help="also the mixture band of every document: how much weight on its matches a mixture "
        "of queries needs to retrieve it, and how much not to",
    )
    parser.add_argument(
        "--band-within",
        type=interval,
        metavar="A,B",
        help="with --band: the share of documents whose band is within these weights",
    )
    parser.add_argument(
        "--band-rows",
        metavar="FILE",
        help="with --band: a CSV file with a row for every document, which is replaced",
    )


def interval(text: str) -> tuple[float, float]:
    """Parse two weights such as 0.25,0.75."""
    parts = text.split(",")
    try:
        least, most = (float(part) for part in parts)
    except ValueError:
        least, most = math.nan, math.nan
    if not 0 <= least <= most <= 1:
        raise argparse.ArgumentTypeError(
            f"must be two weights from 0 to 1, ascending, such as 0.25,0.75: got {text!r}"
        )
    return least, most


def check_band(args: argparse.Namespace, embedding: DualEmbedding) -> None:
    """Raise FormatError where a band is asked for that there cannot be."""
    for name in ("band_within", "band_rows"):
        if getattr(args, name) is not None and not args.band:
            raise FormatError(f"--{name.replace('_', '-')} must come with --band: got it alone")
    if not args.band:
        return
    if (args.notion or embedding.notion) == "row":
        raise FormatError(
            "--band must have one threshold for all queries: got the notion 'row'; say --notion "
            "global"
        )
    if args.band_rows is not None and not Path(args.band_rows).resolve().parent.is_dir():
        raise FormatError(
            f"the folder of the file of --band-rows must exist: got {args.band_rows!r}"
        )


def with_band(
    args: argparse.Namespace,
    data: dict[str, Any],
    text: str,
    embedding: DualEmbedding,
    target: Target,
    certificate: Certificate,
) -> str:
    """Add the band to the JSON data and the text, and write its rows where that is asked for."""
    with _output.progress_bar(args, "mixture band", certificate.n_documents) as progress:
        found = band(
            embedding,
            target,
            threshold=certificate.threshold,
            threads=args.threads,
            progress=progress,
        )
    data["band"] = found.to_dict()
    lines = [text, *_table(data["band"])]
    if args.band_within is not None:
        least, most = args.band_within
        shares = {
            "all": _share(found, least, most, inner=False),
            "inner": _share(found, least, most, inner=True),
        }
        data["band"]["within"] = {"least": least, "most": most, **shares}
        shown = ", ".join(f"{100 * s:.1f} % of {k}" for k, s in shares.items() if s is not None)
        lines.append(f"  within {least:g} to {most:g}: {shown}")
    if args.band_rows is not None:
        with _output.writing(args, f"the rows of the band in {args.band_rows}"):
            replace_file(args.band_rows, _rows(found).encode())
        data["band"]["rows"] = args.band_rows
    return "\n".join(lines)


def _share(found: Band, least: float, most: float, *, inner: bool) -> float | None:
    share = found.share_within(least, most, inner=inner)
    return None if math.isnan(share) else share


def _table(data: dict[str, Any]) -> list[str]:
    """Lines of a table; ends are rounded outward."""
    lines = [
        f"mixture band at threshold {data['threshold']:.6g}: a mixture of queries retrieves a "
        "document",
        "with more than `upper` of its weight on matches, and does not with less than `lower`",
        f"  {'documents':<30}{'lower':>8}{'upper':>8}  {'worst':^15}  no promise",
    ]
    at = data["even"]["threshold"]
    names = (("all", "all"), ("inner", "inner"), ("even", f"inner, at threshold {at:.6g}"))
    for key, name in names:
        row = data[key]
        label = f"{name}, {row['n_documents']:,}"
        if row["n_documents"] == 0:
            lines.append(f"  {label:<30}")
            continue
        ends = [_rounded(row[k], k) for k in ("lower_median", "upper_median")]
        worst = [_rounded(row[k], k) for k in ("lower_worst", "upper_worst")]
        lines.append(
            f"  {label:<30}{ends[0]:>8}{ends[1]:>8}  {worst[0]:>7}{worst[1]:>8}"
            f"  {row['n_without_promise']:,}"
        )
    return lines


def _rounded(value: float, name: str) -> str:
    whole = value * 10**_DIGITS
    outward = math.floor(whole) if name.startswith("lower") else math.ceil(whole)
    return f"{outward / 10**_DIGITS:.{_DIGITS}f}"


def _rows(found: Band) -> str:
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    columns = (
        found.document_labels,
        found.n_queries_of.tolist(),
        found.lower.tolist(),
        found.upper.tolist(),
        found.least_match.tolist(),
        found.greatest_match.tolist(),
        found.least_other.tolist(),
        found.greatest_other.tolist(),
        found.is_promised.astype(int).tolist(),
    )
    table.writerows(zip(*columns, strict=True))
    return out.getvalue()
