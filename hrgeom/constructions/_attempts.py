"""Attempts: constructions that are built and certified one after another, until one holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from hrgeom.checker import certify
from hrgeom.constructions._asking import Promised
from hrgeom.constructions._construction import Construction
from hrgeom.constructions._promise import Promise
from hrgeom.constructions._result import Attempt, ConstructionResult
from hrgeom.constructions._sides import better_side
from hrgeom.constructions._twins import distinct
from hrgeom.core import DualEmbedding, Notion, Relevance, Target, as_relevance
from hrgeom.errors import ConstructionError, HrgeomError

__all__ = ["Attempts", "build"]

_SIZES = 3  # where nothing is promised: each asks for more dimensions than the one before


def build(
    construction: Construction,
    relevance: Relevance,
    *,
    report: Callable[[str], None] | None,
    threads: int | None,
    start: DualEmbedding | None = None,
    **options: Any,
) -> DualEmbedding:
    """Call a construction with as much of what is said here as it takes.

    What has a promise is built as it was promised: for one of each query and document, whose rows
    their twins share.
    """
    if construction.is_iterative:
        options |= {"report": report, "threads": threads}
    if construction.takes_start:
        options["start"] = start
    if construction.promise is None:
        return _named(construction.build(relevance, **options), construction)
    merged = distinct(relevance)
    built = _named(construction.build(merged.relevance, **options), construction)
    return merged.expanded(built, relevance)


def _named(embedding: DualEmbedding, construction: Construction) -> DualEmbedding:
    """Return an embedding that names its construction, as those of plug-ins need not."""
    is_named = embedding.construction != "given"
    return embedding if is_named else replace(embedding, construction=construction.name)


class Attempts:
    """What has been tried for one target, and the certificates that decide.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        For whatever is drawn at random.
    notion : {"global", "row"} or None
        What to certify; None: the notion of the embedding.
    report : callable or None
        Called with a line of text for every attempt.
    checking : dict
        Keywords of `certify`.
    """

    def __init__(
        self,
        target: Target,
        *,
        dtype: str,
        seed: int,
        notion: Notion | None,
        report: Callable[[str], None] | None,
        checking: dict[str, Any],
    ) -> None:
        self._side = better_side(as_relevance(target), seed, notion)
        self._target = target
        self._dtype, self._seed = dtype, seed
        self._notion: Notion | None = notion
        self._report = report
        self._checking = checking
        self._tried: list[Attempt] = []
        if self._side.reason:
            self.say(self._side.reason)

    @property
    def relevance(self) -> Relevance:
        """What vectors are built for: of the target, or its transpose."""
        return self._side.relevance

    def say(self, line: str) -> None:
        """Report a line of text, if anybody listens."""
        if self._report:
            self._report(line)

    def first(
        self, ranked: Iterable[Promised], dim: int | None, **options: Any
    ) -> ConstructionResult | None:
        """Return the first of some constructions whose certificate holds, None if none does."""
        for construction, promise in ranked:
            for size in _sizes(promise, dim):
                result = self.one(construction, size, promise, **options)
                if result is not None:
                    return result
        return None

    def one(
        self, construction: Construction, dim: int | None, promise: Promise | None, **options: Any
    ) -> ConstructionResult | None:
        """Return what one construction gives, None if it is refused or does not hold."""
        certificate = None
        asked = dim if dim is not None or promise is None else promise.dim
        assert asked is not None  # what promises nothing is given a budget
        self.say(f"building {construction.name}, d = {asked}")
        try:
            embedding = build(
                construction,
                self.relevance,
                dim=dim,
                dtype=self._dtype,
                seed=self._seed,
                report=self._report,
                threads=self._checking["threads"],
                **construction.accepted(**options),
            )
        except HrgeomError as error:
            outcome = str(error)
        else:
            embedding = self._side.restored(embedding).made_for(self._target)
            embedding = replace(embedding, basis=construction.basis(promise))
            certificate = certify(embedding, self._target, notion=self._notion, **self._checking)
            outcome = certificate.verdict
        margin = None if promise is None else promise.margin
        self._tried.append(Attempt(construction.name, asked, margin, outcome))
        self.say(f"tried {construction.name}, d = {asked}: {outcome}")
        if certificate is None or not certificate.holds:
            return None
        return ConstructionResult(embedding, certificate, tuple(self._tried), self._target)

    def failure(self, dim: int | None, fewest: Sequence[Promised] = ()) -> ConstructionError:
        """Return the error that nothing holds; its message says what was tried.

        `fewest` is what needs more than the budget: the first is named.
        """
        needed = ""
        if dim is not None and fewest and (least := fewest[0][1].dim) > dim:
            needed = f"; the least that a construction promises is {least}, by {fewest[0][0].name}"
        attempts = "; ".join(f"{a.method} at d = {a.dim}: {a.outcome}" for a in self._tried)
        return ConstructionError(
            f"some construction must hold in {self._dtype}"
            + (f" within {dim} dimension{'s' * (dim != 1)}" if dim else "")
            + f": tried {attempts or 'none that applies'}{needed}"
        )


def _sizes(promise: Promise, dim: int | None) -> list[int | None]:
    """The dimensions to ask for: none by default, or more each time where nothing is promised."""
    if dim is not None:
        return [promise.dim]
    if promise.margin is not None:
        return [None]
    return [promise.dim + i * promise.dim // 4 for i in range(_SIZES)]
