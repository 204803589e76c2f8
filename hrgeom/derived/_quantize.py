r"""Fewer bits: the fewest per number in which an embedding still holds, certified.

Rungs are tried from the fewest bits of a vector up: 1 bit (signs, after a random rotation, which
changes no score), 2 to 8 bits with one scale for each side, 8 bits with a scale per row, bfloat16,
float16, and the type as it is. On each rung rows are rounded; where that turns pairs, single
entries move by single steps of the grid against the pairs that are wrong
(`hrgeom.descent.store_rows`). No theorem says that a rung will do: its certificate does, over all
pairs of the stored numbers. That a rung does not is no proof that no vectors of so few bits do.

Statement. Dividing all rows of a side by one number, or each row by its own length where the
threshold is 0 (each query, in the row notion), turns no pair.

Proof. Scores and threshold are divided by one positive number; or each score by a positive number,
and its sign stays; or all scores of a query by one positive number, and their order stays. ∎
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.counted import counted
from hrgeom.checker import Certificate, certify
from hrgeom.core import DualEmbedding, Notion, Relevance, Target, as_embedding, as_relevance, fitted
from hrgeom.descent import store_rows
from hrgeom.errors import ConstructionError

__all__ = ["Quantized", "Rung", "quantize"]

ROUNDS = 12
_SCALE_BITS = 32  # of one scale per row


@dataclass(frozen=True)
class Rung:
    """One number of bits that was tried.

    Attributes
    ----------
    dtype : str
        The stored type.
    bits : int
        Bits of a number: fewer than 8 are integers that int8 stores and that can be packed.
    scales : {"matrix", "row"} or None
        For integers: one scale for the rows of a side, or one per row. None: the type has none.
    bits_per_vector : int
        With bits packed, and the scale of the row.
    outcome : str
        "holds", certified over all pairs; or how many queries are wrong, as seen over all pairs;
        or "fails", certified, though none was seen to be wrong.
    margin : float or None
        The certificate's normalized margin, from below; None where it does not hold.
    """

    dtype: str
    bits: int
    scales: Literal["matrix", "row"] | None
    bits_per_vector: int
    outcome: str
    margin: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        kind = {1: "signs", 8: "int8"}.get(self.bits, f"{self.bits} bits")
        kind = kind if self.scales else self.dtype
        scale = ", a scale per row" if self.scales == "row" else ""
        margin = "" if self.margin is None else f", margin {self.margin:.3g}"
        return f"{self.bits_per_vector:,} bits per vector ({kind}{scale}): {self.outcome}{margin}"


@dataclass(frozen=True, eq=False)
class Quantized:
    """An embedding in the fewest bits that hold, and what was tried.

    Attributes
    ----------
    embedding : DualEmbedding
        The stored numbers.
    certificate : Certificate
        Of these numbers over all pairs: it holds.
    tried : tuple of Rung
        From the fewest bits up; the last one was taken.

    Examples
    --------
    >>> from hrgeom import Hierarchy, construct
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> found = quantize(construct(h).embedding, h)
    >>> found.certificate.verdict, found.tried[-1].bits_per_vector < 64
    ('holds', True)
    """

    embedding: DualEmbedding
    certificate: Certificate
    tried: tuple[Rung, ...]

    def __str__(self) -> str:
        return "\n".join([*map(str, self.tried), repr(self.embedding), str(self.certificate)])


def quantize(
    embedding: DualEmbedding,
    target: Target,
    *,
    notion: Notion | None = None,
    rounds: int = ROUNDS,
    seed: int = 0,
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> Quantized:
    """Return an embedding in the fewest bits of which every pair is certified.

    Parameters
    ----------
    embedding : DualEmbedding
        Vectors that hold; the larger their margin, the fewer bits.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches.
    notion : {"global", "row"}, optional
        What must hold. Default: the embedding's.
    rounds : int
        Looks over all pairs, with moves between them, for each number of bits; 1 rounds alone.
    seed : int
        Seed of the rotation before signs are taken.
    report : callable, optional
        Called with a line of text for every rung.
    **checking
        Keywords of `hrgeom.certify`: kernel, filter, threads, memory, progress.

    Returns
    -------
    quantized : Quantized
        The first rung that holds, at the latest the rows as they are.

    Raises
    ------
    ConstructionError
        If the embedding does not hold.
    ShapeError
        If it does not fit the target.

    Examples
    --------
    >>> from hrgeom import Hierarchy, construct
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> [rung.outcome for rung in quantize(construct(h).embedding, h).tried]
    ['fails', 'holds']
    """
    relevance = as_relevance(target)
    embedding = fitted(as_embedding(embedding), relevance)
    alone = certify(embedding, target, notion=notion, **checking)
    if not alone.holds:
        raise ConstructionError(
            f"vectors must hold before they are given fewer bits: got verdict {alone.verdict}, "
            f"{alone.n_violations:,} violations"
        )
    rows = _Rows.of(embedding, alone)
    tried: list[Rung] = []
    say = report or (lambda line: None)
    for rung in _rungs(embedding):
        found, wrong = rows.stored(rung, relevance, rounds, seed, checking.get("threads"))
        certificate = None if wrong else certify(found, target, notion=alone.notion, **checking)
        tried.append(_with_outcome(rung, wrong, certificate))
        say(str(tried[-1]))
        if certificate is not None and certificate.holds:
            return Quantized(found, certificate, tuple(tried))
    as_it_is = _as_it_is(embedding, alone)
    say(str(as_it_is))
    return Quantized(embedding, alone, (*tried, as_it_is))


def _rungs(embedding: DualEmbedding) -> Iterator[Rung]:
    """Yield what takes fewer bits than the embedding does, the fewest first."""
    dim = embedding.dim
    rungs = [Rung("int8", bits, "matrix", bits * dim, "") for bits in range(1, 9)]
    rungs.append(Rung("int8", 8, "row", 8 * dim + _SCALE_BITS, ""))
    rungs.append(Rung("float16", 16, None, 16 * dim, ""))
    for rung in sorted(rungs, key=lambda rung: rung.bits_per_vector):
        if rung.bits_per_vector < embedding.bits_per_vector:
            yield rung


def _with_outcome(rung: Rung, wrong: int, certificate: Certificate | None) -> Rung:
    if certificate is None:
        return replace(rung, outcome=f"{counted(wrong, 'query', 'queries')} wrong")
    margin = certificate.normalized_margin_lower_bound if certificate.holds else None
    return replace(rung, outcome=certificate.verdict, margin=margin)


def _as_it_is(embedding: DualEmbedding, alone: Certificate) -> Rung:
    bits, is_int8 = embedding.dtype.itemsize * 8, embedding.dtype == np.int8
    has_scales = bool(np.ndim(embedding.query_scale) or np.ndim(embedding.document_scale))
    scales: Literal["matrix", "row"] | None = None
    if is_int8:
        scales = "row" if has_scales else "matrix"
    margin = alone.normalized_margin_lower_bound
    size = embedding.bits_per_vector
    return Rung(str(embedding.dtype), bits, scales, size, "holds, as it is", margin)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of length at most one with the same pairs right, and where they come from."""

    source: DualEmbedding
    queries: NDArray[np.float32]
    documents: NDArray[np.float32]
    threshold: float | None
    notion: Notion

    @classmethod
    def of(cls, embedding: DualEmbedding, alone: Certificate) -> _Rows:
        queries, documents = (rows.astype(np.float64) for rows in embedding.values())
        threshold = alone.threshold
        of_queries, of_documents = map(_lengths, (queries, documents))
        if threshold != 0 and alone.notion == "global":
            of_queries = np.full_like(of_queries, of_queries.max())
        if threshold != 0:
            of_documents = np.full_like(of_documents, of_documents.max())
        if threshold:
            threshold /= float(of_queries[0] * of_documents[0])
        return cls(
            embedding,
            (queries / of_queries[:, None]).astype(np.float32),
            (documents / of_documents[:, None]).astype(np.float32),
            threshold,
            alone.notion,
        )

    def stored(
        self, rung: Rung, relevance: Relevance, rounds: int, seed: int, threads: int | None
    ) -> tuple[DualEmbedding, int]:
        """Return the rows on a rung, and how many queries look wrong."""
        queries, documents = self.queries, self.documents
        if rung.bits == 1:
            turn = np.linalg.qr(np.random.default_rng(seed).standard_normal(2 * [queries.shape[1]]))
            turned = turn[0].astype(np.float32)
            queries, documents = queries @ turned, documents @ turned
        found = store_rows(
            relevance,
            queries,
            documents,
            self.threshold,
            dtype=rung.dtype,
            bits=rung.bits,
            scales=rung.scales or "matrix",
            notion=self.notion,
            rounds=rounds,
            enough=0.0,
            threads=threads,
        )
        source = self.source
        embedding = found.embedding(
            relevance,
            construction="quantized",
            parameters={
                "bits": rung.bits,
                "scales": rung.scales,
                "rounds": rounds,
                "seed": seed,
                "of": {"construction": source.construction, "parameters": source.parameters},
            },
            source_sha256=source.source_sha256,
            basis="certificate",
        )
        return embedding, found.rows_wrong


def _lengths(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1)
    return np.where(lengths == 0, 1.0, lengths)
