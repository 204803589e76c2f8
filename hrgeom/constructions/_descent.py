"""Descent: margin from steps on all pairs, where no theorem gives it. The certificate decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions._start import require_embedding, start_record, start_rows
from hrgeom.core import DualEmbedding, Notion, Relevance, as_dtype
from hrgeom.descent import (
    Descent,
    Schedule,
    Start,
    StoredRows,
    descend,
    polish,
    store_rows,
)
from hrgeom.descent import (
    even_scores as evened,
)
from hrgeom.errors import ConstructionError

__all__ = ["BITS", "DEFAULT_DIM", "DEVICES", "check_evening", "descent"]

DEFAULT_DIM = 64
DEVICES = ("cpu", "cuda")
BITS = (1, 2, 3, 4, 5, 6, 7, 8)

_ENOUGH = 0.9  # of the margin: where rounding leaves so much, nothing is repaired
_REPAIRS = 40  # looks over all pairs, at effort 1
_POLISHED = 4_000_000  # pairs at most; polishing takes all of them at every step
_POLISHING = 0.3  # effort of polishing, at effort 1: one to a few times as long as the descent
_FEW_BITS = 6  # of a number; rounding to so few moves scores by more than a finale has gained
_BEFORE = 0.5  # share of the minutes, where polishing follows

Report = Callable[[str], None]


def descent(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    notion: Notion = "global",
    effort: float = 1.0,
    minutes: float | None = None,
    bits: int | None = None,
    device: str = "cpu",
    even_scores: float = 0.0,
    start: DualEmbedding | None = None,
    report: Report | None = None,
    threads: int | None = None,
) -> DualEmbedding:
    """Return unit rows of large margin found by descent over all pairs, in a stored type.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int, optional
        Dimension d. Default: that of the start, or 64.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored. Types of fewer bits than float32 are rounded to,
        and repaired where the margin has lost more than a tenth.
    seed : int
        Of the rows at the start. The same seed gives the same rows on the same kind of processor,
        whatever the number of threads, unless `minutes` is given; the last stage of small ones is
        by NumPy, whose products may depend on its own number of threads.
    notion : {"global", "row"}
        One threshold for all queries, or a ranking with S(q) on top for every query.
    effort : float
        Scales the number of epochs, and of the steps of the last stage on all pairs at once
        (`hrgeom.descent.polish`), which up to four million pairs have.
    minutes : float, optional
        Wall-clock time of the descent, instead of a number of epochs.
    bits : int, optional
        For int8: bits that a number uses, 1 to 8; 1 means -1 and 1. Default: 8.
    device : {"cpu", "cuda"}
        "cuda": all pairs at every step, on a GPU with torch.
    even_scores : float
        More than 0: a last stage makes scores more even, for a narrower mixture band
        (`hrgeom.checker.band`), and costs up to a fifth of the margin. The number scales its
        steps. In the global notion.
    start : DualEmbedding, optional
        Vectors to begin at instead of random ones, of any construction, stored type and notion,
        for the same queries and documents by label; dimensions that they lack are filled with
        small random numbers. Rows are divided by their lengths. A descent that was interrupted
        goes on where it was; others begin where the temperature is about 80, and no result has
        less margin than the rows they began at, before these are rounded to the stored type.
    report : callable, optional
        Called with a line of text now and then.
    threads : int, optional
        Default: the processors this process may use.

    Returns
    -------
    embedding : DualEmbedding
        Nothing is promised: the certificate decides. An interrupt (Ctrl-C) ends the descent with
        the rows as they stand.

    Raises
    ------
    ConstructionError
        If a number is out of range, bits are asked for in another type than int8, or the start
        has more dimensions than are asked for.
    ShapeError
        If the start has other queries or documents.

    Examples
    --------
    >>> e = descent(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3), dim=3)
    >>> (e.queries @ e.documents.T > e.threshold).astype(int).tolist()
    [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    """
    stored = as_dtype(dtype)
    check_evening(even_scores)
    if even_scores and notion == "row":
        raise ConstructionError(
            f"even_scores must come with the global notion: got {even_scores:g} by row"
        )
    if bits is not None and stored != np.int8:
        raise ConstructionError(f"bits must come with dtype int8: got {dtype}")
    if start is not None:
        require_embedding(start)
    if dim is None:
        dim = DEFAULT_DIM if start is None else start.dim
    found = _found(
        device,
        relevance,
        start,
        dim=_dim_of_rows(dim, bits, start),
        notion=notion,
        seed=seed,
        effort=effort,
        minutes=minutes,
        threads=threads,
        report=report,
        finale=bits is None or bits > _FEW_BITS,
    )
    found, is_polished = _polished(relevance, found, effort, minutes, seed, report)
    if even_scores:
        found = evened(relevance, found, effort=even_scores, threads=threads, report=report)
    options = _Options(seed, effort, minutes, bits, even_scores, start)
    fields = _Fields(relevance, found, options, is_polished)
    if stored.itemsize >= np.dtype(np.float32).itemsize:
        return fields.embedding(found.queries.astype(stored), found.documents.astype(stored))
    return _stored(relevance, found, dim, dtype, bits, effort, threads, report, seed).embedding(
        relevance, **fields.common()
    )


def check_evening(value: float) -> None:
    """Raise ConstructionError unless steps of evening can be scaled by a number."""
    if not 0 <= value < float("inf"):
        raise ConstructionError(f"even_scores must be a finite number of at least 0: got {value}")


def _dim_of_rows(dim: int, bits: int | None, start: DualEmbedding | None) -> int:
    """Dimensions of the descent: signs are taken of rows of fewer, whose descent is shorter."""
    if bits != 1:
        return dim
    return min(dim, max(DEFAULT_DIM, 0 if start is None else start.dim))


def _found(
    device: str,
    relevance: Relevance,
    start: DualEmbedding | None,
    *,
    dim: int,
    seed: int,
    effort: float,
    minutes: float | None,
    threads: int | None,
    finale: bool,
    **options: Any,
) -> Descent:
    if minutes is not None and _may_be_polished(relevance):
        minutes *= _BEFORE
    options |= {"dim": dim, "seed": seed, "effort": effort, "minutes": minutes}
    rows: Start | None = None
    if start is not None:
        rows = start_rows(start, relevance, dim, seed)
    if device == "cpu":
        schedule = None if start is None else _going_on(start, relevance, dim, effort, finale)
        options |= {"schedule": schedule, "finale": finale}
        return descend(relevance, start=rows, threads=threads, **options)
    from hrgeom.descent import descend_dense  # torch, for one device

    begin = None if rows is None else DualEmbedding(*rows, notion="row")
    return descend_dense(relevance, device=device, start=begin, **options)


def _may_be_polished(relevance: Relevance) -> bool:
    return relevance.n_queries * relevance.n_documents <= _POLISHED


def _polished(
    relevance: Relevance,
    found: Descent,
    effort: float,
    minutes: float | None,
    seed: int,
    report: Report | None,
) -> tuple[Descent, bool]:
    """Return what polishing makes of small descents, and whether it changed anything."""
    if effort == 0 or found.is_interrupted or not _may_be_polished(relevance):
        return found, False
    left = None if minutes is None else minutes - found.seconds / 60
    if left is not None and left <= 0:
        return found, False
    steps = _POLISHING * (effort if minutes is None else 1.0)
    polished = polish(relevance, found, effort=steps, minutes=left, seed=seed, report=report)
    return polished, polished.queries is not found.queries


def _going_on(
    start: DualEmbedding, relevance: Relevance, dim: int, effort: float, finale: bool
) -> Schedule | None:
    """What is left of the schedule of a descent that was interrupted; None for other starts."""
    progress = start.parameters.get("progress", 1.0) if start.construction == "descent" else 1.0
    if not 0 <= progress < 1:
        return None
    return Schedule.for_relevance(relevance, dim, effort * (1 - progress), progress, finale)


@dataclass(frozen=True)
class _Options:
    """What was asked for, as the embedding records it."""

    seed: int
    effort: float
    minutes: float | None
    bits: int | None
    even_scores: float
    start: DualEmbedding | None


@dataclass(frozen=True)
class _Fields:
    """What the embedding says besides its numbers."""

    relevance: Relevance
    found: Descent
    options: _Options
    is_polished: bool

    def common(self) -> dict[str, Any]:
        asked = self.options
        parameters: dict[str, Any] = {"seed": asked.seed, "epochs": self.found.epochs}
        if asked.minutes is None:
            parameters["effort"] = asked.effort
        else:
            parameters["minutes"] = asked.minutes
        if asked.bits is not None:
            parameters["bits"] = asked.bits
        if self.is_polished:
            parameters["is_polished"] = True
        if asked.even_scores:
            parameters["even_scores"] = asked.even_scores
        if self.found.is_interrupted:
            parameters |= {"is_interrupted": True, "progress": round(self.found.progress, 4)}
        if asked.start is not None:
            parameters["start"] = start_record(asked.start)
        return {"construction": "descent", "parameters": parameters}

    def embedding(self, queries: NDArray[Any], documents: NDArray[Any]) -> DualEmbedding:
        return DualEmbedding(
            queries,
            documents,
            threshold=self.found.threshold,
            notion=self.found.notion,
            query_labels=self.relevance.query_labels,
            document_labels=self.relevance.document_labels,
            **self.common(),
        )


def _stored(
    relevance: Relevance,
    found: Descent,
    dim: int,
    dtype: str,
    bits: int | None,
    effort: float,
    threads: int | None,
    report: Report | None,
    seed: int,
) -> StoredRows:
    """Round, and repair where the margin has lost much."""
    queries, documents = found.queries, found.documents
    if bits == 1:
        # A random rotation, into more dimensions for more signs: none matters more than another.
        random = np.random.default_rng(seed).standard_normal((dim, queries.shape[1]))
        rotation = np.linalg.qr(random)[0].T.astype(np.float32)
        queries, documents = queries @ rotation, documents @ rotation

    def listen(look: dict[str, Any]) -> None:
        if report is not None:
            report(
                f"repairing, look {look['look']}: margin {look['margin']:+.4f}, "
                f"{look['rows_wrong']:,} rows wrong"
            )

    return store_rows(
        relevance,
        queries,
        documents,
        found.threshold,
        dtype=dtype,
        bits=bits,
        notion=found.notion,
        rounds=max(2, round(_REPAIRS * effort)),
        enough=_ENOUGH * found.margin,
        threads=threads,
        report=listen,
    )
