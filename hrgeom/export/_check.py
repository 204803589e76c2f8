"""The check of an export: what the engine holds, and what it answers to the pasted query.

Two things are found out, each by itself:

- what the engine *holds* is read back and certified, every pair against S(q); then the rounding
  bound of float32 says whether any order of summation could turn a pair;
- what it *answers* is asked, for all queries or a sample, and compared with S(q) as sets.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import Certificate, certify, gamma, rounding_bounds
from hrgeom.core import DualEmbedding, ForestRelevance, Hierarchy, Relevance, as_relevance
from hrgeom.export._interface import Engine, ExportTarget, Handover
from hrgeom.export._units import Units
from hrgeom.io import Vectors
from hrgeom.metrics import sample as sampled

__all__ = ["Check", "Wrong", "check"]

_SHOWN = 3  # wrong queries that are kept


@dataclass(frozen=True)
class Wrong:
    """A query whose answer is not S(q).

    Attributes
    ----------
    query : str
        Its label.
    missed, more : tuple of str
        Documents of S(q) that are not retrieved, and documents retrieved that are not in S(q).
    """

    query: str
    missed: tuple[str, ...]
    more: tuple[str, ...]

    def __str__(self) -> str:
        parts = []
        if self.missed:
            parts.append(f"misses {', '.join(self.missed[:_SHOWN])}")
        if self.more:
            parts.append(f"also has {', '.join(self.more[:_SHOWN])}")
        return f"{self.query}: {'; '.join(parts)}"


@dataclass(frozen=True)
class Check:
    """What was found when an export was opened in its engine.

    Attributes
    ----------
    certificate : Certificate
        Of the numbers as the engine holds them, all pairs.
    n_changed : int
        Rows that are not the ones handed over.
    margin : float or None
        Least distance of a score from the threshold, in exact arithmetic; None if it fails.
    rounding : float or None
        What float32 may be off by, in whatever order it sums; None where the engine's arithmetic is
        not known.
    n_queries, n_asked : int
        Queries there are, and queries asked.
    n_exact : int
        Queries asked whose answer was exactly S(q).
    wrong : tuple of Wrong
        Some of the others.
    recall : tuple of float or None
        Share of the ancestors retrieved by distance; None where there is no hierarchy.
    largest_error : float
        The largest difference between what the engine returned and the exact score in its units.
    seconds : float
        Per query, the decoding of labels included.
    is_exact_engine : bool
        Whether an answer other than S(q) fails the export.
    has_leaves : bool
        Whether there are documents in the engine that only the query of the same label retrieves.
    """

    certificate: Certificate
    n_changed: int
    margin: float | None
    rounding: float | None
    n_queries: int
    n_asked: int
    n_exact: int
    wrong: tuple[Wrong, ...]
    recall: tuple[float, ...] | None
    largest_error: float
    seconds: float
    is_exact_engine: bool = True
    has_leaves: bool = False

    @property
    def holds(self) -> bool:
        """True if the numbers in the engine hold, and its answers where it looks at everything."""
        return self.certificate.holds and (self.n_exact == self.n_asked or not self.is_exact_engine)

    @property
    def is_undecided(self) -> bool:
        """True if queries that were not asked may have other answers: arithmetic decides."""
        return (
            self.holds
            and self.is_exact_engine
            and self.n_asked < self.n_queries
            and not self.is_order_free
        )

    @property
    def recommendation(self) -> str | None:
        """What to do about an approximate index; None where the engine looks at every document."""
        if self.is_exact_engine:
            return None
        instead = "a scan (--to faiss) or a walk (--to walk) misses nothing"
        if self.has_leaves:
            instead = f"leave out the leaves (--no-leaves); {instead}"
        if self.n_exact == self.n_asked:
            return f"the index is approximate: queries not asked may miss documents; {instead}"
        return f"the index is approximate: raise its settings (--set), or {instead}"

    @property
    def is_order_free(self) -> bool:
        """True if no order of summation in float32 can bring a score across the threshold."""
        return self.margin is not None and self.rounding is not None and self.margin > self.rounding

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "holds": self.holds,
            "undecided": self.is_undecided,
            "verdict": self.certificate.verdict,
            "n_pairs": self.certificate.n_pairs,
            "n_violations": self.certificate.n_violations,
            "n_changed": self.n_changed,
            "margin": self.margin,
            "rounding_bound": self.rounding,
            "order_free": self.is_order_free,
            "n_queries": self.n_queries,
            "n_asked": self.n_asked,
            "n_exact": self.n_exact,
            "wrong": [
                {"query": w.query, "missed": list(w.missed), "more": list(w.more)}
                for w in self.wrong
            ],
            "recommendation": self.recommendation,
            "recall_by_distance": None if self.recall is None else list(self.recall),
            "largest_error": self.largest_error,
            "milliseconds": self.seconds * 1e3,
        }

    def __str__(self) -> str:
        c = self.certificate
        which = "all" if self.n_asked == self.n_queries else f"{self.n_asked:,} sampled of"
        lines = [
            f"{self._word()}: {self.n_exact:,} of {self.n_asked:,} queries "
            f"retrieve exactly S(q) by the query as written ({which} {self.n_queries:,}; "
            f"{self.seconds * 1e3:.3g} ms each)",
            f"  as the engine holds them: {c.n_violations:,} of {c.n_pairs:,} pairs wrong"
            + (f", {self.n_changed:,} rows changed" if self.n_changed else ""),
            f"  {self._arithmetic()}",
        ]
        if self.recall is not None and self.n_exact < self.n_asked:
            shares = " ".join(f"{100 * share:.1f}" for share in self.recall)
            lines.append(f"  recall by distance, %: {shares}")
        if self.recommendation is not None:
            lines.append(f"  {self.recommendation}")
        lines += [f"  {each}" for each in self.wrong]
        if not c.holds:
            lines.append(f"  worst match {c.worst_match}; best other {c.best_other}")
        return "\n".join(lines)

    def _word(self) -> str:
        if not self.holds:
            return "FAILS"
        if self.is_undecided:
            return "UNDECIDED (ask all: --sample all)"
        return "HOLDS" if self.n_exact == self.n_asked else "APPROXIMATE"

    def _arithmetic(self) -> str:
        if self.margin is None:
            return "no margin is left"
        told = f"distance from the threshold {self.margin:.4g}"
        if self.rounding is None:
            return f"{told}; how the engine sums is not known: only what was asked is vouched for"
        rule = f"{told}, rounding of float32 at most {self.rounding:.2g}"
        if self.is_order_free:
            return f"{rule}: no order of summation can turn a pair"
        return f"{rule}: the order of summation may matter; only what was asked is vouched for"


def check(entry: ExportTarget, handover: Handover, folder: Path, *, sample: int | None) -> Check:
    """Open an export in its engine, and compare what it holds and answers with S(q)."""
    assert entry.open is not None
    with entry.open(folder) as engine:
        held, n_changed = _held(engine, handover)
        certificate = certify(held, handover.target, notion="global")
        margin, rounding = _margin(entry, held, handover, certificate)
        found = _asked(entry, engine, handover, held, sample)
    return Check(
        certificate=certificate,
        n_changed=n_changed,
        margin=margin if certificate.holds else None,
        rounding=rounding if str(handover.embedding.dtype) in entry.in_float32 else None,
        n_queries=held.n_queries,
        is_exact_engine=entry.is_exact,
        has_leaves=handover.hierarchy is not None and handover.n_leaves_out == 0,
        **found,
    )


def _held(engine: Engine, handover: Handover) -> tuple[DualEmbedding, int]:
    """Return the rows that an engine holds, under their labels, and how many are others."""
    given, read = handover.embedding, engine.stored()
    held = replace(
        given,
        queries=_in_float(read.queries),
        documents=_in_float(read.documents),
        query_labels=_own(read, "query", given),
        document_labels=_own(read, "document", given),
    ).aligned_to(handover.target, name="what the engine holds")
    expected = given.aligned_to(handover.target)
    changed = sum(
        int((np.asarray(a, np.float64) != np.asarray(b, np.float64)).any(axis=1).sum())
        for a, b in ((held.queries, expected.queries), (held.documents, expected.documents))
    )
    return held, changed


def _own(read: Vectors, side: str, given: DualEmbedding) -> tuple[str, ...]:
    labels = getattr(read, f"{side}_labels")
    mine: tuple[str, ...] = getattr(given, f"{side}_labels")
    # Row numbers made up for an embedding stay what they are: a type of their own.
    return mine if tuple(labels) == tuple(mine) else tuple(labels)


def _in_float(rows: NDArray[Any]) -> NDArray[Any]:
    return rows if rows.dtype == np.float64 else rows.astype(np.float32)


def _margin(
    entry: ExportTarget, held: DualEmbedding, handover: Handover, certificate: Certificate
) -> tuple[float | None, float]:
    """Return the least distance from the threshold, and what float32 may be off by."""
    if entry.units.is_cosine:
        return _cosine_margin(held, handover)
    queries, documents = (rows.astype(np.float32) for rows in held.values())
    bounds = rounding_bounds(queries, documents, np.float32)
    largest = _largest_score(queries, documents, handover.threshold)
    own = float(bounds.filter.max() + bounds.score.max())
    return certificate.margin_lower_bound, own + entry.units.rounding(largest)


def _cosine_margin(held: DualEmbedding, handover: Handover) -> tuple[float | None, float]:
    """Return the same for cosines, whose sign alone counts.

    A cosine in float32 is off by gamma_d for the product of unit rows, by as much again and a few
    roundings for the lengths and the division, and by two for 1 less it.
    """
    queries, documents = (
        rows.astype(np.float64) / np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
        for rows in held.values()
    )
    unit = replace(held, queries=queries, documents=documents, threshold=0.0)
    u = 2.0**-24
    rounding = 2 * gamma(held.dim + 4, u) + 4 * u
    return certify(unit, handover.target, notion="global").margin_lower_bound, rounding


def _largest_score(
    queries: NDArray[np.float32], documents: NDArray[np.float32], threshold: float
) -> float:
    """Return a score that no absolute score exceeds, by the lengths of the rows."""
    lengths = (float(np.linalg.norm(rows, axis=1).max()) for rows in (queries, documents))
    return max(float(np.prod(list(lengths))), abs(threshold))


def _asked(
    entry: ExportTarget,
    engine: Engine,
    handover: Handover,
    held: DualEmbedding,
    sample: int | None,
) -> dict[str, Any]:
    """Ask the queries, and return the fields of `Check` that say what came back."""
    numbers = sampled(held.n_queries, sample, 0)
    answers = _Answers(held, as_relevance(handover.target), _Recall.of(handover), entry.units)
    for query in numbers.tolist():
        start = time.perf_counter()
        found = engine.retrieve(held.query_labels[query])
        answers.seconds += time.perf_counter() - start
        answers.add(query, found)
    return {
        "n_asked": len(numbers),
        "n_exact": answers.n_exact,
        "wrong": tuple(answers.wrong),
        "recall": None if answers.recall is None else answers.recall.result(),
        "largest_error": answers.error,
        "seconds": answers.seconds / len(numbers),
    }


@dataclass(eq=False)
class _Answers:
    """What came back so far, held against S(q)."""

    held: DualEmbedding
    relevance: Relevance
    recall: _Recall | None
    units: Units
    n_exact: int = 0
    seconds: float = 0.0
    error: float = 0.0
    wrong: list[Wrong] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._queries, self._documents = (rows.astype(np.float64) for rows in self.held.values())
        self._row = {label: v for v, label in enumerate(self.held.document_labels)}

    def add(self, query: int, found: Mapping[str, float]) -> None:
        """Take in the answer to one query."""
        labels = self.held.document_labels
        matches = {labels[v] for v in self.relevance.matches(query).tolist()}
        missed = tuple(sorted(matches - found.keys()))
        more = tuple(sorted(found.keys() - matches))
        self.n_exact += not (missed or more)
        if (missed or more) and len(self.wrong) < _SHOWN:
            self.wrong.append(Wrong(self.held.query_labels[query], missed, more))
        if self.recall is not None:
            self.recall.add(query, found)
        self.error = max(self.error, self._error(query, found))

    def _error(self, query: int, found: Mapping[str, float]) -> float:
        """The largest distance of what was returned from what the exact score would be."""
        known = {self._row[name]: value for name, value in found.items() if name in self._row}
        rows, row = self._documents[list(known)], self._queries[query]
        scores = rows @ row
        if self.units.is_cosine:
            scores = scores / (np.linalg.norm(rows, axis=1) * np.linalg.norm(row))
        wanted = [self.units.of(score) for score in scores.tolist()]
        return max(map(abs, np.subtract(list(known.values()), wanted).tolist()), default=0.0)


@dataclass(eq=False)
class _Recall:
    """Counts of ancestors retrieved by distance, from sets."""

    hierarchy: Hierarchy
    written: NDArray[np.bool_]
    hits: NDArray[np.int64]
    total: NDArray[np.int64]

    @classmethod
    def of(cls, handover: Handover) -> _Recall | None:
        """Return counts at zero where there is a hierarchy whose pairs are written out."""
        tree = handover.hierarchy
        if tree is None or isinstance(tree.relevance, ForestRelevance):
            return None
        n = int(tree.distances.max()) + 1
        written = np.isin(tree.labels, handover.embedding.document_labels)
        return cls(tree, written, np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64))

    def add(self, query: int, found: Mapping[str, float]) -> None:
        """Count the pairs of one query."""
        relevance = self.hierarchy.relevance
        row = slice(relevance.indptr[query], relevance.indptr[query + 1])
        ancestors, away = relevance.indices[row], self.hierarchy.distances[row]
        asked = self.written[ancestors]
        ancestors, away = ancestors[asked], away[asked]
        labels = (relevance.document_labels[v] for v in ancestors.tolist())
        is_hit = np.array([label in found for label in labels], dtype=bool)
        self.total += np.bincount(away, minlength=len(self.total))
        self.hits += np.bincount(away[is_hit], minlength=len(self.total))

    def result(self) -> tuple[float, ...]:
        """Return the shares, from distance 0 to the last that a pair has."""
        n = int(np.flatnonzero(self.total)[-1]) + 1
        return tuple((self.hits[:n] / np.maximum(self.total[:n], 1)).tolist())
