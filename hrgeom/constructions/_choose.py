"""The automatic choice: a theorem's promise where it is enough, descent where it is not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hrgeom.constructions._asking import DEFAULT_MARGIN, Asking, Promised
from hrgeom.constructions._attempts import Attempts
from hrgeom.constructions._construction import EFFORT, Construction
from hrgeom.constructions._registry import all_constructions
from hrgeom.constructions._result import ConstructionResult
from hrgeom.errors import ConstructionError

__all__ = ["Wish", "choose", "out_of_reach"]


@dataclass(frozen=True)
class Wish:
    """What is asked of the automatic choice, as `construct` describes it.

    Attributes
    ----------
    dim : int or None
        Budget of dimensions.
    margin : float or None
        The normalized margin wanted.
    proved, fewest : bool
        Only what a theorem promises; the fewest dimensions whose certificate holds.
    options : dict
        Those of `AUTO_OPTIONS` that were given, and the notion if one was.
    """

    dim: int | None = None
    margin: float | None = None
    proved: bool = False
    fewest: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.margin is not None and not 0 < self.margin < float("inf"):
            raise ConstructionError(f"margin must be a finite number above 0: got {self.margin}")
        if self.fewest and not (self.dim is None and self.margin is None):
            raise ConstructionError(
                "fewest must come without a margin or a budget of dimensions or bytes"
            )

    @property
    def effort(self) -> float:
        """How long constructions search."""
        effort: float = self.options.get(EFFORT.name, EFFORT.default)
        return effort


def choose(attempts: Attempts, wish: Wish, *, dtype: str, seed: int) -> ConstructionResult:
    """Return the vectors of the construction that a wish leads to; their certificate holds.

    Raises
    ------
    ConstructionError
        If nothing holds, or no theorem promises a margin that is asked for without a budget; the
        message says what was tried.
    """
    asking = Asking(
        attempts.relevance, dtype, seed, wish.effort, proved=wish.proved, report=attempts.say
    )
    return _Choice(attempts, wish, asking).result()


@dataclass(frozen=True)
class _Choice:
    attempts: Attempts
    wish: Wish
    asking: Asking

    @property
    def theorems(self) -> Asking:
        """Those whose promise is a theorem, asked the same."""
        return replace(self.asking, proved=True)

    def result(self) -> ConstructionResult:
        """Return what the wish leads to."""
        if self.wish.fewest:
            return self._fewest()
        if self.wish.dim is not None:
            return self._within(self.wish.dim)
        if self.wish.margin is not None:
            return self._of_margin(self.wish.margin)
        return self._default()

    def _first(self, ranked: list[Promised], dim: int | None) -> ConstructionResult | None:
        return self.attempts.first(ranked, dim, effort=self.wish.effort)

    def _fewest(self) -> ConstructionResult:
        result = self._first(self.asking.within(None), None)
        if result is None:
            raise self.attempts.failure(None)
        return result

    def _default(self) -> ConstructionResult:
        dim = self.theorems.default_dim()
        if dim is None:
            self.attempts.say(
                f"no theorem promises a margin in {self.asking.dtype}: the fewest dimensions whose "
                "certificate holds"
            )
            return self._fewest()
        ranked = self.theorems.within(dim)
        promised = ranked[0][1].margin or 0.0
        if promised < DEFAULT_MARGIN:
            self.attempts.say(
                f"no theorem promises a margin of {DEFAULT_MARGIN:g} in {self.asking.dtype} "
                f"within {self.theorems.most_dims:,} dimensions and a gibibyte: the largest that "
                f"one does, {promised:.2g} at d = {dim}"
            )
        result = self._first(ranked, dim)
        if result is None:  # a promise that was not kept
            return self._fewest()
        self._say_what_descent_adds(result.embedding.dim)
        return result

    def _of_margin(self, margin: float) -> ConstructionResult:
        dim = self.theorems.least_dim(margin)
        if dim is None:
            raise ConstructionError(out_of_reach(self.theorems, margin))
        result = self._first(self.theorems.within(dim), dim)
        if result is None:
            raise self.attempts.failure(dim)
        return result

    def _within(self, dim: int) -> ConstructionResult:
        wanted = DEFAULT_MARGIN if self.wish.margin is None else self.wish.margin
        ranked = self.asking.within(dim)
        best = next(iter(self.theorems.within(dim)), None)
        by_descent = None
        if not self.wish.proved and (best is None or (best[1].margin or 0.0) < wanted):
            by_descent = self._descent(dim, best, wanted)
            if by_descent is not None and _margin_of(by_descent) >= _promised(best):
                return self._told_if_short(by_descent)
        result = self._first(ranked, dim) or by_descent
        if result is None:
            raise self.attempts.failure(dim, self.asking.within(None))
        return self._told_if_short(result)

    def _descent(self, dim: int, best: Promised | None, wanted: float) -> ConstructionResult | None:
        """Return what descent gives, said beforehand with the reason; None if it does not hold."""
        reason = f"no theorem promises a margin within {dim} dimensions"
        if best is not None and best[1].margin:
            name, promise = best[0].name, best[1]
            reason = f"{name} promises {promise.margin:.2g} at d = {promise.dim}, below {wanted:g}"
        entry = _descent_entry()
        if entry is None:
            self.attempts.say(f"{reason}, and there is no construction named descent")
            return None
        self.attempts.say(f"{reason}: descent")
        result = self.attempts.one(entry, dim, None, **self.wish.options)
        if result is None:
            self.attempts.say("descent does not hold: constructions within the budget are tried")
        elif _margin_of(result) < _promised(best):
            self.attempts.say("descent has less margin than that: the construction is taken")
        return result

    def _told_if_short(self, result: ConstructionResult) -> ConstructionResult:
        margin = _margin_of(result)
        if self.wish.margin is not None and margin < self.wish.margin:
            self.attempts.say(f"the margin is {margin:.2g}, short of {self.wish.margin:g}")
        return result

    def _say_what_descent_adds(self, dim: int) -> None:
        if _descent_entry() is None:
            return
        fewer = min(64, 2 ** ((dim - 1).bit_length() - 1)) if dim > 16 else dim
        self.attempts.say(
            f"--method descent --dim {fewer} usually gives more margin in "
            f"{'fewer' if fewer < dim else 'as many'} dimensions, without a theorem"
        )


def out_of_reach(asking: Asking, margin: float) -> str:
    """Return the message that no theorem promises a margin; it names the largest promised."""
    largest = asking.largest()
    instead = "none promises any"
    if largest is not None:
        name, promise = largest[0].name, largest[1]
        instead = f"the largest is {promise.margin:.3g}, by {name} at d = {promise.dim}"
    return (
        f"a margin of {margin:g} must be promised in {asking.dtype} within {asking.most_dims:,} "
        f"dimensions: {instead}. `hrgeom bounds` says what no embedding exceeds; within a budget "
        "(dim, n_bytes) descent is tried"
    )


def _descent_entry() -> Construction | None:
    return next((entry for entry in all_constructions() if entry.name == "descent"), None)


def _margin_of(result: ConstructionResult) -> float:
    """The normalized margin certified; infinite where there is no gap to speak of."""
    assert result.certificate is not None  # the automatic choice always certifies
    if result.certificate.margin_lower_bound is None:
        return float("inf")
    return result.certificate.normalized_margin_lower_bound or 0.0


def _promised(best: Promised | None) -> float:
    return 0.0 if best is None else best[1].margin or 0.0
