"""Fitting a locator: texts of the nodes, a reranker, calibration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hrgeom.core import DualEmbedding, Hierarchy, fitted
from hrgeom.locate._engine import Corpus, Engine, fit_engine, rows_of_texts
from hrgeom.locate._locator import Locator
from hrgeom.locate._texts import Texts, texts_of_nodes
from hrgeom.locate._vectors import Vectors, best_threshold

__all__ = ["fit", "with_embedding"]


def fit(
    embedding: DualEmbedding,
    hierarchy: Hierarchy,
    texts: Texts | None,
    encoder: Callable[[list[str]], Any],
    *,
    seed: int = 0,
) -> Locator:
    """Return a locator for new text.

    Parameters
    ----------
    embedding : DualEmbedding
        Certified for this hierarchy, so that the decision "node" is exact.
    hierarchy : Hierarchy
        Where texts are to be placed.
    texts : mapping of str to str or sequence of str, or None
        Label to name, synonyms, definitions in this order, or one text such as "dog, hound: an
        animal that barks". In a sequence texts of more than eight words, and a last one of more
        than four, are definitions. Nodes without a text have that of their label
        (`hrgeom.models.text_of`) or their name; None: all nodes.
    encoder : callable
        From a list of texts to an array with one row per text, such as
        `hrgeom.models.text_encoder("wordllama")`.
    seed : int
        Which leaves the reranker is fitted on, and where its weights begin.

    Returns
    -------
    locator : Locator
        The same for the same arguments.

    Raises
    ------
    HierarchyError
        If a text has a label that no node has.
    FormatError
        If a text is not text.
    ShapeError
        If the embedding does not fit the hierarchy, or the encoder does not return one row per
        text.
    NotFiniteError
        If the encoder returns NaN or infinity.

    Examples
    --------
    >>> import hrgeom
    >>> labels = ["thing", "dog", "cat", "red dog", "old cat"]
    >>> h = Hierarchy(labels, [(1, 0), (2, 0), (3, 1), (4, 2)])
    >>> e = hrgeom.construct(h).embedding
    >>> locator = fit(e, h, None, lambda texts: [[t.count("dog"), t.count("cat")] for t in texts])
    >>> locator(["a small dog"])[0].node
    'dog'
    """
    checked = fitted(embedding, hierarchy.relevance)
    told = texts_of_nodes(hierarchy, texts)
    engine = fit_engine(hierarchy, Corpus.of(told, rows_of_texts(encoder, told)), seed)
    return with_embedding(engine, checked, encoder)


def with_embedding(
    engine: Engine, embedding: DualEmbedding, encoder: Callable[[list[str]], Any]
) -> Locator:
    """Return the locator of an engine with this embedding, its threshold for ranks found."""
    posteriors, truth = engine.kept
    vectors = Vectors(embedding)
    threshold = best_threshold(vectors, vectors.means(posteriors), truth)
    return Locator(embedding, engine, encoder, threshold)
