"""Independent recheck of a certificate, in plain Python and exact arithmetic.

Small, slow and independent on purpose: it shares with the checker only the reading of files.
Ancestors are found by walking up from parent to parent, scores are integers after scaling every
row by a power of two, and comparisons are exact. A sample of the queries, or all of them, is
checked against all documents. Judgments are used as the pairs of labels that were read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from fractions import Fraction
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import Certificate
from hrgeom.core import DualEmbedding, Hierarchy, Scale
from hrgeom.io.judgments import Judgments

__all__ = ["Recheck", "recheck"]


@dataclass(frozen=True)
class Recheck:
    """Result of a recheck.

    Attributes
    ----------
    agrees : bool
        True if nothing contradicts the certificate.
    contradictions : tuple of str
        One line for each thing that the certificate states wrongly.
    n_queries, n_pairs : int
        Numbers of queries and of pairs checked; all of them if n_queries is the embedding's.
    n_violations : int
        Number of wrong pairs among them.
    """

    agrees: bool
    contradictions: tuple[str, ...]
    n_queries: int
    n_pairs: int
    n_violations: int


def recheck(
    embedding: DualEmbedding,
    certificate: Certificate,
    target: Hierarchy | Judgments,
    *,
    n_queries: int | None = 20,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Recheck:
    """Recheck a certificate in exact arithmetic.

    Checked are the digests of the arrays and of the target; the numbers of queries, documents,
    pairs and matches; the scores of the witnesses; and every pair of some queries: those of the
    witnesses and `n_queries` random ones.

    Parameters
    ----------
    embedding : DualEmbedding
        The embedding, as read from its folder; its rows are found by their labels.
    certificate : Certificate
        The certificate to check.
    target : Hierarchy or Judgments
        What the embedding was certified against (judgments from `hrgeom.io.load_judgments`).
    n_queries : int or None
        Number of random queries to check against all documents; None: all queries.
    seed : int
        Seed of the sample.
    progress : callable, optional
        Called with (queries done, queries in all).

    Returns
    -------
    result : Recheck
        Whether the certificate stands, and what contradicts it.

    Examples
    --------
    >>> from hrgeom.checker import certify
    >>> from hrgeom.constructions import interval
    >>> from hrgeom.datasets import perfect_tree
    >>> tree = perfect_tree(2, 3)
    >>> e = interval(tree.relevance)
    >>> result = recheck(e, certify(e, tree), tree, n_queries=None)
    >>> result.agrees, result.n_violations
    (True, 0)
    """
    look = _Look(embedding, certificate, target)
    look.check_record()
    queries = look.choose(n_queries, seed)
    n_violations = 0
    for done, query in enumerate(queries, start=1):
        n_violations += look.check_query(query)
        if progress:
            progress(done, len(queries))
    whole = len(queries) == embedding.n_queries
    look.check_outcome(n_violations, whole=whole)
    return Recheck(
        agrees=not look.contradictions,
        contradictions=tuple(look.contradictions),
        n_queries=len(queries),
        n_pairs=len(queries) * embedding.n_documents,
        n_violations=n_violations,
    )


class _Look:
    """A recheck under way: exact documents, and the contradictions found so far."""

    def __init__(
        self, embedding: DualEmbedding, certificate: Certificate, target: Hierarchy | Judgments
    ) -> None:
        self.digests = embedding.sha256  # of the rows as they are stored
        embedding = embedding.aligned_to(target)
        self.embedding = embedding
        self.certificate = certificate
        self.target = target
        self.contradictions: list[str] = []
        self.matches: Callable[[int], Set[int]]
        if isinstance(target, Hierarchy):
            self.digest_name, queries, documents = "hierarchy", target.labels, target.labels
            self.parents: dict[int, list[int]] = {}
            for child, parent in target.edges.tolist():
                self.parents.setdefault(child, []).append(parent)
            self.matches = self.ancestors
        else:
            self.digest_name, queries, documents = "relevance", target.queries, target.documents
            self.matches = target.sets.__getitem__
        self.query_number = {label: i for i, label in enumerate(queries)}
        self.document_number = {label: i for i, label in enumerate(documents)}
        rows = _numbers(embedding.documents)
        scales = _scales(embedding.document_scale, len(rows))
        bits, scale_bits = max(map(_fraction_bits, rows)), _fraction_bits(scales)
        self.unit = Fraction(1, 2 ** (bits + scale_bits))
        self.documents = [
            [number * scale for number in _integers(row, bits)]
            for row, scale in zip(rows, _integers(scales, scale_bits), strict=True)
        ]
        self.query_scales = _scales(embedding.query_scale, embedding.n_queries)

    def expect(self, what: str, stated: object, found: object) -> None:
        if stated != found:
            self.contradictions.append(f"{what}: the certificate says {stated}, found {found}")

    def check_record(self) -> None:
        c, e = self.certificate, self.embedding
        digests = {**self.digests, self.digest_name: self.target.sha256}
        for name, digest in digests.items():
            self.expect(f"sha256 of {name}", c.sha256.get(name), digest)
        self.expect("n_queries", c.n_queries, e.n_queries)
        self.expect("n_documents", c.n_documents, e.n_documents)
        self.expect("n_pairs", c.n_pairs, e.n_queries * e.n_documents)
        n_matches = sum(len(self.matches(q)) for q in range(len(self.query_number)))
        self.expect("n_matches", c.n_matches, n_matches)
        for name, witness in (("worst match", c.worst_match), ("best non-match", c.best_other)):
            if witness is None:
                continue
            q = self.query_number.get(witness.query)
            v = self.document_number.get(witness.document)
            if q is None or v is None:
                self.contradictions.append(f"{name}: its labels are not in the target")
                continue
            (score,), unit = self.scores(q, [v])
            self.expect(f"{name} score", witness.score, float(score * unit))
            self.expect(f"{name} matches", name == "worst match", v in self.matches(q))

    def choose(self, n_queries: int | None, seed: int) -> list[int]:
        n = self.embedding.n_queries
        if n_queries is None or n_queries >= n:
            return list(range(n))
        chosen = set(random.Random(seed).sample(range(n), n_queries))
        for witness in (self.certificate.worst_match, self.certificate.best_other):
            if witness is not None and witness.query in self.query_number:
                chosen.add(self.query_number[witness.query])
        return sorted(chosen)

    def ancestors(self, query: int) -> set[int]:
        """Return the query itself and all its ancestors."""
        found, waiting = {query}, [query]
        while waiting:
            for parent in self.parents.get(waiting.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return found

    def scores(self, query: int, documents: Iterable[int]) -> tuple[list[int], Fraction]:
        """Return the scores as integers, and the unit that they count."""
        (row,) = _numbers(self.embedding.queries[query : query + 1])
        bits = _fraction_bits(row)
        q = _integers(row, bits)
        unit = self.unit * Fraction(self.query_scales[query]) / 2**bits
        return [sum(map(mul, q, self.documents[v])) for v in documents], unit

    def check_query(self, query: int) -> int:
        """Return the number of wrong pairs of one query."""
        matches = self.matches(query)
        scores, unit = self.scores(query, range(self.embedding.n_documents))
        others = [s for v, s in enumerate(scores) if v not in matches]
        if self.certificate.notion == "row":
            worst = min((scores[v] for v in matches), default=None)
            return 0 if worst is None else sum(s >= worst for s in others)
        if self.certificate.threshold is None:
            self.contradictions.append("threshold: the global notion must state one")
            return 0
        r = Fraction(self.certificate.threshold) / unit
        return sum(s >= r for s in others) + sum(scores[v] <= r for v in matches)

    def check_outcome(self, n_violations: int, *, whole: bool) -> None:
        c = self.certificate
        if whole:
            self.expect("n_violations", c.n_violations, n_violations)
        elif n_violations > c.n_violations:
            self.contradictions.append(
                f"n_violations: the certificate says {c.n_violations}, found {n_violations} "
                "in a sample of the queries"
            )
        expected = "fails" if c.n_violations else "undecided" if c.n_undecided else "holds"
        self.expect("verdict", c.verdict, expected)


def _numbers(rows: NDArray[Any]) -> list[list[float]]:
    """Return the stored numbers of each row; the bits of bfloat16 are the upper ones of float32."""
    if str(rows.dtype) == "bfloat16":
        bits = rows.view(np.uint16).astype(np.uint32) << 16
        rows = bits.view(np.float32)
    numbers: list[list[float]] = rows.tolist()
    return numbers


def _scales(scale: Scale, n_rows: int) -> list[float]:
    """Return the scale of each row."""
    return [scale] * n_rows if isinstance(scale, float) else scale.tolist()


def _fraction_bits(row: list[float]) -> int:
    """Return how many bits after the binary point the finest number of the row needs."""
    return max(x.as_integer_ratio()[1].bit_length() - 1 for x in row)


def _integers(row: list[float], bits: int) -> list[int]:
    """Return the row times 2^bits, in integers."""
    ratios = (x.as_integer_ratio() for x in row)
    return [a << (bits - b.bit_length() + 1) for a, b in ratios]
