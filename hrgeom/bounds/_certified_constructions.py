"""Constructions between the bounds: their promises in float64, and certificates of some."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from hrgeom.bounds._theorem import Setting
from hrgeom.checker import Certificate, Verdict, certify
from hrgeom.constructions import Construction, all_constructions, construct, promise_of
from hrgeom.core import Target, as_relevance
from hrgeom.errors import ConstructionError

__all__ = ["CertifiedConstruction", "certified_constructions"]

_FEW_PAIRS = 2**24  # of queries and documents: all constructions are asked


@dataclass(frozen=True)
class CertifiedConstruction:
    """A construction in float64: its promise, and its certificate where it was built.

    Attributes
    ----------
    construction : str
        Its name in `hrgeom.constructions.all_constructions`.
    dim : int
        Certified where it was built, else promised.
    promised_margin : float or None
        Normalized; None where nothing is promised.
    is_predicted : bool
        The dimension is a prediction and no promise.
    verdict : {"holds", "fails", "undecided"} or None
        Of the certificate; None: promised only.
    setting : {"row", "global", "unit", "zero"} or None
        The kind of the certified embedding, the last of `hrgeom.bounds.SETTINGS` that fits.
    margin : float or None
        Normalized margin that the certificate proves; None unless it holds.
    seconds : float or None
        Time that the certificate took.

    Examples
    --------
    >>> CertifiedConstruction("interval", 3, 0.1, False).verdict is None
    True
    """

    construction: str
    dim: int
    promised_margin: float | None
    is_predicted: bool
    verdict: Verdict | None = None
    setting: Setting | None = None
    margin: float | None = None
    seconds: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def certified_constructions(
    target: Target,
    *,
    which: Literal["none", "fewest", "all"] = "fewest",
    effort: float = 0.0,
    seed: int = 0,
    **checking: Any,
) -> tuple[CertifiedConstruction, ...]:
    """Return the constructions that apply, fewest dimensions first, some built and certified.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        Above some 16 million pairs of queries and documents, with an effort below 1, only those
        constructions are asked that answer within seconds.
    which : {"none", "fewest", "all"}
        What to certify: those of fewest dimensions until one with threshold 0 holds, or every one
        that can be built.
    effort : float
        How long constructions search, as for `all_bounds`.
    seed : int
        Seed of constructions and their searches.
    **checking
        Keywords of `certify`: kernel, filter, threads, memory, progress.

    Returns
    -------
    constructions : tuple of CertifiedConstruction
        For vectors in float64, by promised dimension.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> found = certified_constructions(h)
    >>> found[0].construction, found[0].dim, found[0].verdict, found[0].setting
    ('half-plane', 2, 'holds', 'global')
    """
    relevance = as_relevance(target)
    few = relevance.n_queries * relevance.n_documents <= _FEW_PAIRS or effort >= 1
    searching: dict[str, Any] = {"dtype": "float64", "effort": effort, "seed": seed}
    found = [
        (entry, promise)
        for entry in all_constructions()
        if (few or entry.is_quick) and (promise := promise_of(relevance, entry, **searching))
    ]
    found.sort(key=lambda item: item[1].dim)
    listed: list[CertifiedConstruction] = []
    for entry, promise in found:
        promised = CertifiedConstruction(
            entry.name, promise.dim, promise.margin, entry.promise_kind == "predicted"
        )
        done = any(c.verdict == "holds" and c.setting == "zero" for c in listed)
        # without a margin the certificate of a large input may fail after a long time
        chances = few or promise.margin is not None
        if which == "none" or (which == "fewest" and (done or not chances)):
            listed.append(promised)
        else:
            listed.append(_certified(target, entry, promised, effort, seed, checking))
    return tuple(listed)


def _certified(
    target: Target,
    entry: Construction,
    promised: CertifiedConstruction,
    effort: float,
    seed: int,
    checking: Any,
) -> CertifiedConstruction:
    searching = entry.accepted(effort=effort)
    try:
        result = construct(
            target, method=entry, dtype="float64", seed=seed, certify=False, **searching
        )
    except ConstructionError:  # where nothing was promised
        return promised
    certificate = certify(result.embedding, target, **checking)
    return CertifiedConstruction(
        promised.construction,
        result.embedding.dim,
        promised.promised_margin,
        promised.is_predicted,
        certificate.verdict,
        _setting(certificate),
        certificate.normalized_margin_lower_bound if certificate.holds else None,
        certificate.seconds,
    )


def _setting(certificate: Certificate) -> Setting:
    if certificate.notion == "row":
        return "row"
    if certificate.threshold == 0:
        return "zero"
    return "unit" if (certificate.normalized_margin_lower_bound or 0.0) > 0 else "global"
