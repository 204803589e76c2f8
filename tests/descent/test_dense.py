"""The dense form of the descent: its loss against autograd, its rows against the certificate.

What needs torch is marked so, and skipped where it is missing.
"""

import json
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from places import ROOT

from hrgeom.checker import certify
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import load, perfect_tree, random_dag, random_tree
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.testing import hierarchies, relevances

pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed"),
]

NOTIONS = ("global", "row")
JUDGED = Relevance.from_sets([{0, 3}, set(), {1}, {0, 1, 2, 3}, {2, 3}], n_documents=4)
ALL = Relevance.from_sets([{0, 1, 2}] * 4, n_documents=3)
NONE = Relevance.from_sets([set()] * 4, n_documents=3)
ONE = Relevance.from_sets([{0}], n_documents=1)
CHAIN = random_tree(12, shape="chain", seed=0).relevance
STAR = random_tree(12, shape="star", seed=0).relevance
SMALL = {
    "judged": JUDGED,
    "all match": ALL,
    "none match": NONE,
    "one node": ONE,
    "chain": CHAIN,
    "star": STAR,
    "dag": random_dag(30, seed=1).relevance,
}


def descend(relevance, dim=6, **options):
    """Descend on the CPU."""
    from hrgeom.descent import descend_dense

    return descend_dense(relevance, dim=dim, device="cpu", **{"effort": 0.2, **options})


def matrix(relevance):
    """The relevance as a matrix of truth values."""
    found = np.zeros((relevance.n_queries, relevance.n_documents), dtype=bool)
    for query in range(relevance.n_queries):
        found[query, relevance.matches(query)] = True
    return found


def margin_of(found, relevance, notion):
    """The half gap of the rows in float64, by definition; inf where nothing limits it."""
    scores = found.queries.astype(np.float64) @ found.documents.astype(np.float64).T
    is_match = matrix(relevance)
    low = np.where(is_match, scores, np.inf)
    high = np.where(is_match, -np.inf, scores)
    if notion == "global":
        return (low.min() - high.max()) / 2
    return ((low.min(axis=1) - high.max(axis=1)) / 2).min()


def embedding_of(found, notion="global"):
    """The rows as an embedding."""
    threshold = found.threshold if notion == "global" else None
    return DualEmbedding(found.queries, found.documents, threshold, notion)


# --- the loss ---


def rows_of(relevance, dim, seed):
    """Unit rows in float64, as tensors that autograd follows."""
    import torch

    rng = np.random.default_rng(seed)
    both = []
    for n in (relevance.n_queries, relevance.n_documents):
        rows = rng.standard_normal((n, dim))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        both.append(torch.tensor(rows, requires_grad=True))
    return both


def plain_loss(queries, documents, is_match, threshold, temperature):
    """The loss as the page states it, of all pairs at once."""
    import torch

    scores = queries @ documents.T
    where = torch.tensor(is_match)
    zero = torch.zeros(())
    inf = torch.tensor(torch.inf)
    above = torch.where(where, temperature * (threshold - scores), -inf)
    below = torch.where(where, -inf, temperature * (scores - threshold))
    with_one = [torch.cat((zero.expand(len(scores), 1), e), dim=1) for e in (above, below)]
    return sum(torch.logsumexp(e, dim=1) for e in with_one).sum()


