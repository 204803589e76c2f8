"""The contract of kernels: what `certify` relies on, checked against exact fractions."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import RoundingBounds, rounding_bounds
from hrgeom.checker.kernels import Bounds, Kernel, KernelEntry, Level, Rows, Tally, get_kernel
from hrgeom.core import Relevance

__all__ = ["check_kernel"]

_SIZES = ((1, 1, 1), (3, 64, 2), (5, 17, 9), (13, 33, 5))  # around tiles and panels

_ALL = slice(None)


def check_kernel(
    kernel: KernelEntry | Kernel, *, seed: int = 0, ties: Literal["lowest", "any"] = "lowest"
) -> None:
    """Check that a kernel keeps the contract of `hrgeom.checker.kernels.Kernel`.

    Parameters
    ----------
    kernel : KernelEntry or Kernel
        An entry must be available on this machine; its fields are checked, too.
    seed : int
        Seed of the random problems.
    ties : {"lowest", "any"}
        Which of the documents of one extreme score must be named where nothing rounds: that of
        the lowest number, or, of a kernel with a filter around it, any.

    Raises
    ------
    AssertionError
        With the problem, the pass and the query where the kernel breaks the contract.

    Notes
    -----
    Random problems in float32 and float64: whole numbers (as int8 has), ties and near ties by an
    ulp, sums that cancel, queries that match nothing and everything, sizes around the widths of
    vector registers. On each of them

    - counts of violations are those of exact fractions, for a number and for the worst match as
      level; without exact arithmetic they and the undecided pairs enclose them;
    - extreme scores and documents are within the rounding bounds of the exact ones, and equal to
      those of the NumPy kernel where nothing rounds (documents: as `ties` says); the worst match
      of the row notion is exact;
    - blocks of queries give what all queries give, and so does a kernel that went through pickle;
    - inputs are not written, and documents that do not exist are refused.

    Examples
    --------
    >>> check_kernel(get_kernel("numpy"))
    """
    if isinstance(kernel, KernelEntry):
        _check_entry(kernel)
        kernel = kernel.make()
    _check_block_rows(kernel)
    for problem in _problems(seed):
        for run in _runs(kernel, problem):
            run.check(ties)
        _check_blocks(kernel, problem)
        _check_pickled(kernel, problem)
        _check_refusals(kernel, problem)


def _require(holds: object, message: str) -> None:
    """Raise AssertionError, with or without python -O."""
    if not holds:
        raise AssertionError(message)


def _frozen(values: NDArray[Any]) -> NDArray[Any]:
    values.flags.writeable = False
    return values


def _with_frozen(packed: Any) -> Any:
    """Return what was packed, all arrays in it closed to writing."""
    if isinstance(packed, np.ndarray):
        return _frozen(packed)
    for value in vars(packed).values() if hasattr(packed, "__dict__") else ():
        _with_frozen(value)
    return packed


@dataclass(frozen=True, eq=False)
class _Problem:
    """Queries, documents and who matches whom, with the exact scores."""

    label: str
    queries: NDArray[Any]
    documents: NDArray[Any]
    relevance: Relevance

    @cached_property
    def scores(self) -> list[list[Fraction]]:
        documents = [list(map(Fraction, x)) for x in self.documents.tolist()]
        return [
            [sum((a * b for a, b in zip(q, x, strict=True)), Fraction(0)) for x in documents]
            for q in (list(map(Fraction, row)) for row in self.queries.tolist())
        ]

    @cached_property
    def rounding(self) -> RoundingBounds:
        return rounding_bounds(self.queries, self.documents)

    def rows(self, at: slice = _ALL) -> Rows:
        numbers = range(*at.indices(len(self.queries)))
        part = Relevance.from_sets(
            [self.relevance.matches(q).tolist() for q in numbers], len(self.documents)
        )
        return Rows(_frozen(self.queries[at].copy()), part.indptr, part.indices)

    def bounds(self, *, exact: bool = True) -> Bounds:
        return Bounds(_frozen(self.rounding.filter), _frozen(self.rounding.score), exact)

    def call(
        self, kernel: Kernel, which: str, level: Level, at: slice = _ALL, **how: bool
    ) -> Tally:
        """Run a pass of a kernel over a range of the queries."""
        packed = _with_frozen(kernel.pack(self.documents, self.documents.dtype))
        run = kernel.matches if which == "matches" else kernel.sweep
        bounds = self.bounds(**how).part(at)
        return run(packed, len(self.documents), self.rows(at), level.part(at), bounds)


@dataclass(frozen=True, eq=False)
class _Run:
    """One pass over one problem against one level, with and without exact arithmetic."""

    kernel: Kernel
    problem: _Problem
    which: str
    level: Level

    def check(self, ties: str) -> None:
        exact = self.problem.call(self.kernel, self.which, self.level)
        floats = self.problem.call(self.kernel, self.which, self.level, exact=False)
        twin = self.problem.call(get_kernel("numpy"), self.which, self.level)
        for q, scores in enumerate(self.problem.scores):
            matches = set(self.problem.relevance.matches(q).tolist())
            mine = matches if self.which == "matches" else set(range(len(scores))) - matches
            self._check_counts(q, {v: scores[v] for v in mine}, exact, floats)
            self._check_extreme(q, {v: scores[v] for v in mine}, exact, twin, ties)

    def _say(self, q: int, what: str, wanted: object, found: object) -> str:
        return (
            f"{self.kernel.name}: {self.which} must give {what} {wanted}: got {found} for query "
            f"{q} of {self.problem.label}"
        )

    def _check_counts(
        self, q: int, scores: dict[int, Fraction], exact: Tally, floats: Tally
    ) -> None:
        count = self._n_violations(q, scores)
        found = int(exact.n_violations[q])
        _require(found == count, self._say(q, "n_violations", count, found))
        _require(exact.n_undecided[q] == 0, self._say(q, "n_undecided", 0, exact.n_undecided[q]))
        _require(floats.n_exact[q] == 0, self._say(q, "n_exact", 0, floats.n_exact[q]))
        low = int(floats.n_violations[q])
        high = low + int(floats.n_undecided[q])
        _require(low <= count <= high, self._say(q, "bounds on", count, (low, high)))

    def _n_violations(self, q: int, scores: dict[int, Fraction]) -> int:
        """Return the exact number of pairs on the wrong side; fractions compare with infinity."""
        document, value = int(self.level.document[q]), float(self.level.value[q])
        if self.which == "matches":
            # the level of the row notion is what this pass looks for
            return 0 if document >= 0 else sum(s <= value for s in scores.values())
        limit = self.problem.scores[q][document] if document >= 0 else value
        return sum(s >= limit for s in scores.values())

    def _check_extreme(
        self, q: int, scores: dict[int, Fraction], tally: Tally, twin: Tally, ties: str
    ) -> None:
        found = float(tally.extreme_score[q]), int(tally.extreme_document[q])
        score, document = found
        is_match = self.which == "matches"
        if not scores:
            nothing = (np.inf if is_match else -np.inf, -1)
            _require(found == nothing, self._say(q, "extreme", nothing, found))
            return
        _require(document in scores, self._say(q, "a document of", sorted(scores), document))
        best = min(scores.values()) if is_match else max(scores.values())
        bound = Fraction(float(self.problem.rounding.score[q]))
        # The score is the document's own, up to its rounding ...
        own = scores[document]
        _require(abs(Fraction(score) - own) <= bound, self._say(q, "score", float(own), score))
        # ... and two scores so rounded may change places where they differ by two bounds.
        slack = 0 if is_match and self.level.document[q] >= 0 else 2 * bound
        _require(abs(own - best) <= slack, self._say(q, "extreme near", float(best), score))
        if self.problem.rounding.is_exact:
            named = int(twin.extreme_document[q]) if ties == "lowest" else document
            theirs = float(twin.extreme_score[q]), named
            _require(found == theirs, self._say(q, "extreme", theirs, found))


def _runs(kernel: Kernel, problem: _Problem) -> Iterator[_Run]:
    """Yield the passes of both notions, against numbers that scores equal, meet nearly or not."""
    n = len(problem.queries)
    first = float(problem.scores[0][0])
    for value in (0.0, first, float(np.nextafter(first, np.inf)), -0.75):
        for which in ("matches", "sweep"):
            yield _Run(kernel, problem, which, _number(n, value))
    yield _Run(kernel, problem, "matches", _number(n, -np.inf))
    yield _Run(kernel, problem, "sweep", _number(n, np.inf))
    any_document = Level(_frozen(np.zeros(n)), _frozen(np.zeros(n, dtype=np.int32)))
    yield _Run(kernel, problem, "matches", any_document)
    worst = problem.call(kernel, "matches", any_document)
    yield _Run(kernel, problem, "sweep", Level(worst.extreme_score, worst.extreme_document))


def _number(n: int, value: float) -> Level:
    """Return one number as level of all queries."""
    return Level(_frozen(np.full(n, value)), _frozen(np.full(n, -1, dtype=np.int32)))


def _problems(seed: int) -> Iterator[_Problem]:
    """Yield problems of every kind, size and type, reproducibly."""
    rng = np.random.default_rng(seed)
    for dtype in (np.float32, np.float64):
        for n, m, d in _SIZES:
            sets = [rng.choice(m, rng.integers(0, m + 1), replace=False).tolist() for _ in range(n)]
            sets[-1], sets[0] = range(m), range(0, m, 2)
            if n > 2:
                sets[1] = []
            relevance = Relevance.from_sets(sets, m)
            for kind, make in _KINDS.items():
                queries, documents = make(rng, n, d).astype(dtype), make(rng, m, d).astype(dtype)
                label = f"{kind} in {np.dtype(dtype)}, sizes {(n, m, d)}"
                yield _Problem(label, _frozen(queries), _frozen(documents), relevance)
    # 2^53 + 1 - 2^53 is 1, and 0 in float64: the count depends on exact arithmetic
    document = np.array([[2.0**53, 1.0, -(2.0**53)]])
    relevance = Relevance.from_sets([[], [0]], 1)
    yield _Problem("a sum that cancels", _frozen(np.ones((2, 3))), _frozen(document), relevance)


def _whole(rng: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    return rng.integers(-3, 4, (n, d)).astype(np.float64)


def _tied(rng: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    """Few distinct rows, none of which floats hold exactly: they tie, and their scores round."""
    return (rng.integers(-3, 4, (3, d)) / 3)[rng.integers(0, 3, n)]


def _nearly_tied(rng: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    """Tied rows with entries moved by an ulp of float32."""
    rows = _tied(rng, n, d)
    return np.where(rng.random((n, d)) < 0.3, rows * (1 + 2.0**-23), rows)


def _normal(rng: np.random.Generator, n: int, d: int) -> NDArray[np.float64]:
    return rng.standard_normal((n, d))


_KINDS = {
    "whole numbers": _whole,
    "ties": _tied,
    "near ties": _nearly_tied,
    "normal numbers": _normal,
}


def _check_entry(entry: KernelEntry) -> None:
    """Check the fields that lists of kernels show."""
    _require(
        entry.name.isidentifier(), f"a kernel's name must be an identifier: got {entry.name!r}"
    )
    _require(
        entry.summary.strip() and "\n" not in entry.summary,
        f"{entry.name}: summary must be one line: got {entry.summary!r}",
    )
    _require(entry.is_available(), f"{entry.name} must be available on this machine to be checked")
    name = entry.make().name
    _require(name == entry.name, f"{entry.name}: the kernel must have this name: got {name!r}")


def _check_block_rows(kernel: Kernel) -> None:
    sizes = [kernel.block_rows(1000, 8, memory) for memory in (0, 10**5, 10**9)]
    _require(
        sizes[0] >= 1 and sizes == sorted(sizes),
        f"{kernel.name}: block_rows must be at least 1 and grow with memory: got {sizes}",
    )


def _check_blocks(kernel: Kernel, problem: _Problem) -> None:
    """Check that blocks of queries give what all of them give at once."""
    level = _number(len(problem.queries), 0.0)
    for which in ("matches", "sweep"):
        whole = problem.call(kernel, which, level)
        parts = Tally.empty(len(problem.queries))
        for start in range(0, len(problem.queries), 2):
            at = slice(start, min(start + 2, len(problem.queries)))
            parts.put(start, problem.call(kernel, which, level, at))
        same = ["n_violations"]
        if problem.rounding.is_exact:  # else sums may depend on the block, within the bound
            same = [one.name for one in fields(Tally)]
        _require_equal(kernel, f"{which} of blocks of {problem.label}", same, whole, parts)


def _check_pickled(kernel: Kernel, problem: _Problem) -> None:
    """Check that a kernel works the same in another process, as far as pickle goes."""
    copy: Kernel = pickle.loads(pickle.dumps(kernel))
    level = _number(len(problem.queries), 0.0)
    names = [one.name for one in fields(Tally)]
    mine, theirs = (problem.call(one, "sweep", level) for one in (kernel, copy))
    _require_equal(kernel, f"sweep of {problem.label} after pickling", names, mine, theirs)


def _require_equal(
    kernel: Kernel, what: str, names: list[str], wanted: Tally, found: Tally
) -> None:
    for name in names:
        one, other = getattr(wanted, name), getattr(found, name)
        _require(
            np.array_equal(one, other),
            f"{kernel.name}: {what} must give {name} {one.tolist()}: got {other.tolist()}",
        )


def _check_refusals(kernel: Kernel, problem: _Problem) -> None:
    """Check that a match beyond the last document is an error, not memory read at random."""
    m = len(problem.documents)
    packed = kernel.pack(problem.documents, problem.documents.dtype)
    outside = Rows(problem.queries[:1], np.array([0, 1]), np.array([10**6 + m], dtype=np.int32))
    level, bounds = _number(1, 0.0), problem.bounds().part(slice(1))
    for which, run in (("matches", kernel.matches), ("sweep", kernel.sweep)):
        try:
            run(packed, m, outside, level, bounds)
        except (IndexError, ValueError):
            continue
        raise AssertionError(
            f"{kernel.name}: {which} must refuse document {10**6 + m} of {m} with IndexError or "
            "ValueError: got a result"
        )
