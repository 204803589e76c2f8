"""``python -m proofs [ID ...]`` checks proofs, all by default; exit status 1 if one fails.

``--steps`` also prints every step with the values or sizes it covers. ``--table`` prints the table
of `proofs/README.md` instead, ``--page`` the page of numbered statements.
"""

import sys

from ._page import statements_page
from .kit import CITED, LABELS, Report, check, load, names


def main(wanted: list[str]) -> int:
    """Print a line per proof with its label, and why it does not have it, then the counts."""
    if wanted in (["--table"], ["--page"]):
        print("\n".join(table()) if wanted == ["--table"] else statements_page(), end="\n")
        return 0
    with_steps = "--steps" in wanted
    reports = []
    for name in [n for n in wanted if n != "--steps"] or names():
        try:
            report = check(load(name))
        except ValueError as error:
            print(f"proofs: error: {error}", file=sys.stderr)
            return 2
        reports.append(report)
        print("\n    ".join([one_line(report), *report.faults]))
        if with_steps:
            print("\n".join(f"    {s.how:8}  {s.words}  [{s.covers}]" for s in report.steps))
    n_broken = sum(not report.holds for report in reports)
    print("\n".join(counts(reports)))
    print(f"{n_broken} broken" if n_broken else "all hold")
    return 1 if n_broken else 0


def one_line(report: Report) -> str:
    """Return the line of a proof: its label, its steps, how many are for some sizes only."""
    label = report.proof.label if report.holds else "BROKEN"
    n_sized = sum(bool(step.sizes) for step in report.steps)
    some = f", {n_sized} for some sizes only" if n_sized else ""
    return (
        f"{report.proof.id:22} {label:34} {report.seconds:6.2f} s  {report.proof.title} "
        f"({len(report.steps)} steps{some})"
    )


def counts(reports: list[Report]) -> list[str]:
    """Return how many statements have each label, and what is cited."""
    held = [report.proof for report in reports if report.holds]
    facts = [(proof.id, fact) for proof in held for fact in proof.cited]
    number = dict.fromkeys(LABELS, 0) | {CITED: len(facts)}
    for proof in held:
        number[proof.label] += 1
    lines = [f"{n:4} {label}" for label, n in number.items()]
    cited = [f"     {fact} (used by {name})" for name, fact in facts]
    place = 1 + LABELS.index(CITED)
    return [*lines[:place], *cited, *lines[place:]]


def table() -> list[str]:
    """Return the Markdown table of all proofs, a line each."""
    lines = ["| proof | states | label | cites |", "| --- | --- | --- | --- |"]
    for name in names():
        proof = load(name)
        file = f"{name.replace('-', '_')}.py"
        cited = "; ".join(proof.cited)
        lines.append(f"| [{proof.id}]({file}) | {proof.title} | {proof.label} | {cited} |")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
