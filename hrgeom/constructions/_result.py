"""The result of a construction: an embedding, its certificate, and what was tried."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hrgeom.checker import Certificate
from hrgeom.constructions._survival import survival_remarks
from hrgeom.core import DualEmbedding, Remark, Target

__all__ = ["Attempt", "ConstructionResult"]


_OF_VECTORS = {field.name for field in fields(DualEmbedding)} | set(vars(DualEmbedding))


@dataclass(frozen=True)
class Attempt:
    """A construction that the automatic choice tried.

    Attributes
    ----------
    method : str
        Name of the construction.
    dim : int
        Dimensions it was asked for, or had promised.
    promised : float or None
        Normalized margin that it had promised; None if nothing.
    outcome : str
        Verdict of the certificate, or why nothing was built.
    """

    method: str
    dim: int
    promised: float | None
    outcome: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class ConstructionResult:
    """What `construct` returns.

    Attributes
    ----------
    embedding : DualEmbedding
        The vectors.
    certificate : Certificate or None
        Of these vectors over all pairs; None where `construct` was told not to certify.
    tried : tuple of Attempt
        What the automatic choice tried, the construction that was taken last; empty for a
        construction by name.
    target : Hierarchy, Relevance, Judgments or None
        What the vectors were built for.

    Examples
    --------
    >>> from hrgeom import Hierarchy, construct
    >>> r = construct(Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")]))
    >>> r
    ConstructionResult(hybrid: 3 queries, 3 documents, d = 2, float32; holds)
    >>> r.certificate.holds, [attempt.method for attempt in r.tried]
    (True, ['hybrid'])
    >>> r.provenance
    'by theorem (direct sum, promise 0.33)'
    """

    embedding: DualEmbedding
    certificate: Certificate | None
    tried: tuple[Attempt, ...] = ()
    target: Target | None = None

    if not TYPE_CHECKING:  # which is to know the attributes that there are

        def __getattr__(self, name: str) -> Any:
            """Say where the vectors are, to whoever takes a result for an embedding."""
            hint = "; the vectors are in its attribute embedding" if name in _OF_VECTORS else ""
            raise AttributeError(f"a ConstructionResult has no attribute {name!r}{hint}")

    def __repr__(self) -> str:
        embedding = repr(self.embedding).removeprefix("DualEmbedding(").removesuffix(")")
        verdict = "not certified" if self.certificate is None else self.certificate.verdict
        return f"ConstructionResult({embedding}; {verdict})"

    def __str__(self) -> str:
        certificate = "" if self.certificate is None else f"\n{self.certificate}"
        return f"{self.embedding!r}\n  {self.provenance}{certificate}"

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """Copies of the vectors that do not hold, or may not: float16, text of six digits, int8.

        Worked out when first asked for: by a bound on how far scores move, and where that is not
        less than the margin by certifying the copy, up to four million pairs.
        """
        if self.certificate is None or self.target is None:
            return ()
        return survival_remarks(self.embedding, self.certificate, self.target)

    @property
    def provenance(self) -> str:
        """What the vectors rest on, in a few words: the theorem and its promise, or descent."""
        verdict = "not certified"
        if self.certificate is not None:
            verdict = "certified" if self.certificate.holds else self.certificate.verdict
        promise = self.embedding.promise
        margin = promise.get("margin")
        shown = "" if margin is None else f", promise {margin:.2g}"
        if self.embedding.basis == "theorem":
            theorem = promise.get("theorem", self.embedding.construction)
            return f"by theorem ({theorem}{shown})" + _unless_certified(verdict)
        known = {"descent": "by descent", "chance": "by random draw"}
        other = f"basis not stated{shown}" if shown else "without a promise"
        return f"{known.get(str(self.embedding.basis), other)}, {verdict}"


def _unless_certified(verdict: str) -> str:
    return "" if verdict == "certified" else f", {verdict}"
