"""Everything that a page about embeddings of a hierarchy says, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hrgeom.bounds import Bound, all_bounds
from hrgeom.checker import Certificate, certify
from hrgeom.constructions import FrontierPoint, frontier
from hrgeom.core import DualEmbedding, Hierarchy, Notion, Remark, fitted
from hrgeom.errors import ShapeError
from hrgeom.report._copies import ALL_COPIES, BUDGET, Copies, copies_of
from hrgeom.report._facts import Facts
from hrgeom.report._measured import Measured, measured
from hrgeom.report._words import advice, sentence, tightest_call

__all__ = ["N_QUERIES", "EmbeddingReport", "Report", "build_report"]

N_QUERIES = 5_000
"""Queries in the sample of what is observed."""


@dataclass(frozen=True, eq=False)
class EmbeddingReport:
    """What a report says of one embedding.

    Attributes
    ----------
    name : str
        What the page calls it.
    embedding : DualEmbedding
        Its rows in the order of the hierarchy.
    certificate : Certificate
        Over all pairs.
    measured : Measured
        Observed on a sample of the queries.
    copies : Copies or None
        The vectors for the explorer; None: too many bytes, or none are wanted.
    remarks : tuple of Remark
        What was assumed or repaired when the vectors were read.
    """

    name: str
    embedding: DualEmbedding
    certificate: Certificate
    measured: Measured
    copies: Copies | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def sentence(self) -> str:
        """The verdict in plain words."""
        return sentence(self.certificate)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: what the page says, without the vectors.

        Returns
        -------
        data : dict
            JSON values.
        """
        recall = self.measured.recall
        return {
            "name": self.name,
            "verdict": self.certificate.verdict,
            "sentence": self.sentence,
            "tightest": tightest_call(self.certificate),
            "use": advice(self.certificate),
            "dim": self.embedding.dim,
            "dtype": str(self.embedding.dtype),
            "recall": None if recall is None else recall.overall,
            "n_sampled": self.measured.n_queries,
            "explored_as": None if self.copies is None else self.copies.dtype,
            "explorer_error": None if self.copies is None else self.copies.error,
            "certificate": self.certificate.to_dict(),
            "remarks": [remark.to_dict() for remark in self.remarks],
        }


@dataclass(frozen=True, eq=False)
class Report:
    """What a page about embeddings of a hierarchy says.

    Attributes
    ----------
    hierarchy : Hierarchy
        What the embeddings are for.
    facts : Facts
        Counts of it, and what is odd about it.
    embeddings : tuple of EmbeddingReport
        The first one is in front.
    points : tuple of FrontierPoint
        What constructions promise for the stored types of the embeddings.
    bounds : tuple of Bound
        What no embedding can do, and what some do; empty where they are not wanted.
    command : str
        How the page was made, if by a command.
    """

    hierarchy: Hierarchy
    facts: Facts
    embeddings: tuple[EmbeddingReport, ...]
    points: tuple[FrontierPoint, ...] = ()
    bounds: tuple[Bound, ...] = ()
    command: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, without hierarchy and vectors.

        Returns
        -------
        data : dict
            JSON values.
        """
        return {
            "hierarchy": {
                "name": self.facts.name,
                "counts": self.facts.counts,
                "remarks": list(self.facts.remarks),
                "sha256": self.hierarchy.sha256,
            },
            "embeddings": [one.to_dict() for one in self.embeddings],
            "frontier": [point.to_dict() for point in self.points],
            "bounds": [bound.to_dict() for bound in self.bounds],
        }


def build_report(
    embeddings: Mapping[str, DualEmbedding],
    hierarchy: Hierarchy,
    *,
    notion: Notion | None = None,
    n_queries: int | None = N_QUERIES,
    seed: int = 0,
    with_bounds: bool = True,
    with_vectors: bool = True,
    effort: float = 0.0,
    remarks: Sequence[str] = (),
    vector_remarks: Mapping[str, Sequence[Remark]] | None = None,
    title: str | None = None,
    command: str = "",
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> Report:
    """Certify embeddings of a hierarchy and gather what a page says of them.

    Parameters
    ----------
    embeddings : mapping of str to DualEmbedding
        What the page calls each -> the embedding; the first one is in front.
    hierarchy : Hierarchy
        Whose ancestors each query is to retrieve.
    notion : {"global", "row"}, optional
        One threshold for all queries, or a ranking for each. Default: that of each embedding.
    n_queries : int or None
        Size of the sample for the histogram of margins and recall by distance; None for all.
        Certificates are over all pairs.
    seed : int
        Seed of the sample and of searches.
    with_bounds : bool
        Whether to work out bounds and the frontier.
    with_vectors : bool
        Whether the explorer holds copies of the vectors, which most of the bytes of a page are.
    effort : float
        How long to search for bounds and constructions, as for `hrgeom.bounds.all_bounds`.
    remarks : sequence of str
        On the hierarchy, besides its own.
    vector_remarks : mapping of str to sequence of Remark, optional
        On the embeddings, by name.
    title : str, optional
        What the page calls the hierarchy. Default: the name in its metadata.
    command : str
        How the page is made, for the page to say.
    report : callable, optional
        Called with a line of text at every step.
    **checking
        Keywords of `certify`: kernel, filter, threads, memory, progress.

    Returns
    -------
    report : Report
        `hrgeom.report.page` makes a page of it.

    Raises
    ------
    ShapeError
        If there is no embedding, or one does not fit the hierarchy.

    Examples
    --------
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
    >>> from hrgeom.constructions import construct
    >>> found = build_report({"pets": construct(h).embedding}, h)
    >>> found.embeddings[0].sentence
    'Every one of 4 queries retrieves exactly its ancestors.'
    """
    if not embeddings:
        raise ShapeError("there must be an embedding to report on: got none")
    tell = report or (lambda line: None)
    facts = Facts.of(hierarchy, remarks)
    facts = replace(facts, name=title) if title else facts
    room = ALL_COPIES if with_vectors else 0
    found = []
    for name, given in embeddings.items():
        tell(f"{name}: all pairs, then scores of a sample")
        one = _one(name, given, hierarchy, notion, n_queries, seed, checking)
        copies = copies_of(one.embedding, min(BUDGET, room))
        room -= 0 if copies is None else copies.n_bytes
        found.append(replace(one, copies=copies, remarks=_of(vector_remarks, name)))
    points: Sequence[FrontierPoint] = ()
    bounds: Sequence[Bound] = ()
    if with_bounds:
        tell("what constructions promise")
        dtypes = list(dict.fromkeys(str(one.embedding.dtype) for one in found))
        points = frontier(hierarchy, dtypes=dtypes, seed=seed, effort=effort)
        tell("bounds")
        bounds = all_bounds(hierarchy, effort=effort, seed=seed)
    return Report(hierarchy, facts, tuple(found), tuple(points), tuple(bounds), command)


def _one(
    name: str,
    embedding: DualEmbedding,
    hierarchy: Hierarchy,
    notion: Notion | None,
    n_queries: int | None,
    seed: int,
    checking: dict[str, Any],
) -> EmbeddingReport:
    in_order = fitted(embedding, hierarchy.relevance)
    certificate = certify(in_order, hierarchy, notion=notion, **checking)
    level = certificate.threshold if certificate.notion == "global" else None
    seen = measured(in_order, hierarchy, threshold=level, n_queries=n_queries, seed=seed)
    return EmbeddingReport(name, in_order, certificate, seen)


def _of(remarks: Mapping[str, Sequence[Remark]] | None, name: str) -> tuple[Remark, ...]:
    return tuple((remarks or {}).get(name, ()))
