"""The checker: every (query, document) pair, with a proven rounding bound. It knows no
construction; its word depends on the stored numbers and the relevance alone."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._kernels import get_kernel
from hrgeom._kernels.interface import Bounds, Kernel, Level, Rows, Tally
from hrgeom._version import __version__
from hrgeom.certificate import Certificate, Verdict, Witness
from hrgeom.embedding import DualEmbedding, Notion
from hrgeom.errors import ShapeError
from hrgeom.hierarchy import Hierarchy
from hrgeom.relevance import Relevance
from hrgeom.rounding import RoundingBounds, overflows_float32, rounding_bounds

__all__ = ["certify", "check_fit", "default_threads"]

Progress = Callable[[int, int], None]
_MEMORY = 2**28
_SHORTEST = 1e-140  # shorter rows have lengths that underflow spoils


def certify(
    embedding: DualEmbedding,
    against: Hierarchy | Relevance,
    *,
    notion: Notion | None = None,
    kernel: str | None = None,
    threads: int | None = None,
    memory: int = _MEMORY,
    exact: bool = True,
    progress: Progress | None = None,
) -> Certificate:
    """Return the certificate of an embedding over all its pairs.

    Parameters
    ----------
    embedding : DualEmbedding
        Anybody's; row i of its queries and documents are number i of `against`.
    against : Hierarchy or Relevance
        Who matches what.
    notion : {"global", "row"}, optional
        Default: the embedding's own. Global without a threshold: one in the middle between the
        worst match and the best non-match is used, and stated.
    kernel : {"numpy", "serial", "avx2", "avx512"}, optional
        Default: HRGEOM_KERNEL, or else the fastest here. Verdict and counts do not depend on it.
    threads : int, optional
        Default: the processors this process may use.
    memory : int
        Bytes that blocks of scores may take, roughly; the full score matrix never exists.
    exact : bool
        Decide pairs inside the rounding bound in exact arithmetic. False: leave them undecided,
        which asks whether float64 alone can tell.
    progress : callable, optional
        Called with (queries done, queries in all).

    Returns
    -------
    certificate : Certificate

    Raises
    ------
    ShapeError
        If the embedding does not fit the relevance, or scores could overflow float64.

    Notes
    -----
    Rounding: `hrgeom.rounding` states and proves the bound. Exact arithmetic: a wide fixed-point
    accumulator in C, fractions in the NumPy kernel.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[-1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, -0.5]], threshold=0.0)
    >>> certify(e, h).verdict
    'holds'
    """
    relevance = against.relevance if isinstance(against, Hierarchy) else against
    check_fit(embedding, relevance)
    started = time.perf_counter()
    check = _Check(
        embedding,
        relevance,
        notion or embedding.notion,
        get_kernel(kernel),
        threads or default_threads(),
        memory,
        exact,
        progress or (lambda done, total: None),
    )
    outcome = check.run()
    return _certificate(check, outcome, against, time.perf_counter() - started)


def default_threads() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_fit(embedding: DualEmbedding, relevance: Relevance) -> None:
    """Raise ShapeError unless rows and labels of the embedding are those of the relevance."""
    for what, mine, theirs in (
        ("queries", embedding.query_labels, relevance.query_labels),
        ("documents", embedding.document_labels, relevance.document_labels),
    ):
        if len(mine) != len(theirs):
            raise ShapeError(
                f"the embedding must have one row per node: got {len(mine)} {what} "
                f"for {len(theirs)}"
            )
        # An embedding without labels of its own has numbers for labels: rows count.
        if mine != theirs and mine != tuple(map(str, range(len(mine)))):
            row = next(i for i, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b)
            raise ShapeError(
                f"rows of the embedding must be in the order of the hierarchy: got {what} "
                f"{mine[row]!r} at row {row}, expected {theirs[row]!r}"
            )


@dataclass(frozen=True)
class _Outcome:
    threshold: float | None
    worst: Tally
    best: Tally


class _Check:
    """One run: arrays in the type the kernel works in, bounds, and the two passes."""

    def __init__(
        self,
        embedding: DualEmbedding,
        relevance: Relevance,
        notion: Notion,
        kernel: Kernel,
        threads: int,
        memory: int,
        exact: bool,
        progress: Progress,
    ) -> None:
        self.embedding = embedding
        self.relevance = relevance
        self.notion = notion
        self.kernel = kernel
        self.threads = threads
        self.exact = exact
        self.progress = progress
        queries, documents = embedding.values()
        if queries.dtype == np.float32 and overflows_float32(queries, documents):
            queries, documents = queries.astype(np.float64), documents.astype(np.float64)
        self.queries, self.documents = queries, documents
        self.bounds: RoundingBounds = rounding_bounds(queries, documents)
        self._packed = kernel.pack(documents)
        self._block = kernel.block_rows(len(documents), embedding.dim, memory // threads)

    def run(self) -> _Outcome:
        if self.notion == "row":
            worst = self._pass(self.kernel.matches, self._level(0.0, ranking=True))
            level = Level(worst.extreme_score, worst.extreme_document)
            return _Outcome(None, worst, self._pass(self.kernel.sweep, level, report=True))
        threshold = self.embedding.threshold
        if threshold is not None:
            return self._against(threshold, report=True)
        return self._with_best_threshold()

    def _against(self, threshold: float, *, report: bool = False) -> _Outcome:
        level = self._level(threshold)
        worst = self._pass(self.kernel.matches, level)
        return _Outcome(threshold, worst, self._pass(self.kernel.sweep, level, report=report))

    def _with_best_threshold(self) -> _Outcome:
        """Take the middle between the worst match and the best non-match of all queries.

        A first look against no level finds both. Where the middle separates them by more than
        rounding, that look already shows that no pair violates; otherwise a second one counts.
        """
        worst = self._pass(self.kernel.matches, self._level(-np.inf))
        best = self._pass(self.kernel.sweep, self._level(np.inf), report=True)
        low, high = float(worst.extreme_score.min()), float(best.extreme_score.max())
        if np.isinf(low) or np.isinf(high):  # nothing matches, or everything does
            middle = high + 1.0 if np.isinf(low) else low - 1.0
        else:
            middle = low / 2 + high / 2
        bound = self.bounds.score
        if np.all(worst.extreme_score - middle > bound) and np.all(
            middle - best.extreme_score > bound
        ):
            return _Outcome(middle, worst, best)
        return self._against(middle, report=True)

    def _level(self, value: float, *, ranking: bool = False) -> Level:
        n = len(self.queries)
        return Level(np.full(n, value), np.full(n, 0 if ranking else -1, dtype=np.int32))

    def _pass(self, function: Callable[..., Tally], level: Level, *, report: bool = False) -> Tally:
        n, m = len(self.queries), len(self.documents)
        indptr, indices = self.relevance.indptr, self.relevance.indices

        def block(start: int) -> tuple[int, Tally]:
            stop = min(start + self._block, n)
            rows = Rows(
                self.queries[start:stop],
                indptr[start : stop + 1] - indptr[start],
                indices[indptr[start] : indptr[stop]],
            )
            tally = function(
                self._packed,
                m,
                rows,
                Level(level.value[start:stop], level.document[start:stop]),
                Bounds(self.bounds.filter[start:stop], self.bounds.score[start:stop], self.exact),
            )
            return stop, tally

        total = Tally.empty(n)
        start = 0
        for stop, tally in self._in_threads(block, range(0, n, self._block)):
            for name in Tally.__dataclass_fields__:
                getattr(total, name)[start:stop] = getattr(tally, name)
            start = stop
            if report:
                self.progress(stop, n)
        return total

    def _in_threads(
        self, work: Callable[[int], tuple[int, Tally]], starts: range
    ) -> Iterator[tuple[int, Tally]]:
        """Blocks in order; kernels release the GIL. One thread works in this very thread."""
        if self.threads == 1:
            yield from map(work, starts)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                yield from pool.map(work, starts)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def _certificate(
    check: _Check, outcome: _Outcome, against: Hierarchy | Relevance, seconds: float
) -> Certificate:
    worst, best = outcome.worst, outcome.best
    wrong = worst.n_violations + best.n_violations
    n_undecided = int((worst.n_undecided + best.n_undecided).sum())
    verdict: Verdict = "holds"
    if wrong.any():
        verdict = "fails"
    elif n_undecided:
        verdict = "undecided"
    margin = _raw_margin(check, outcome)
    if verdict == "holds" and margin is not None:
        # Proved positive; where exact arithmetic was needed the bound may not show it.
        margin = max(margin, 0.0)
    relevance = check.relevance
    n, m = relevance.n_queries, relevance.n_documents
    worst_match, best_other = _witnesses(check, outcome)
    digests = dict(check.embedding.sha256)
    digests["relevance"] = _relevance_digest(relevance)
    if isinstance(against, Hierarchy):
        digests["hierarchy"] = against.sha256
    return Certificate(
        verdict=verdict,
        notion=check.notion,
        threshold=outcome.threshold,
        n_queries=n,
        n_documents=m,
        dim=check.embedding.dim,
        dtype=str(check.embedding.dtype),
        n_pairs=n * m,
        n_matches=relevance.n_pairs,
        n_violations=int(wrong.sum()),
        n_violating_queries=int(np.count_nonzero(wrong)),
        n_undecided=n_undecided,
        n_exact_rechecks=int((worst.n_exact + best.n_exact).sum()),
        margin_lower_bound=margin,
        normalised_margin_lower_bound=_normalised_margin(check, outcome),
        rounding_bound=float(check.bounds.score.max()),
        arithmetic="integer" if check.bounds.is_exact else "float-with-bound",
        worst_match=worst_match,
        best_other=best_other,
        kernel=check.kernel.name,
        threads=check.threads,
        seconds=seconds,
        sha256=digests,
        version=__version__,
    )


def _raw_margin(check: _Check, outcome: _Outcome) -> float | None:
    worst, best, bound = outcome.worst.extreme_score, outcome.best.extreme_score, check.bounds.score
    if check.notion == "row":
        gap = (worst - best) / 2 - bound
    else:
        assert outcome.threshold is not None
        gap = np.minimum(worst - outcome.threshold, outcome.threshold - best) - bound
    query = int(gap.argmin())
    if not np.isfinite(gap[query]):  # no query has both a match and a non-match
        return None
    if not check.bounds.is_exact:
        return _down(float(gap[query]))
    # The scores are exact, only differences rounded: take the least of what ties up to that.
    near = gap <= gap[query] + abs(gap[query]) * 1e-15
    ties = np.unique(np.column_stack((worst[near], best[near])), axis=0).tolist()
    return min(_exact_gap(low, high, outcome.threshold) for low, high in ties)


def _exact_gap(worst: float, best: float, threshold: float | None) -> float:
    """Half the gap, or the lesser distance from the threshold, rounded down."""
    if threshold is None:
        gap = (Fraction(worst) - Fraction(best)) / 2
    else:
        above = [Fraction(worst) - Fraction(threshold)] if np.isfinite(worst) else []
        below = [Fraction(threshold) - Fraction(best)] if np.isfinite(best) else []
        gap = min(above + below)
    rounded = float(gap)
    return rounded if Fraction(rounded) <= gap else float(np.nextafter(rounded, -np.inf))


def _normalised_margin(check: _Check, outcome: _Outcome) -> float | None:
    """A lower bound on half the gap after scaling rows to unit length.

    A document's score divided by its length lies between its quotients by the least and the
    largest length, so worst and best per query bound what they become.
    """
    worst = outcome.worst.extreme_score - check.bounds.score
    best = outcome.best.extreme_score + check.bounds.score
    short, long = _length_range(check.documents)
    lengths = _lengths(check.queries)
    if min(short, float(lengths.min())) < _SHORTEST:
        return None
    low = np.minimum(worst / short, worst / long) / lengths
    high = np.maximum(best / short, best / long) / lengths
    if check.notion == "row":
        margin = float((low - high).min()) / 2
    else:
        margin = float(low.min() - high.max()) / 2
        if outcome.threshold == 0:  # zero stays the threshold, whatever the lengths
            kept = float((np.minimum(worst, -best) / (long * lengths)).min())
            margin = max(margin, kept) if np.isfinite(margin) else kept
    return _down(margin) if 0 < margin < np.inf else None


def _down(value: float) -> float:
    """A little less, by more than the few roundings since the kernel's numbers."""
    return value - abs(value) * 1e-12


