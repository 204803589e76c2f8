"""Leaves held out: who is kept, what is right, what measures say, by hand and by brute force."""

import json

import numpy as np
import pytest
from hypothesis import given

from hrgeom import Hierarchy, construct
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.locate import evaluate
from hrgeom.locate.evaluation import Found, HoldOut, _evaluate, by_scores
from hrgeom.locate.evaluation._holdout import held_out
from hrgeom.locate.evaluation._measures import Top, best_level
from hrgeom.locate.evaluation._scores import scored
from hrgeom.testing import dags

KINDS = ("dog", "cat", "bed", "lamp")
SHOP = Hierarchy(
    ["all", *KINDS, *(f"{KINDS[i % 4]} {i}" for i in range(160))],
    [*((k, 0) for k in range(1, 5)), *((5 + i, 1 + i % 4) for i in range(160))],
)


def worded(texts):
    return [[text.count(word) + 0.01 for word in KINDS] for text in texts]


@given(dags(20))
def test_what_is_held_out_is_no_part_of_what_is_kept(h):
    n_leaves = sum(bool(h.parents(h.labels[leaf])) for leaf in h.leaves)
    rows = np.arange(h.n_nodes, dtype=np.float32)[:, None]
    if n_leaves < 4:
        with pytest.raises(ShapeError, match="leaves"):
            held_out(h, h.labels, rows, share=0.1, seed=0, most_queries=9)
        return
    split = held_out(h, h.labels, rows, share=0.3, seed=0, most_queries=9)
    kept = split.hierarchy
    asked = [*split.test.texts, *split.tuning.texts]
    assert not set(asked) & set(kept.labels)
    assert len(set(asked)) == len(asked)
    assert split.texts == list(kept.labels)
    for queries in (split.test, split.tuning):
        for text, parents, truth, steps in zip(
            queries.texts, queries.parents, queries.truth, queries.distances, strict=True
        ):
            assert {kept.labels[v] for v in truth} == set(h.ancestors(text))
            assert {kept.labels[v] for v in parents} == set(h.parents(text))
            of_full = dict(
                zip(h.relevance.matches(h.index(text)).tolist(), distances(h, text), strict=True)
            )
            for v, step in zip(truth.tolist(), steps.tolist(), strict=True):
                assert of_full[h.index(kept.labels[v])] == step


def distances(h, label):
    start = h.relevance.indptr[h.index(label)]
    return h.distances[start : start + len(h.relevance.matches(h.index(label)))].tolist()


def test_the_locator_wins_where_the_kind_is_said():
    lines = []
    found = evaluate(SHOP, None, worded, splits=2, dims=(4,), report=lines.append)
    assert list(found.methods)[:2] == ["locator", "soft-closure"]
    assert {"nearest", "knn", "flat", "flat-soft", "cosine", "locator-majority-4"} <= set(
        found.methods
    )
    best = found.methods["locator"]
    assert best.f1 == best.exact == best.parent == 1
    assert best.recall is None
    assert best.recall_by_distance == {}
    assert found.methods["soft-closure"].recall == 1
    assert found.coverage == 1
    assert (found.n_nodes, found.n_queries, found.n_splits) == (165, 16, 2)
    assert any("cosine" in line for line in lines)
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["locator"]["f1"] == 1
    assert data["about"]["n_queries"] == 16
    shown = str(found)
    assert "locator-rank-4" in shown
    assert "lost to the geometry" in shown


def test_methods_of_ones_own_stand_in_the_table():
    def all_of_it(split: HoldOut) -> Found:
        assert len(split.tree.hierarchy.labels) == len(split.texts) == len(split.rows)
        return by_scores(
            split,
            lambda queries: lambda part: np.ones((len(queries.texts[part]), split.tree.n)),
            0.5,
        )

    found = evaluate(SHOP, None, worded, splits=1, dims=(), methods={"all": all_of_it})
    assert found.methods["all"].f1 == pytest.approx(2 * 2 / (2 + 141))
    assert not found.geometry_loss


def test_other_embeddings_are_made_where_that_is_asked_for():
    made = []

    def build(h, dim):
        made.append((h.n_nodes, dim))
        return construct(h).embedding

    evaluate(SHOP, None, worded, splits=1, dims=(9,), construct=build, most_queries=3)
    assert made == [(141, 9)]


def test_dimensions_without_an_embedding_are_left_out():
    def none(h, dim):
        raise ConstructionError("no embedding")

    lines = []
    found = evaluate(SHOP, None, worded, splits=1, dims=(2,), construct=none, report=lines.append)
    assert "left out: no embedding" in lines
    assert not found.geometry_loss
    assert "locator" in found.methods


@pytest.mark.parametrize(
    "options", [{"hold_out": 0}, {"hold_out": 0.6}, {"splits": 0}, {"most_queries": 0}]
)
def test_options_of_the_evaluation_are_checked(options):
    with pytest.raises(ShapeError):
        evaluate(SHOP, None, worded, **options)


def test_measures_by_hand():
    h = Hierarchy(["a", "b", "c", *"defgh"], [(1, 0), (2, 1), *((i, 2) for i in range(3, 8))])
    rows = np.zeros((8, 1), np.float32)
    split = held_out(h, h.labels, rows, share=0.4, seed=0, most_queries=2)
    assert [sorted(truth.tolist()) for truth in split.test.truth] == [[0, 1, 2]] * 2
    sets = [np.array([2, 1, 0]), np.array([1])]
    tops = [np.array([True, True, False]), np.array([True, False, False])]
    got = scored("x", Found(sets, tops), split)
    assert (got.f1, got.exact, got.parent, got.recall) == (0.75, 0.5, 0.5, 0.5)


def test_the_best_level_is_the_best_of_all():
    h = Hierarchy(["a", "b", "c", *"defgh"], [(1, 0), (2, 1), *((i, 2) for i in range(3, 8))])
    split = held_out(h, h.labels, np.zeros((8, 1), np.float32), share=0.4, seed=0, most_queries=2)
    random = np.random.default_rng(0)
    for _ in range(20):
        found = []
        for truth in split.test.truth:
            nodes, scores = random.permutation(6), -np.sort(-random.random(6))
            found.append(Top(nodes, scores, np.isin(nodes, truth)))
        values = np.concatenate([top.scores for top in found])

        def f1(level, found=found):
            return sum(
                2 * top.is_right[top.scores > level].sum() / ((top.scores > level).sum() + 3)
                for top in found
            )

        assert f1(best_level(found, split.test)) >= max(map(f1, values)) - 0.1


@pytest.mark.parametrize(
    ("margins", "taken"),
    [
        ({"auto": 0.2, "descent": 0.3}, "auto"),
        ({"auto": 0.05, "descent": 0.3}, "descent"),
        ({"auto": 0.05}, "auto"),
        ({"descent": 0.01}, "descent"),
        ({}, None),
    ],
)
def test_a_theorem_serves_where_it_leaves_margin_enough(monkeypatch, margins, taken):
    def made(hierarchy, dim, method):
        return (method, margins[method]) if method in margins else (None, 0.0)

    monkeypatch.setattr(_evaluate, "_certified", made)
    if taken is None:
        with pytest.raises(ConstructionError, match="got none of 8 dimensions"):
            _evaluate._constructed(None, 8)
    else:
        assert _evaluate._constructed(None, 8) == taken
