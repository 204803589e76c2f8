"""Whether training or geometry is what a failing model lacks, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hrgeom.diagnosis._compare import Report
    from hrgeom.diagnosis._limits import Limit
    from hrgeom.diagnosis._readings import Reading

__all__ = ["answer", "doubt"]


def answer(report: Report, limit: Limit) -> str:
    """Return one sentence: what is to blame for a model's failures, with the shares of causes.

    Geometry, where no embedding has so few dimensions; training, where a construction holds in as
    many or fewer; in between neither is known. The shares are of the failing queries that were
    diagnosed.
    """
    if report.certificate.holds:
        return "holds for every query: nothing to mend"
    d = report.scored_dim
    if d < limit.dim:
        return (
            f"geometry: no embedding has fewer than {limit.dim} dimensions ({limit.theorem}), it "
            f"has {d}; no training mends that"
        )
    needed = None if report.fewest is None else report.fewest.dim
    causes = _causes(report)
    if needed is not None and needed <= d:
        return f"training: {causes}; {needed} dimensions are enough, it has {d}"
    known = "" if needed is None else f" and a construction is known from {needed} on"
    return (
        f"training or geometry, it is not known which: {causes}; no embedding has fewer than "
        f"{limit.dim} dimensions{known}, it has {d}"
    )


def doubt(reading: Reading) -> str:
    """Return one sentence: why a model may be read in the wrong way, and what to try."""
    if reading.how == "chance":
        return (
            "are its rows in the order of the hierarchy? They have no labels, and beyond the node "
            f"itself {share(reading.as_read)} of the pairs are retrieved, where a random order "
            f"has {share(reading.recall)}; say labels="
        )
    found = f"{share(reading.recall)} of the pairs are retrieved, {share(reading.as_read)} as read"
    return {
        "cosine": f"was it trained for cosine? So ranked (score=cosine) {found}",
        "exchanged": f"are its two sides exchanged? With queries for documents {found}",
        "sorted": f"are its rows sorted by label? They have none, and so sorted {found}; "
        "say labels=",
    }[reading.how]


def _causes(report: Report) -> str:
    """Which shares of the failures other queries mend, and for which other documents are needed."""
    if report.diagnosis is None:
        return "the failures were not diagnosed"
    counts, n = report.diagnosis.counts, len(report.failing)
    said = {
        "queries": "have a better query for the same documents",
        "documents": "need other documents",
        "undecided": "are undecided",
    }
    of = "of the failures"
    if n < report.certificate.n_violating_queries:
        of = f"of the {n:,} failures looked at"
    shares: list[str] = []
    for cause, text in said.items():
        if counts[cause]:
            whose = "" if shares else f" {of}"
            shares.append(f"{share(counts[cause] / n)}{whose} {text}")
    return ", ".join(shares) or "no failure was diagnosed"


def share(part: float) -> str:
    """Return a share in percent, never 0 or 100 where it is not that.

    >>> share(195 / 200), share(1 / 1000), share(999 / 1000), share(1.0)
    ('98 %', '0.1 %', '99.9 %', '100 %')
    """
    percent = 100 * part
    near = min(percent, 100 - percent)
    if near >= 1 or near == 0:
        return f"{percent:.0f} %"
    shown = float(f"{near:.1g}")
    return f"{shown if percent < 50 else 100 - shown:g} %"