def _lengths(rows: NDArray[Any]) -> NDArray[np.float64]:
    blocks = (rows[i : i + 4096].astype(np.float64) for i in range(0, len(rows), 4096))
    return np.concatenate([np.linalg.norm(block, axis=1) for block in blocks])


def _length_range(rows: NDArray[Any]) -> tuple[float, float]:
    lengths = _lengths(rows)
    return float(lengths.min()) * (1 - 1e-12), float(lengths.max()) * (1 + 1e-12)


def _witnesses(check: _Check, outcome: _Outcome) -> tuple[Witness | None, Witness | None]:
    worst, best = outcome.worst, outcome.best
    if check.notion == "row":
        both = (worst.extreme_document >= 0) & (best.extreme_document >= 0)
        if not both.any():
            return None, None
        gap = np.where(both, worst.extreme_score - best.extreme_score, np.inf)
        query = _lowest(gap, best.n_violations)
        match = _exact_score(check, query, int(worst.extreme_document[query]))
        other = _exact_score(check, query, int(best.extreme_document[query]))
        return (
            _witness(
                check, query, int(worst.extreme_document[query]), match, other, match <= other
            ),
            _witness(check, query, int(best.extreme_document[query]), other, match, other >= match),
        )
    assert outcome.threshold is not None
    level = Fraction(outcome.threshold)
    found: list[Witness | None] = []
    for tally, query in (
        (worst, _lowest(worst.extreme_score, worst.n_violations)),
        (best, _lowest(-best.extreme_score, best.n_violations)),
    ):
        document = int(tally.extreme_document[query])
        if document < 0:
            found.append(None)
            continue
        score = _exact_score(check, query, document)
        violates = score <= level if tally is worst else score >= level
        found.append(_witness(check, query, document, score, level, violates))
    return found[0], found[1]


def _lowest(values: NDArray[np.float64], n_violations: NDArray[np.int64]) -> int:
    """Return the query with the lowest value, among those with violations if there are any."""
    wrong = n_violations > 0
    return int(np.where(wrong, values, np.inf).argmin() if wrong.any() else values.argmin())


def _exact_score(check: _Check, query: int, document: int) -> Fraction:
    pairs = zip(check.queries[query].tolist(), check.documents[document].tolist(), strict=True)
    return sum((Fraction(a) * Fraction(b) for a, b in pairs), start=Fraction(0))


def _witness(
    check: _Check, query: int, document: int, score: Fraction, level: Fraction, violates: bool
) -> Witness:
    return Witness(
        query=check.relevance.query_labels[query],
        document=check.relevance.document_labels[document],
        score=float(score),
        level=float(level),
        violates=violates,
    )


def _relevance_digest(relevance: Relevance) -> str:
    digest = hashlib.sha256(f"{relevance.n_queries} {relevance.n_documents}\n".encode())
    digest.update(np.ascontiguousarray(relevance.indptr, dtype="<i8").data)
    digest.update(np.ascontiguousarray(relevance.indices, dtype="<i4").data)
    return digest.hexdigest()
