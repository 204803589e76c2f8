"""Queries in the place of documents, where these would take thousands of classes.

The constructions split the documents into classes by the sets D(v), of the queries that each
matches. Of 30,000 parents of one node any two have a query in common and another one each: 30,000
classes. The sets S(q) of the same queries are nested or disjoint. Scores do not ask which side is
which, so that vectors built for the transposed relevance serve with their sides exchanged: same
threshold, same margin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hrgeom.constructions._twins import distinct
from hrgeom.constructions.covers import LaminarPalette
from hrgeom.core import DualEmbedding, ForestRelevance, Notion, Relevance
from hrgeom.errors import HierarchyError

__all__ = ["Side", "better_side"]

_MANY_CLASSES = 2048  # no automatic choice has room for them: two dimensions each, or one and more
_FEWER = 4  # times as few classes that the other side has to have


@dataclass(frozen=True, eq=False)
class Side:
    """The relevance that vectors are built for: the one given, or its transpose.

    Attributes
    ----------
    relevance : Relevance
        Which documents each query matches, or which queries each document.
    is_transposed : bool
        Which of the two.
    reason : str
        Why it is transposed, in a line; empty if it is not.
    """

    relevance: Relevance
    is_transposed: bool = False
    reason: str = ""

    def restored(self, embedding: DualEmbedding) -> DualEmbedding:
        """Return an embedding for the relevance given from one for this."""
        if not self.is_transposed:
            return embedding
        return replace(
            embedding,
            queries=embedding.documents,
            documents=embedding.queries,
            query_scale=embedding.document_scale,
            document_scale=embedding.query_scale,
            query_labels=embedding.document_labels,
            document_labels=embedding.query_labels,
            parameters=embedding.parameters | {"is_transposed": True},
        )


def better_side(relevance: Relevance, seed: int, notion: Notion | None = None) -> Side:
    """Return the side with classes few enough to build for.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    seed : int
        Of the colorings that count classes.
    notion : {"global", "row"}, optional
        What is wanted. A ranking of documents for each query is none of queries for each document,
        so that "row" stays with the side given.
    """
    if notion == "row" or isinstance(relevance, ForestRelevance):
        return Side(relevance)
    return relevance.cached(_better_side, seed)


def _better_side(relevance: Relevance, seed: int) -> Side:
    few = distinct(relevance).relevance
    # a document has a class of its own at worst if it crosses all others
    if few.crossings.degrees.max(initial=0) < _MANY_CLASSES:
        return Side(relevance)
    other = _transposed(relevance)
    try:
        n_other = LaminarPalette.of(distinct(other).relevance, seed=seed).n_colors
        n_given = LaminarPalette.of(few, seed=seed).n_colors
    except HierarchyError:  # what crosses does not fit in memory
        return Side(relevance)
    if n_given <= _MANY_CLASSES or n_other * _FEWER > n_given:
        return Side(relevance)
    reason = (
        f"documents would take {n_given:,} laminar classes, queries {n_other:,}: "
        "built with queries in the place of documents"
    )
    return Side(other, is_transposed=True, reason=reason)


def _transposed(relevance: Relevance) -> Relevance:
    return Relevance(
        *relevance.transposed,
        relevance.n_queries,
        query_labels=relevance.document_labels,
        document_labels=relevance.query_labels,
    )
