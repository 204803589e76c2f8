"""Claims as text: a table and single claims for the terminal, all of them as a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hrgeom.claims._checking import Checked
from hrgeom.claims._claim import Claim

__all__ = ["claims_index", "claims_page", "claims_table", "one_claim"]

_HEAD = """\
# Claims

What published papers and hrgeom itself state, one entry each, with evidence that `hrgeom claims
--all` computes anew and the verdict that follows from it. These pages are written by `hrgeom claims
--pages docs`.

- **confirmed**: every line of evidence holds.
- **confirmed with changes**: something does not hold as stated, and a correction, marked so, does.
- **not reproduced**: some evidence does not hold, and no correction of ours does either.
- **observed here: agrees** or **differs**: training runs of ours, recorded and not repeated, come
  as near to the numbers as the lines say, or do not. How the source trained is not known to us.
- **open**: nothing decides it yet. Evidence, if any, is true of the claim and does not settle it.

A line *of the print* says that printed numbers fit together, or is true of any numbers; it does not
count as evidence. A theorem rests on the proofs it names, with the label that each has
([statements](theory/statements.md)); evidence for it is a second route on small instances, not a
proof. Where no proof is named none is kept here, and the statement is *cited*.
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
        mark = "yes" if e.holds else "NO"
        stated = "corrected" if e.corrected else "stated"
        what = f"{e.what}{_BASES[e.basis]}"
        lines.append(f"  {what}: {stated} {e.stated}, found {e.computed}; {e.how}: {mark}")
    lines.append(f"verdict: {claim.verdict}")
    if claim.remark:
        lines.append(claim.remark)
    lines += [f"BROKEN: {problem}" for problem in checked.problems]
    return "\n".join(lines)


def claims_index(sources: Mapping[str, tuple[str, Iterable[Checked]]]) -> str:
    """Return the page that lists all claims, source by source, as Markdown.

    Parameters
    ----------
    sources : mapping of str to (str, iterable of Checked)
        Name of a page -> its title and its claims after `check`.

    Returns
    -------
    page : str
        What verdicts mean, and a table of claims per source, with links to its page.

    Examples
    --------
    >>> from hrgeom.claims import check, claims_index, find
    >>> page = claims_index({"weller2025": ("Weller et al.", [check(find("weller-fit"))])})
    >>> "[weller-fit](claims/weller2025.md#weller-fit)" in page
    True
    """
    parts = [_HEAD]
    for name, (title, entries) in sources.items():
        rows = [
            f"| [{c.claim.id}](claims/{name}.md#{c.claim.id}) | {c.claim.title} | "
            f"{c.claim.verdict} | {_proofs(c, 'theory')} |"
            for c in entries
        ]
        head = ["| claim | title | verdict | proofs |", "| --- | --- | --- | --- |"]
        parts += [f"## [{title}](claims/{name}.md)", "\n".join([*head, *rows])]
    parts.append(
        "\n".join(["```{toctree}", ":hidden:", "", *(f"claims/{n}" for n in sources), "```"])
    )
    return "\n\n".join(part.strip() for part in parts) + "\n"


def claims_page(title: str, all_checked: Iterable[Checked]) -> str:
    """Return the page of the claims of one source, as Markdown.

    Parameters
    ----------
    title : str
        The heading.
    all_checked : iterable of Checked
        Claims after `check`, in the order of the page.

    Returns
    -------
    page : str
        A section per claim; links are those of a page in docs/claims/.

    Examples
    --------
    >>> from hrgeom.claims import check, claims_page, find
    >>> "## weller-fit" in claims_page("A paper", [check(find("weller-fit"))]).splitlines()
    True
    """
    parts = [f"# {title}", "What verdicts and lines mean: [claims](../claims.md)."]
    parts += [_section(checked) for checked in all_checked]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _proofs(checked: Checked, theory: str) -> str:
    """Return the proofs with their labels, linked to the statements in a folder of theory."""
    linked = (f"[`{p.id}`]({theory}/statements.md#{p.anchor}) ({p.label})" for p in checked.proofs)
    return ", ".join(linked) or ("cited" if checked.claim.kind == "theorem" else "none")


def _section(checked: Checked) -> str:
    claim = checked.claim
    kind = "Theorem" if claim.kind == "theorem" else "Empirical"
    parts = [
        f"## {claim.id}",
        f"**{claim.title}.** {kind}. {claim.source}.",
        claim.statement.strip(),
    ]
    proofs = f"Proofs: {_proofs(checked, '../theory')}."
    if claim.page:
        proofs += f" Page: [{claim.page}](../{claim.page})."
    parts.append(f"**{claim.verdict[0].upper()}{claim.verdict[1:]}.** {claim.remark}".strip())
    parts.append(proofs)
    if checked.evidence:
        parts.append(_evidence(checked))
    return "\n\n".join(parts)


_BASES = {"computed": "", "print": " (of the print)", "run": " (a run of ours)"}


def _evidence(checked: Checked) -> str:
    rows = [
        "| quantity | stated | found | agreement | holds |",
        "| --- | --- | --- | --- | --- |",
    ]
    for e in checked.evidence:
        stated = f"{e.stated} (corrected)" if e.corrected else e.stated
        mark = "yes" if e.holds else "**no**"
        rows.append(f"| {e.what}{_BASES[e.basis]} | {stated} | {e.computed} | {e.how} | {mark} |")
    return "\n".join(rows)
