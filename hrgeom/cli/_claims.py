"""`hrgeom claims`: list claims, or check their proofs and evidence."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom.claims import (
    CLAIMS,
    SOURCES,
    Checked,
    check,
    claims_index,
    claims_page,
    claims_table,
    find,
    one_claim,
    proof_states,
)
from hrgeom.cli import _options, _output, _terminal
from hrgeom.errors import FormatError


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "claims",
        run_claims,
        "list the claims of the papers and of hrgeom, or check one or all of them",
        "hrgeom claims weller-packing",
    )
    parser.add_argument(
        "claim",
        nargs="?",
        metavar="ID",
        help="claim to check and show with its proofs and evidence",
    )
    parser.add_argument(
        "--all", action="store_true", help="check every proof and compute all evidence"
    )
    parser.add_argument(
        "--pages",
        metavar="FOLDER",
        help="check all and write the pages claims.md and claims/SOURCE.md into a folder",
    )


def run_claims(args: argparse.Namespace) -> int:
    """Run the command."""
    if (args.claim is not None) + args.all + (args.pages is not None) > 1:
        raise FormatError("only one of ID, --all and --pages may be given")
    if args.claim is not None:
        checked = check(find(args.claim))
        _output.emit(args, checked.to_dict(), one_claim(checked))
        return int(checked.broken)
    if args.all or args.pages:
        return _check_all(args)
    rows = [(claim, proof_states(claim.proofs)) for claim in CLAIMS.values()]
    data = [
        {
            "id": claim.id,
            "title": claim.title,
            "kind": claim.kind,
            "source": claim.source,
            "verdict": claim.verdict,
            "proofs": {proof.id: proof.label for proof in proofs},
        }
        for claim, proofs in rows
    ]
    text = claims_table((claim, _statuses(proofs)) for claim, proofs in rows)
    _output.emit(args, {"claims": data}, text)
    return 0


def _check_all(args: argparse.Namespace) -> int:
    everything = []
    for claim in CLAIMS.values():
        checked = check(claim)
        everything.append(checked)
        if not args.json:
            state = "BROKEN" if checked.broken else claim.verdict
            line = f"{claim.id:28} {state:24} {checked.seconds:6.2f} s  {claim.title}"
            _terminal.write("\n    ".join([line, *checked.problems]))
    n_broken = sum(checked.broken for checked in everything)
    text = f"{n_broken} of {len(everything)} claims broken" if n_broken else "all claims stand"
    if args.pages:
        _write_pages(Path(args.pages), {checked.claim.id: checked for checked in everything})
    data = {"claims": [checked.to_dict() for checked in everything], "n_broken": n_broken}
    _output.emit(args, data, text)
    return int(n_broken > 0)


def _write_pages(folder: Path, checked: dict[str, Checked]) -> None:
    sources = {
        name: (title, [checked[claim.id] for claim in claims if claim.id in checked])
        for name, (title, claims) in SOURCES.items()
    }
    (folder / "claims").mkdir(parents=True, exist_ok=True)
    (folder / "claims.md").write_text(claims_index(sources), encoding="utf-8")
    for name, (title, entries) in sources.items():
        page = folder / "claims" / f"{name}.md"
        page.write_text(claims_page(title, entries), encoding="utf-8")


def _statuses(proofs: Any) -> str:
    statuses = sorted({proof.label for proof in proofs})
    return ", ".join(statuses) or "-"
