"""Leaves held out, and every method asked for their ancestors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hrgeom.constructions import construct as best_construction
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.locate._decisions import decide
from hrgeom.locate._engine import Corpus, Engine, fit_engine, rows_of_texts
from hrgeom.locate._fit import with_embedding
from hrgeom.locate._posterior import Posteriors
from hrgeom.locate._texts import Texts, texts_of_nodes
from hrgeom.locate.evaluation._holdout import HoldOut, Queries, held_out
from hrgeom.locate.evaluation._measures import Found, Score, found_by_sets
from hrgeom.locate.evaluation._methods import METHODS, Method, by_scores
from hrgeom.locate.evaluation._scores import averaged, scored
from hrgeom.locate.evaluation._values import Evaluation, MethodScores

__all__ = ["evaluate"]

_ENOUGH = 0.1  # margin with which a mean vector loses less than a point of recall

Construct = Callable[[Hierarchy, int], DualEmbedding]


def evaluate(
    hierarchy: Hierarchy,
    texts: Texts | None,
    encoder: Callable[[list[str]], Any],
    *,
    hold_out: float = 0.1,
    splits: int = 3,
    seed: int = 0,
    dims: Sequence[int] = (64, 256),
    construct: Callable[[Hierarchy, int], DualEmbedding] | None = None,
    methods: Mapping[str, Callable[[HoldOut], Found]] | None = None,
    most_queries: int = 1000,
    report: Callable[[str], None] | None = None,
) -> Evaluation:
    """Return how well leaves that were held out are placed by their text.

    In each split `hold_out` of the leaves are test queries (at most `most_queries` of them are
    asked), half as many more are set aside for tuning; documents, embeddings and all fitting use
    the other nodes only. Right are the ancestors of the held-out leaf, without itself.

    Parameters
    ----------
    hierarchy : Hierarchy
        With all nodes.
    texts : mapping of str to str or sequence of str, or None
        As for `fit`.
    encoder : callable
        As for `fit`.
    hold_out : float
        Share of the leaves, above 0 and at most 0.5.
    splits : int
        Number of splits.
    seed : int
        The splits are those of seed, seed + 1, ...
    dims : sequence of int
        Dimensions of the embeddings for the vector decisions; empty for none. Those in which no
        embedding is found are left out.
    construct : callable, optional
        From a hierarchy and a dimension to an embedding. Default: by a theorem where that leaves
        a margin of a tenth, otherwise by descent, which takes minutes for hierarchies of 10^5
        nodes.
    methods : mapping of str to callable, optional
        Further methods by name, such as trained towers: each takes a `HoldOut` and returns what it
        found for the test queries, a `Found`.
    most_queries : int
        Test queries asked in each split, at most.
    report : callable, optional
        Takes a line about what is being done.

    Returns
    -------
    evaluation : Evaluation
        One row per method.

    Raises
    ------
    ShapeError
        If `hold_out` or `splits` is out of range, or there are too few leaves to hold out.
    HierarchyError, FormatError, NotFiniteError
        As for `fit`.

    Examples
    --------
    >>> kinds = ["dog", "cat"]
    >>> labels = ["all", *kinds, *(f"{kinds[i % 2]} {i}" for i in range(100))]
    >>> h = Hierarchy(labels, [(1, 0), (2, 0), *((3 + i, 1 + i % 2) for i in range(100))])
    >>> found = evaluate(h, None, lambda texts: [[t.count(k) for k in kinds] for t in texts],
    ...                  splits=1, dims=())
    >>> found.methods["locator"].exact
    1.0
    """
    _check(hold_out, splits, most_queries)
    say = report or (lambda line: None)
    told = texts_of_nodes(hierarchy, texts)
    say(f"encoding {len(told):,} texts")
    rows = rows_of_texts(encoder, told)
    others: dict[str, Method] = {**METHODS, **(methods or {})}
    build = construct or _constructed
    rounds: list[dict[str, MethodScores]] = []
    facts: list[dict[str, float]] = []
    for number in range(splits):
        split = held_out(
            hierarchy, told, rows, share=hold_out, seed=seed + number, most_queries=most_queries
        )
        say(f"split {number + 1} of {splits}: the locator")
        found, fact = _by_locator(split, dims, build, encoder, say)
        for name, method in others.items():
            say(f"split {number + 1} of {splits}: {name}")
            found[name] = method(split)
        rounds.append({name: scored(name, each, split) for name, each in found.items()})
        facts.append(fact)
    return _evaluation(hierarchy, averaged(rounds), facts, tuple(dims), hold_out, seed)


def _check(hold_out: float, splits: int, most_queries: int) -> None:
    if not 0 < hold_out <= 0.5:
        raise ShapeError(f"hold_out must be above 0 and at most 0.5: got {hold_out}")
    if splits < 1 or most_queries < 1:
        raise ShapeError(
            f"splits and most_queries must be at least 1: got {splits} and {most_queries}"
        )


def _constructed(hierarchy: Hierarchy, dim: int) -> DualEmbedding:
    """Return an embedding of much margin in this dimension: a mean of query vectors needs it.

    One by a theorem takes seconds; where it leaves too little, as in few dimensions, which it
    spends on exactness, that of descent is taken if it holds.
    """
    proved, margin = _certified(hierarchy, dim, "auto")
    if proved is not None and margin >= _ENOUGH:
        return proved
    found = _certified(hierarchy, dim, "descent")[0] or proved
    if found is None:
        raise ConstructionError(f"an embedding must hold: got none of {dim} dimensions that does")
    return found


def _certified(hierarchy: Hierarchy, dim: int, method: str) -> tuple[DualEmbedding | None, float]:
    """Return the embedding that a method makes, if it holds, and its margin for unit rows."""
    try:
        made = best_construction(hierarchy, dim=dim, method=method)
    except ConstructionError:
        return None, 0.0
    if made.certificate is None or not made.certificate.holds:
        return None, 0.0
    return made.embedding, made.certificate.normalized_margin_lower_bound or 0.0


def _by_locator(
    split: HoldOut,
    dims: Sequence[int],
    build: Construct,
    encoder: Callable[[list[str]], Any],
    say: Callable[[str], None],
) -> tuple[dict[str, Found], dict[str, float]]:
    """Return what the locator finds by each decision, and what limits it."""
    corpus = Corpus.of(split.texts, split.rows)
    engine = fit_engine(split.hierarchy, corpus, split.seed)
    posteriors = engine.posteriors(split.test.rows, split.test.texts)
    found = {
        "locator": _by_nodes(engine, posteriors),
        "soft-closure": _by_closure(split, engine, posteriors),
    }
    facts = {"n_queries": float(len(split.test)), "coverage": _coverage(posteriors, split.test)}
    for dim in dims:
        say(f"an embedding of {dim} dimensions")
        try:
            embedding = build(split.hierarchy, dim)
        except ConstructionError as error:
            say(f"left out: {error}")
            continue
        found |= _by_vectors(split, engine, posteriors, embedding, dim, encoder)
    return found, facts


def _by_nodes(engine: Engine, posteriors: Posteriors) -> Found:
    decided = decide(engine.tree, posteriors, engine.calibration, None)
    return found_by_sets(engine.tree, decided.nodes, decided.expected)


def _by_closure(split: HoldOut, engine: Engine, posteriors: Posteriors) -> Found:
    """Ancestors by their probability, written out: what a vector is compared with."""
    of_test = posteriors.of_ancestors(engine.tree)
    of_tuning = engine.posteriors(split.tuning.rows, split.tuning.texts).of_ancestors(engine.tree)
    ties = (engine.tree.levels * 1e-6).astype(np.float32)

    def score_of(queries: Queries) -> Score:
        shares = of_test if queries is split.test else of_tuning
        return lambda part: np.asarray(shares[part].toarray()) - ties

    return by_scores(split, score_of)


def _by_vectors(
    split: HoldOut,
    engine: Engine,
    posteriors: Posteriors,
    embedding: DualEmbedding,
    dim: int,
    encoder: Callable[[list[str]], Any],
) -> dict[str, Found]:
    """Return what mean vectors retrieve at the threshold of the embedding, and at the best one."""
    locator = with_embedding(engine, embedding, encoder)
    means = locator.means(posteriors)
    documents = locator.embedding.values()[1]

    def score_of(queries: Queries) -> Score:
        return lambda part: np.asarray(means[part] @ documents.T)

    found: dict[str, Found] = {}
    for name, level in (
        ("majority", locator.embedding.threshold),
        ("rank", locator.rank_threshold),
    ):
        if level is not None:
            found[f"locator-{name}-{dim}"] = by_scores(split, score_of, level)
    return found


def _coverage(posteriors: Posteriors, queries: Queries) -> float:
    pairs = zip(posteriors.nodes, queries.parents, strict=True)
    return float(np.mean([np.isin(right, nodes).any() for nodes, right in pairs]))


def _evaluation(
    hierarchy: Hierarchy,
    methods: dict[str, MethodScores],
    facts: list[dict[str, float]],
    dims: tuple[int, ...],
    hold_out: float,
    seed: int,
) -> Evaluation:
    explicit = methods["soft-closure"].recall or 0.0
    vectors = {dim: methods.get(f"locator-majority-{dim}") for dim in dims}
    return Evaluation(
        methods=methods,
        n_nodes=hierarchy.n_nodes,
        n_queries=int(facts[0]["n_queries"]),
        n_splits=len(facts),
        hold_out=hold_out,
        seed=seed,
        coverage=float(np.mean([fact["coverage"] for fact in facts])),
        geometry_loss={
            dim: explicit - (found.recall or 0.0) for dim, found in vectors.items() if found
        },
    )
