"""Claims as text: a table and single claims for the terminal, all of them as a page."""

from __future__ import annotations

from collections.abc import Iterable

from hrgeom.claims._checking import Checked
from hrgeom.claims._claim import Claim

__all__ = ["claims_page", "claims_table", "one_claim"]

_HEAD = """\
# Claims

What four papers and hrgeom itself state, one entry each, with evidence that `hrgeom claims --all`
computes anew and the verdict that follows from it. This page is written by `hrgeom claims --page`.

- **confirmed**: every line of evidence holds.
- **confirmed with changes**: something does not hold as stated, and a correction, marked so, does.
- **not reproduced**: some evidence does not hold, and no correction of ours does either.
- **open**: nothing decides it yet. Evidence, if any, is true of the claim and does not settle it.

A theorem rests on the proofs it names (`python -m hrgeom.proofs`); evidence for it is a second
route on small instances, not a proof.
"""


def claims_table(rows: Iterable[tuple[Claim, str]]) -> str:
    """Return the table of claims for the terminal.

    Parameters
    ----------
    rows : iterable of (Claim, str)
        Claims, each with the status of its proofs.

    Returns
    -------
    text : str
        A head and one line per claim.

    Examples
    --------
    >>> from hrgeom.claims import claims_table, find
    >>> print(claims_table([(find("rounding"), "proved")]).split()[5:8])
    ['rounding', 'confirmed', 'proved']
    """
    lines = [("claim", "verdict", "proofs", "source", "title")]
    lines += [(c.id, c.verdict, proofs, c.source.split(",")[0], c.title) for c, proofs in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line[:4], widths, strict=True))
        + f"  {line[4]}"
        for line in lines
    )


def one_claim(checked: Checked) -> str:
    """Return one claim with its evidence as text for the terminal.

    Parameters
    ----------
    checked : Checked
        The claim after `check`.

    Returns
    -------
    text : str
        Statement, proofs, one line per piece of evidence, and the verdict.

    Examples
    --------
    >>> from hrgeom.claims import check, find, one_claim
    >>> print(one_claim(check(find("weller-fit"))).splitlines()[-2])
    verdict: confirmed
    """
    claim = checked.claim
    lines = [f"{claim.id}: {claim.title}", f"  {claim.source}", "", claim.statement.strip(), ""]
    lines += [f"proof {proof} ({proof.title})" for proof in checked.proofs]
    if claim.page:
        lines.append(f"theory: docs/{claim.page}")
    for e in checked.evidence:
        mark = "holds" if e.holds else "does NOT hold"
        stated = "corrected" if e.corrected else "stated"
        lines.append(f"  {e.what}: {stated} {e.stated}, computed {e.computed} ({e.how}): {mark}")
    lines.append(f"verdict: {claim.verdict}")
    if claim.remark:
        lines.append(claim.remark)
    lines += [f"BROKEN: {problem}" for problem in checked.problems]
    return "\n".join(lines)


def claims_page(all_checked: Iterable[Checked]) -> str:
    """Return the page of all claims, as Markdown.

    Parameters
    ----------
    all_checked : iterable of Checked
        Claims after `check`, in the order of the page.

    Returns
    -------
    page : str
        A table of all claims, then one section per claim.

    Examples
    --------
    >>> from hrgeom.claims import check, claims_page, find
    >>> "## weller-fit" in claims_page([check(find("weller-fit"))]).splitlines()
    True
    """
    entries = list(all_checked)
    parts = [_HEAD]
    rows = [
        f"| {c.claim.id} | {c.claim.title} | {c.claim.verdict} | {_proofs(c)} |" for c in entries
    ]
    head = ["| claim | title | verdict | proofs |", "| --- | --- | --- | --- |"]
    parts.append("\n".join([*head, *rows]))
    parts += [_section(checked) for checked in entries]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _proofs(checked: Checked) -> str:
    return ", ".join(f"`{p.id}` ({p.status})" for p in checked.proofs) or "none"


def _section(checked: Checked) -> str:
    claim = checked.claim
    kind = "Theorem" if claim.kind == "theorem" else "Empirical"
    parts = [
        f"## {claim.id}",
        f"**{claim.title}.** {kind}. {claim.source}.",
        claim.statement.strip(),
    ]
    proofs = f"Proofs: {_proofs(checked)}."
    if claim.page:
        proofs += f" Theory: [{claim.page}]({claim.page})."
    parts.append(f"**{claim.verdict[0].upper()}{claim.verdict[1:]}.** {claim.remark}".strip())
    parts.append(proofs)
    if checked.evidence:
        parts.append(_evidence(checked))
    return "\n\n".join(parts)


def _evidence(checked: Checked) -> str:
    rows = [
        "| quantity | stated | computed | agreement | holds |",
        "| --- | --- | --- | --- | --- |",
    ]
    for e in checked.evidence:
        stated = f"{e.stated} (corrected)" if e.corrected else e.stated
        mark = "yes" if e.holds else "**no**"
        rows.append(f"| {e.what} | {stated} | {e.computed} | {e.how} | {mark} |")
    return "\n".join(rows)
