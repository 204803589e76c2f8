"""Whether bounds, certificates and promises of one relevance agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hrgeom.bounds._certified_constructions import CertifiedConstruction
from hrgeom.bounds._theorem import Bound, Setting, is_carried

__all__ = ["contradictions"]

_FLOAT64_BITS = 64  # of a number of a certified construction


def contradictions(
    bounds: Iterable[Bound], constructions: Sequence[CertifiedConstruction] = ()
) -> tuple[str, ...]:
    """Return every contradiction between bounds, certificates and promises, in words.

    There are none unless a theorem, its code or a certificate is wrong.

    Parameters
    ----------
    bounds : iterable of Bound
        Of one relevance, as from `all_bounds`.
    constructions : sequence of CertifiedConstruction
        Of the same relevance, as from `certified_constructions`.

    Returns
    -------
    contradictions : tuple of str
        One line per contradiction.

    Examples
    --------
    >>> wrong = Bound("some theorem", "dimension", "lower", "row", 4, "")
    >>> built = CertifiedConstruction("interval", 3, None, False, "holds", "zero", 0.1, 0.0)
    >>> contradictions([wrong], [built])
    ('some theorem: dimension >= 4 (row), but interval is certified in 3 (zero)',)
    """
    known = [b for b in bounds if b.value is not None]
    certified = [c for c in constructions if c.verdict == "holds"]
    found = []
    for no in known:
        if no.forbids:
            found += [_contradicted_by_bound(no, b) for b in known if not b.forbids]
            found += [_contradicted_by_certificate(no, c) for c in certified]
    found += [_contradicted_by_promise(c) for c in constructions if c.verdict is not None]
    return tuple(text for text in found if text)


def _exceeds(no: Bound, dim: float, margin: float | None, setting: Setting) -> bool:
    """Return whether an embedding is one that a bound forbids."""
    assert no.value is not None
    if not is_carried(no.setting, setting, forbids=True):
        return False
    if no.quantity == "margin":
        return margin is not None and margin > no.value
    if no.quantity == "bits":
        return _FLOAT64_BITS * dim < no.value
    return dim < no.value and (no.margin is None or (margin or 0.0) >= no.margin)


def _contradicted_by_bound(no: Bound, some: Bound) -> str:
    if no.quantity != some.quantity or some.value is None:
        return ""
    if no.quantity == "bits":
        met = is_carried(no.setting, some.setting, forbids=True) and some.value < (no.value or 0)
        return f"{_words(no)}, but {_words(some)}" if met else ""
    margin = some.value if some.quantity == "margin" else some.margin
    if not _exceeds(no, some.value, margin, some.setting):
        return ""
    return f"{_words(no)}, but {_words(some)}"


def _contradicted_by_certificate(no: Bound, built: CertifiedConstruction) -> str:
    if built.setting is None or not _exceeds(no, built.dim, built.margin, built.setting):
        return ""
    of_quantity = {"dimension": built.dim, "bits": f"{_FLOAT64_BITS * built.dim} bits"}
    what = of_quantity.get(no.quantity, f"margin {built.margin}")
    return f"{_words(no)}, but {built.construction} is certified in {what} ({built.setting})"


def _contradicted_by_promise(built: CertifiedConstruction) -> str:
    promised = built.promised_margin
    if promised is None or (built.verdict == "holds" and (built.margin or 0.0) >= promised):
        return ""
    return (
        f"{built.construction} promises a margin of {promised}, but its certificate "
        f"{built.verdict}, margin {built.margin}"
    )


def _words(bound: Bound) -> str:
    sign = ">=" if bound.side == "lower" else "<="
    return f"{bound.theorem}: {bound.quantity} {sign} {bound.value} ({bound.setting})"
