"""``python -m proofs [ID ...]`` checks proofs, all by default; exit status 1 if one fails.

``python -m proofs --table`` prints the table of `proofs/README.md` instead.
"""

import sys

from .kit import check, load, names


def main(wanted: list[str]) -> int:
    """Print a line a proof, and every step that does not hold."""
    if wanted == ["--table"]:
        print("\n".join(table()))
        return 0
    n_broken = 0
    for name in wanted or names():
        try:
            report = check(load(name))
        except ValueError as error:
            print(f"proofs: error: {error}", file=sys.stderr)
            return 2
        n_broken += not report.holds
        state = report.proof.status if report.holds else "BROKEN"
        print(
            f"{name:28} {state:24} {len(report.steps):3} steps {report.seconds:6.2f} s  "
            f"{report.proof.title}"
        )
        for step in report.failed:
            print(f"    does not hold: {step.words}")
    print(f"{n_broken} broken" if n_broken else "all hold")
    return 1 if n_broken else 0


def table() -> list[str]:
    """Return the Markdown table of all proofs, a line each."""
    lines = ["| proof | states | status |", "| --- | --- | --- |"]
    for name in names():
        proof = load(name)
        file = f"{name.replace('-', '_')}.py"
        lines.append(f"| [{proof.id}]({file}) | {proof.title} | {proof.status} |")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