def blocked_gradients(relevance, queries, documents, threshold, temperature, tile_bytes):
    """The gradients of the module, by rows of both sides and by the threshold."""
    import torch

    from hrgeom.descent import _dense_loss as loss

    n = relevance.n_queries
    order = np.random.default_rng(0).permutation(n)
    bounds = [0, n // 3, n] if n >= 3 else [0, n]
    groups = loss.blocks_of(
        relevance, order, bounds, dim=queries.shape[1], tile_bytes=tile_bytes, device="cpu"
    )
    q, x = queries.detach()[order], documents.detach()
    by_query, by_document, by_threshold = torch.zeros_like(q), torch.zeros_like(x), 0.0
    n_blocks = 0
    for block in (block for group in groups for block in group):
        n_blocks += 1
        rows = block.of_queries(q)
        sums, of_matches, of_others = loss.look(block, rows, x, temperature, weighted=True)
        at = threshold[order][block.start : block.stop]
        by_query[block.start : block.stop] = loss.query_gradient(sums, at, of_matches, of_others)
        loss.document_gradient(block, rows, x, sums, at, by_document)
        by_threshold += loss.threshold_gradient(sums, at).sum()
    unordered = torch.empty_like(by_query)
    unordered[order] = by_query
    return unordered, by_document, by_threshold, n_blocks


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("temperature", [3.0, 40.0, 2000.0])
@pytest.mark.parametrize("tile_bytes", [16, 200, 2**20])
def test_gradients_of_the_blocked_loss_are_those_of_autograd(name, temperature, tile_bytes):
    import torch

    relevance = SMALL[name]
    queries, documents = rows_of(relevance, 5, seed=2)
    threshold = torch.full((relevance.n_queries,), 0.2, dtype=torch.float64, requires_grad=True)
    plain = plain_loss(queries, documents, matrix(relevance), threshold[:, None], temperature)
    plain.backward()
    by_query, by_document, by_threshold, n_blocks = blocked_gradients(
        relevance, queries, documents, threshold.detach(), temperature, tile_bytes
    )
    assert n_blocks == relevance.n_queries if tile_bytes == 16 else n_blocks >= 1
    close = {"rtol": 1e-9, "atol": 1e-9 * temperature}
    torch.testing.assert_close(by_query, queries.grad, **close)
    torch.testing.assert_close(by_document, documents.grad, **close)
    torch.testing.assert_close(by_threshold, threshold.grad.sum(), **close)


def test_gradient_is_that_of_differences():
    """The same without torch: central differences of the loss in NumPy."""
    relevance, temperature, threshold = JUDGED, 7.0, 0.1
    queries, documents = rows_of(relevance, 4, seed=3)
    is_match = matrix(relevance)

    def loss(q, x):
        scores = q @ x.T
        above = np.where(is_match, np.exp(temperature * (threshold - scores)), 0).sum(axis=1)
        below = np.where(is_match, 0, np.exp(temperature * (scores - threshold))).sum(axis=1)
        return (np.log1p(above) + np.log1p(below)).sum()

    q, x = queries.detach().numpy(), documents.detach().numpy()
    import torch

    found = blocked_gradients(
        relevance,
        queries,
        documents,
        torch.full((relevance.n_queries,), threshold, dtype=torch.float64),
        temperature,
        2**20,
    )
    for side, gradient in enumerate(found[:2]):
        for place in np.ndindex(*gradient.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [q.copy(), x.copy()]
                moved[side][place] += step
                ends.append(loss(*moved))
            assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(float(gradient[place]), abs=1e-6)


@pytest.mark.parametrize("temperature", [2.0, 60.0])
def test_thresholds_of_the_row_notion_have_the_least_loss(temperature):
    import torch

    from hrgeom.descent import _dense_loss as loss

    relevance = SMALL["dag"]
    queries, documents = rows_of(relevance, 5, seed=4)
    n = relevance.n_queries
    [[block]] = loss.blocks_of(
        relevance, np.arange(n), [0, n], dim=5, tile_bytes=2**20, device="cpu"
    )
    sums, _, _ = loss.look(block, queries.detach(), documents.detach(), temperature, weighted=False)
    at = sums.best_threshold()
    assert loss.threshold_gradient(sums, at).abs().max() < 1e-9 * temperature
    plain = [
        plain_loss(queries, documents, matrix(relevance), at[:, None] + shift, temperature)
        for shift in (0.0, 0.01, -0.01)
    ]
    assert plain[0] < min(plain[1:])
    assert torch.isfinite(at).all()


@pytest.mark.parametrize("tile_bytes", [2**10, 2**16, 2**24])
def test_nothing_is_larger_than_a_tile(tile_bytes):
    """Scores of a tile and documents of a block's matches, but for those of a single query."""
    from hrgeom.descent._dense_loss import blocks_of

    relevance = Relevance.from_sets([range(700), *({i % 700} for i in range(900))], 700)
    n, dim = relevance.n_queries, 8
    order = np.arange(n)
    groups = blocks_of(relevance, order, [0, 100, n], dim=dim, tile_bytes=tile_bytes, device="cpu")
    blocks = [block for group in groups for block in group]
    assert [b.start for b in blocks[1:]] == [b.stop for b in blocks[:-1]]
    assert (blocks[0].start, blocks[-1].stop) == (0, n)
    assert 100 in {b.stop for b in blocks}
    for block in blocks:
        size = block.stop - block.start
        assert size * block.width * 4 <= tile_bytes
        assert len(block.rows) * dim * 4 <= tile_bytes or size == 1
        assert len(block.bounds) - 1 == -(-700 // block.width)
        assert block.bounds[-1] == len(block.rows)


# --- the descent ---


@pytest.mark.parametrize("notion", NOTIONS)
@pytest.mark.parametrize(
    ("name", "least"), [("chain", 0.1), ("star", 0.1), ("dag", 0.1), ("judged", 0.1)]
)
def test_margins_are_found_and_certified(name, least, notion):
    relevance = SMALL[name]
    found = descend(relevance, dim=8, notion=notion)
    assert found.margin > least
    assert found.rows_wrong == 0
    assert found.margin == pytest.approx(margin_of(found, relevance, notion), abs=1e-6)
    certificate = certify(embedding_of(found, notion), relevance, threads=1)
    assert certificate.holds
    assert np.isfinite(found.queries).all()
    assert certificate.normalized_margin_lower_bound == pytest.approx(found.margin, abs=1e-5)


@pytest.mark.parametrize("notion", NOTIONS)
@pytest.mark.parametrize("relevance", [ALL, NONE, ONE], ids=["all", "none", "one"])
def test_nothing_limits_the_margin_where_a_side_is_empty(relevance, notion):
    found = descend(relevance, dim=2, notion=notion, effort=0.01)
    assert (found.margin, found.rows_wrong) == (np.inf, 0)
    assert np.isfinite(found.queries).all()
    assert certify(embedding_of(found), relevance, threads=1).holds


def test_mammals():
    found = descend(load("wordnet-mammals").relevance, dim=16, effort=0.1)
    assert found.rows_wrong == 0
    assert found.margin > 0.02
    assert found.epochs == 40


@settings(max_examples=10)
@given(st.one_of(hierarchies().map(lambda h: h.relevance), relevances()), st.sampled_from(NOTIONS))
@example(CHAIN, "global")
def test_what_is_reported_is_what_the_rows_have(relevance, notion):
    found = descend(relevance, dim=3, notion=notion, effort=0.01)
    np.testing.assert_allclose(np.linalg.norm(found.queries, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found.documents, axis=1), 1, rtol=1e-6)
    assert found.margin == pytest.approx(margin_of(found, relevance, notion), abs=1e-5)
    if notion == "global" and found.margin > 1e-5:
        assert certify(embedding_of(found), relevance, threads=1).holds


def test_same_seed_same_bytes():
    relevance = SMALL["dag"]
    first, second = (descend(relevance, seed=5, effort=0.05) for _ in range(2))
    assert first.queries.tobytes() == second.queries.tobytes()
    assert first.documents.tobytes() == second.documents.tobytes()
    assert first.threshold == second.threshold
    assert first.queries.tobytes() != descend(relevance, seed=6, effort=0.05).queries.tobytes()


def test_small_tiles_descend_as_well(monkeypatch):
    from hrgeom.descent import _dense

    relevance = random_dag(60, seed=2).relevance
    whole = descend(relevance, dim=12)
    monkeypatch.setattr(_dense, "HOST_TILE_BYTES", 4096)
    assert descend(relevance, dim=12).margin == pytest.approx(whole.margin, abs=0.02)


def test_groups_deal_out_neighbors():
    from hrgeom.descent._dense_rows import dealt

    relevance = perfect_tree(3, 5).relevance
    order, bounds = dealt(relevance, 8, np.random.default_rng(0))
    assert sorted(order) == list(range(relevance.n_queries))
    sizes = np.diff(bounds)
    assert sizes.sum() == relevance.n_queries
    assert sizes.max() - sizes.min() <= 1
    root_children = [[], [], []]
    for group, (a, b) in enumerate(pairwise(bounds)):
        for query in order[a:b]:
            child = next((v for v in relevance.matches(query) if v in (1, 2, 3)), None)
            if child is not None:
                root_children[child - 1].append(group)
    for groups in root_children:  # every subtree of 40 nodes is in all groups, about evenly
        counts = np.bincount(groups, minlength=8)
        assert counts.min() >= 3


def interrupted_at(line):
    """A report that is interrupted at a line."""
    lines = []

    def report(text):
        lines.append(text)
        if len(lines) == line:
            raise KeyboardInterrupt

    return report, lines


@pytest.mark.parametrize("line", [1, 8])
def test_interrupt_returns_the_best_so_far(line):
    relevance = perfect_tree(2, 5).relevance
    report, lines = interrupted_at(line)
    found = descend(relevance, dim=8, report=report)
    whole = descend(relevance, dim=8)
    assert found.epochs < whole.epochs
    assert any("interrupted in epoch" in text for text in lines)
    assert found.margin == max(entry.margin for entry in found.history)
    assert found.margin == pytest.approx(margin_of(found, relevance, "global"), abs=1e-6)
    assert whole.margin > found.margin


def test_minutes_end_the_run():
    found = descend(perfect_tree(2, 5).relevance, dim=8, minutes=1e-9)
    assert found.epochs == 0
    assert len(found.history) == 1
    found = descend(perfect_tree(2, 5).relevance, dim=8, effort=50, minutes=0.02)
    assert 0 < found.epochs < 50 * 400
    assert found.margin > found.history[0].margin


@pytest.mark.parametrize("notion", NOTIONS)
def test_start_is_never_lost(notion):
    relevance = perfect_tree(2, 5).relevance
    first = descend(relevance, dim=8, notion=notion, effort=0.1)
    second = descend(relevance, dim=8, notion=notion, effort=0.3, start=first, seed=1)
    assert second.history[0].margin == pytest.approx(first.margin, abs=1e-6)
    assert second.margin > first.margin


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 0}, "dim must be positive"),
        ({"effort": 0.0}, "effort must be a positive number"),
        ({"effort": float("nan")}, "effort must be a positive number"),
        ({"minutes": -1.0}, "minutes must be positive"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ConstructionError, match=message):
        descend(CHAIN, **options)


@pytest.mark.parametrize("device", ["no such device", "meta:x"])
def test_devices_are_checked(device):
    from hrgeom.descent import descend_dense

    with pytest.raises(ConstructionError, match="torch must have the device"):
        descend_dense(CHAIN, dim=3, device=device)


def test_start_must_fit():
    first = descend(CHAIN, dim=5, effort=0.01)
    with pytest.raises(ShapeError, match="must have rows of shapes"):
        descend(CHAIN, dim=6, start=first)


# --- the benchmark ---


def test_benchmark_in_small(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    script = import_module("descent_cuda")
    monkeypatch.setattr(script.common, "RESULTS", script.common.RESULTS)
    tree = script.Case(lambda: perfect_tree(2, 5), (8,), (0, 1))
    monkeypatch.setitem(script.CASES, "tree", tree)
    script.main(
        [
            "--device",
            "cpu",
            "--only",
            "tree",
            "--effort",
            "0.1",
            "--seed",
            "3",
            "--out",
            str(tmp_path),
        ]
    )
    result = json.loads((tmp_path / "descent_cuda.json").read_text(encoding="utf-8"))
    assert list(result["rows"]) == ["tree, d = 8, seed 3"]
    [row] = result["rows"].values()
    assert row["epochs"] == 40
    assert row["rows_wrong"] == 0
    for dtype in ("float32", "float16"):
        certificate = row["certificates"][dtype]
        assert certificate["holds"]
        assert certificate["n_pairs"] == 31**2
        assert certificate["margin"] == pytest.approx(row["observed_margin"], abs=2e-3)
