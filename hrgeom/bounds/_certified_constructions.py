"""Where constructions lie between the bounds: certified embeddings, and what contradicts what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from hrgeom.bounds._bound import Bound, Setting, is_carried
from hrgeom.bounds._promised import float64_promise
from hrgeom.checker import Certificate, Verdict, certify
from hrgeom.constructions import REGISTRY
from hrgeom.core import Hierarchy, Relevance, as_relevance
from hrgeom.errors import ConstructionError

__all__ = ["Placed", "Which", "contradictions", "place"]

Which = Literal["none", "fewest", "all"]

_FEW_PAIRS = 2**24  # of queries and documents: all constructions are asked
_QUICK = ("interval", "half-plane", "trie", "block-code", "dual-frame")


@dataclass(frozen=True)
class Placed:
    """A construction in float64: what it promises, and what its certificate says if it has one.

    Attributes
    ----------
    construction : str
    dim : int
    promised_margin : float or None
        Normalized; None where nothing is promised.
    is_predicted : bool
        The dimension is a prediction and no promise.
    verdict : {"holds", "fails", "undecided"} or None
        Of the certificate; None: promised only.
    notion : {"row", "global", "unit", "zero"} or None
        What the certified embedding is, the last of `hrgeom.bounds.SETTINGS` that fits.
    margin : float or None
        Normalized, certified.
    seconds : float or None
        That the certificate took.
    """

    construction: str
    dim: int
    promised_margin: float | None
    is_predicted: bool
    verdict: Verdict | None = None
    notion: Setting | None = None
    margin: float | None = None
    seconds: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def place(
    target: Hierarchy | Relevance,
    *,
    which: Which = "fewest",
    effort: float = 0.0,
    seed: int = 0,
    **checking: Any,
) -> tuple[Placed, ...]:
    """Return what constructions promise in float64, fewest dimensions first, and certify some.

    Parameters
    ----------
    target : Hierarchy or Relevance
        Above some 16 million pairs of queries and documents, with an effort below 1, only those
        constructions are asked that answer within seconds.
    which : {"none", "fewest", "all"}
        What to certify: those of fewest dimensions until one with threshold 0 holds, or every one
        that can be built.
    effort : float
        How long constructions search, as for `all_bounds`.
    seed : int
    **checking
        kernel, threads, memory, progress: passed to `certify`.

    Examples
    --------
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> found = place(h)
    >>> found[0].construction, found[0].dim, found[0].verdict, found[0].notion
    ('half-plane', 2, 'holds', 'global')
    """
    relevance = as_relevance(target)
    few = relevance.n_queries * relevance.n_documents <= _FEW_PAIRS or effort >= 1
    found = [
        (name, promise)
        for name in REGISTRY
        if (few or name in _QUICK) and (promise := float64_promise(relevance, name, effort, seed))
    ]
    found.sort(key=lambda item: item[1].dim)
    placed: list[Placed] = []
    for name, promise in found:
        only_promised = Placed(name, promise.dim, promise.margin, name == "dual-frame")
        done = any(p.verdict == "holds" and p.notion == "zero" for p in placed)
        # without a margin the certificate of a large input may fail after a long time
        chances = few or promise.margin is not None
        if which == "none" or (which == "fewest" and (done or not chances)):
            placed.append(only_promised)
        else:
            placed.append(_certified(target, only_promised, effort, seed, checking))
    return tuple(placed)


def _certified(
    target: Hierarchy | Relevance, promised: Placed, effort: float, seed: int, checking: Any
) -> Placed:
    relevance = as_relevance(target)
    construction = REGISTRY[promised.construction]
    searching = {"effort": effort} if "effort" in construction.options else {}
    try:
        embedding = construction.build(relevance, dtype="float64", seed=seed, **searching)
    except ConstructionError:  # where nothing was promised
        return promised
    certificate = certify(embedding.made_for(target), target, **checking)
    return Placed(
        promised.construction,
        embedding.dim,
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


def contradictions(bounds: Iterable[Bound], placed: Sequence[Placed] = ()) -> tuple[str, ...]:
    """Return every contradiction between bounds, certificates and promises, in words.

    There are none unless a theorem, its code or a certificate is wrong.

    Examples
    --------
    >>> wrong = Bound("some theorem", "dimension", "lower", "row", 4, "")
    >>> contradictions([wrong], [Placed("interval", 3, None, False, "holds", "zero", 0.1, 0.0)])
    ('some theorem: dimension >= 4 (row), but interval is certified in 3 (zero)',)
    """
    known = [b for b in bounds if b.value is not None]
    found = []
    for no in known:
        if no.forbids:
            found += [_contradicted_by_bound(no, b) for b in known if not b.forbids]
            found += [_contradicted_by_certificate(no, p) for p in placed if p.verdict == "holds"]
    found += [_contradicted_by_promise(p) for p in placed if p.verdict is not None]
    return tuple(text for text in found if text)


def _exceeds(no: Bound, dim: float, margin: float | None, setting: Setting) -> bool:
    """Return whether an embedding is one that a bound forbids."""
    assert no.value is not None
    if not is_carried(no.notion, setting, forbids=True):
        return False
    if no.quantity == "margin":
        return margin is not None and margin > no.value
    return dim < no.value and (no.margin is None or (margin or 0.0) >= no.margin)


def _contradicted_by_bound(no: Bound, some: Bound) -> str:
    if no.quantity != some.quantity or some.value is None:
        return ""
    margin = some.value if some.quantity == "margin" else some.margin
    if not _exceeds(no, some.value, margin, some.notion):
        return ""
    return f"{_words(no)}, but {_words(some)}"


def _contradicted_by_certificate(no: Bound, placed: Placed) -> str:
    if placed.notion is None or not _exceeds(no, placed.dim, placed.margin, placed.notion):
        return ""
    what = placed.dim if no.quantity == "dimension" else f"margin {placed.margin}"
    return f"{_words(no)}, but {placed.construction} is certified in {what} ({placed.notion})"


def _contradicted_by_promise(placed: Placed) -> str:
    promised = placed.promised_margin
    if promised is None or (placed.verdict == "holds" and (placed.margin or 0.0) >= promised):
        return ""
    return (
        f"{placed.construction} promises a margin of {promised}, but its certificate "
        f"{placed.verdict}, margin {placed.margin}"
    )


def _words(bound: Bound) -> str:
    sign = ">=" if bound.side == "lower" else "<="
    return f"{bound.theorem}: {bound.quantity} {sign} {bound.value} ({bound.notion})"
