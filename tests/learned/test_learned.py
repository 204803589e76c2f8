"""Training: samplers, batches, losses and recipes against their definitions.

What needs torch is marked so, and skipped where it is missing.
"""

import json
import math
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT

import hrgeom
from hrgeom.cli import main
from hrgeom.datasets import load, perfect_tree, random_dag
from hrgeom.errors import FormatError, HierarchyError, HrgeomError
from hrgeom.learned import RECIPES, Config, PairSampler, Stage, _recipes, split_pairs, split_queries
from hrgeom.learned._batches import BatchMaker
from hrgeom.learned._config import ConfigError
from hrgeom.learned._repair import repaired
from hrgeom.learned._samplers import TrainingPairs
from hrgeom.learned._starts import first_tables, fitted
from hrgeom.testing import hierarchies

KINDS = ("pairs", "queries", "rebalanced", "far", "stratified", "even")


def needs_torch(test):
    """Mark a test that computes with torch."""
    missing = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
    return pytest.mark.torch(missing(test))


def probability(hierarchy, kind, share, cut):
    """Return the probability of every pair (q, v), from the words of the table."""
    away = {}
    for q in range(hierarchy.n_nodes):
        row = slice(*hierarchy.relevance.indptr[q : q + 2])
        for v, d in zip(
            hierarchy.relevance.indices[row].tolist(),
            hierarchy.distances[row].tolist(),
            strict=True,
        ):
            away[q, v] = d
    far = [pair for pair, d in away.items() if d >= cut]
    size = Counter(q for q, _ in away)
    occurs = Counter(away.values())
    return {
        pair: {
            "pairs": 1 / len(away),
            "queries": 1 / (hierarchy.n_nodes * size[pair[0]]),
            "rebalanced": share / len(away) + (1 - share) * (d >= cut) / max(1, len(far)),
            "far": (d >= cut) / max(1, len(far)),
            "stratified": 1 / (len(occurs) * occurs[d]),
        }["rebalanced" if kind == "even" else kind]
        for pair, d in away.items()
    }


# Samplers, splits, batches


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tree", [perfect_tree(2, 4), random_dag(12, seed=2)], ids=["tree", "dag"])
def test_samplers_draw_with_the_stated_frequencies(kind, tree):
    from scipy.stats import chisquare

    pairs = TrainingPairs.of(tree)
    sampler = PairSampler(pairs, kind, share=0.3, cut=2)
    expected = probability(tree, kind, 0.3, 2)
    order = zip(pairs.queries.tolist(), pairs.documents.tolist(), strict=True)
    wanted = np.array([expected[pair] for pair in order])
    np.testing.assert_allclose(sampler.probabilities, wanted, rtol=1e-12)
    n = 20_000
    counts = np.bincount(sampler.draw(n, np.random.default_rng(0)), minlength=len(wanted))
    assert counts[wanted == 0].sum() == 0
    seen = wanted > 0
    assert chisquare(counts[seen], n * wanted[seen]).pvalue > 1e-3
    share = np.zeros(tree.n_nodes)
    np.add.at(share, pairs.documents, wanted)
    np.testing.assert_allclose(sampler.document_probabilities, share, rtol=1e-12)


@pytest.mark.parametrize("n", [7, 20, 49, 1000])
def test_even_draws_are_as_even_as_whole_numbers_can_be(n):
    pairs = TrainingPairs.of(perfect_tree(2, 4))  # 49 pairs
    sampler = PairSampler(pairs, "even", share=0.3, cut=2)
    counts = np.bincount(sampler.draw(n, np.random.default_rng(n)), minlength=49)
    assert np.abs(counts - n * sampler.probabilities).max() < 1 + 1e-9
    every = PairSampler(pairs, "even").draw(49, np.random.default_rng(n))
    assert every.tolist() == list(range(49))


def test_a_sampler_with_nothing_to_draw_is_refused():
    pairs = TrainingPairs.of(perfect_tree(2, 2))
    with pytest.raises(ConfigError, match=r"must have positive probability: got none .* cut 2"):
        PairSampler(pairs, "far", cut=2)
    # without a far pair, "rebalanced" is uniform
    assert len(set(PairSampler(pairs, "rebalanced", share=0.5, cut=9).probabilities)) == 1


@given(
    hierarchy=hierarchies(),
    columns=st.sampled_from(["batch", "unique", "all"]),
    labels=st.sampled_from(["pair", "exact"]),
    uniform=st.integers(0, 6),
    seed=st.integers(0, 3),
)
def test_batches_match_brute_force(hierarchy, columns, labels, uniform, seed):
    uniform = 0 if columns == "all" else uniform
    stage = Stage(1, columns=columns, labels=labels, uniform=uniform, batch=9)
    batch = BatchMaker(TrainingPairs.of(hierarchy), stage).draw(np.random.default_rng(seed))
    ancestors = [set(hierarchy.relevance.matches(q).tolist()) for q in range(hierarchy.n_nodes)]
    assert all(v in ancestors[q] for q, v in zip(batch.queries, batch.documents, strict=True))
    np.testing.assert_array_equal(batch.columns[batch.targets], batch.documents)
    if columns == "batch":
        np.testing.assert_array_equal(batch.columns[:9], batch.documents)
        assert len(batch.columns) == 9 + uniform
    else:
        assert len(set(batch.columns.tolist())) == len(batch.columns)
    if labels == "pair":
        assert batch.others is None
        return
    wanted = [
        [v in ancestors[q] and j != t for j, v in enumerate(batch.columns.tolist())]
        for q, t in zip(batch.queries.tolist(), batch.targets.tolist(), strict=True)
    ]
    np.testing.assert_array_equal(batch.others, wanted)


@pytest.mark.parametrize("labels", ["pair", "exact"])
def test_sampled_columns_leave_out_hits(labels):
    tree = perfect_tree(2, 4)
    stage = Stage(1, columns="sampled", labels=labels, uniform=20, batch=9)
    batch = BatchMaker(TrainingPairs.of(tree), stage).draw(np.random.default_rng(0))
    assert batch.targets is None
    for q, v, row in zip(batch.queries, batch.documents, batch.others, strict=True):
        known = {v} if labels == "pair" else set(tree.relevance.matches(q).tolist())
        assert row.tolist() == [w in known for w in batch.columns.tolist()]
    assert batch.others.any()


def test_labels_do_not_know_held_out_pairs():
    tree = perfect_tree(2, 5)
    held = split_pairs(tree, 0.5, seed=1)
    assert held.sum() == round(0.5 * (tree.distances >= 2).sum())
    assert tree.distances[held].min() == 2
    pairs = TrainingPairs.of(tree, ~held)
    assert len(pairs.documents) == (~held).sum()
    maker = BatchMaker(pairs, Stage(1, labels="exact", columns="all"))
    every = np.arange(tree.n_nodes)
    known = maker.matches(every, every)
    rows = np.repeat(every, tree.relevance.n_matches)
    np.testing.assert_array_equal(known[rows, tree.relevance.indices], ~held)
    assert known.sum() == (~held).sum()


@pytest.mark.parametrize("n", [2, 3, 50])
def test_splits_of_queries_are_apart(n):
    split = split_queries(n, 10, n, seed=3)
    assert len(split.validation) == min(10, n // 2)
    assert sorted([*split.validation, *split.test]) == list(range(n))
    assert len(split_queries(n, 10, 1, seed=3).test) == 1


def test_bad_splits_are_refused():
    with pytest.raises(HierarchyError, match="two queries"):
        split_queries(1, 10, 10)
    with pytest.raises(HierarchyError, match="share must be from 0 to 1: got 2"):
        split_pairs(perfect_tree(2, 2), 2)


# Configs and recipes


@pytest.mark.parametrize("name", RECIPES)
def test_configs_survive_json(name):
    config = RECIPES[name](8, seed=3)
    assert config.recipe == name
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Stage(0), "steps must be positive: got 0"),
        (lambda: Stage(1, lr=math.inf), "lr must be positive: got inf"),
        (lambda: Stage(1, loss="mse"), "loss must be one of softmax, sigmoid, hinge: got 'mse'"),
        (lambda: Stage(1, share=2.0), "share must be from 0 to 1"),
        (lambda: Stage(1, columns="sampled"), "uniform must be positive for columns 'sampled'"),
        (lambda: Stage(1, columns="all", uniform=3), "0 for 'all': got 3"),
        (lambda: Stage(1, frequency="divided out", columns="all"), "must come with loss"),
        (lambda: Stage(1, cut=-1), "at least 0"),
        (
            lambda: Stage(1, loss="hinge", columns="sampled", uniform=3),
            "columns 'sampled' must come with loss 'softmax'",
        ),
        (lambda: Config("", 1, ()), "at least one stage"),
        (lambda: Config("", 0, (Stage(1),)), "dim must be positive"),
        (lambda: Config("", 1, (Stage(1),), seed=-1), "seed must be at least 0"),
        (lambda: Config.from_dict({"stages": [{"stepps": 3}]}), "fields of Config"),
    ],
)
def test_bad_configs_are_refused(make, message):
    with pytest.raises(ConfigError, match=message):
        make()


# Starts and repairs, which need no torch


@pytest.mark.parametrize("dim", [1, 2, 3, 5, 8])
def test_fitted_scores_are_the_nearest(dim):
    rng = np.random.default_rng(0)
    queries, documents = rng.standard_normal((7, 5)), rng.standard_normal((9, 5))
    q, x = fitted(queries, documents, dim, np.random.default_rng(1))
    assert q.shape == (7, dim)
    assert np.mean(q**2) == pytest.approx(1)
    assert np.mean(x**2) == pytest.approx(1)
    left, values, right = np.linalg.svd(queries @ documents.T, full_matrices=False)
    values[dim:] = 0
    nearest = left * values @ right
    got = q @ x.T
    np.testing.assert_allclose(
        got * np.linalg.norm(nearest) / np.linalg.norm(got), nearest, atol=1e-12
    )


def test_a_start_from_a_construction_is_exact():
    tree = perfect_tree(3, 4)
    queries, documents = first_tables(tree, _recipes.from_construction(6))
    embedding = hrgeom.DualEmbedding(queries, documents, notion="row")
    assert hrgeom.certify(embedding, hrgeom.Relevance(*_arrays(tree))).holds


def _arrays(tree):
    return tree.relevance.indptr, tree.relevance.indices, tree.n_nodes


def test_repair_mends_what_can_be_mended():
    tree = perfect_tree(3, 3)
    good = hrgeom.construct(tree, dim=8, proved=True).embedding
    queries, documents = (rows.astype(np.float32) for rows in good.values())
    spoilt = queries.copy()
    spoilt[[2, 5]] *= -1
    outcome = repaired(spoilt, documents, tree.relevance, np.array([2, 5]))
    assert (outcome.n_failing, outcome.n_repaired) == (2, 2)
    fixed = hrgeom.DualEmbedding(outcome.queries, documents, notion="row")
    assert hrgeom.certify(fixed, hrgeom.Relevance(*_arrays(tree))).holds
    untouched = np.setdiff1d(np.arange(tree.n_nodes), [2, 5])
    np.testing.assert_array_equal(outcome.queries[untouched], queries[untouched])
    # equal documents: no vector tells them apart, and the queries stay what they were
    same = repaired(spoilt, np.ones_like(documents), tree.relevance, np.array([2, 5]))
    assert (same.n_failing, same.n_repaired) == (2, 0)
    np.testing.assert_array_equal(same.queries, spoilt)
    assert repaired(spoilt, documents, tree.relevance, np.array([], dtype=int)).n_failing == 0


# Losses


def _scores_and_labels(seed):
    rng = np.random.default_rng(seed)
    scores = 3 * rng.standard_normal((4, 6))
    targets = rng.integers(0, 6, 4)
    others = rng.random((4, 6)) < 0.3
    others[np.arange(4), targets] = False
    return scores, targets, others, rng.standard_normal(6)


def softmax_by_definition(scores, targets, others, log_q, t):
    total = 0.0
    for i, target in enumerate(targets):
        denominator = sum(
            math.exp(scores[i, j] / t - log_q[j]) for j in range(6) if not others[i, j]
        )
        total += math.log(denominator) - scores[i, target] / t + log_q[target]
    return total / len(targets)


def sigmoid_by_definition(scores, targets, others, t, b):
    total = 0.0
    for i, target in enumerate(targets):
        for j in range(6):
            sign = 1 if j == target or others[i, j] else -1
            total += math.log1p(math.exp(-sign * (scores[i, j] / t + b)))
    return total / len(targets)


def hinge_by_definition(scores, targets, others, t):
    shortfalls = [
        1 - (scores[i, target] - scores[i, j]) / t
        for i, target in enumerate(targets)
        for j in range(6)
        if j != target and not others[i, j]
    ]
    active = [x for x in shortfalls if x > 0]
    return sum(active) / len(active) if active else 0.0


@needs_torch
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("with_others", [False, True])
def test_losses_match_their_definitions(seed, with_others):
    import torch

    from hrgeom.learned import _losses

    scores, targets, others, log_q = _scores_and_labels(seed)
    s = torch.tensor(scores, requires_grad=True)
    t = torch.tensor(targets)
    o = torch.tensor(others) if with_others else None
    others = others & with_others
    none = np.zeros(6)
    scalars = torch.tensor([0.4, -0.7], dtype=torch.float64, requires_grad=True)
    cases = [
        (
            lambda s: _losses.softmax(s, t, temperature=2.0, others=o),
            softmax_by_definition(scores, targets, others, none, 2.0),
        ),
        (
            lambda s: _losses.softmax(s, t, temperature=2.0, others=o, log_q=torch.tensor(log_q)),
            softmax_by_definition(scores, targets, others, log_q, 2.0),
        ),
        (
            lambda s: _losses.hinge(s, t, temperature=2.0, others=o),
            hinge_by_definition(scores, targets, others, 2.0),
        ),
    ]
    for loss, expected in cases:
        assert loss(s).item() == pytest.approx(expected, rel=1e-12)
        assert torch.autograd.gradcheck(loss, (s,))

    def sigmoid(s, scalars):
        return _losses.sigmoid(s, t, log_temperature=scalars[0], bias=scalars[1], others=o)

    expected = sigmoid_by_definition(scores, targets, others, math.exp(0.4), -0.7)
    assert sigmoid(s, scalars).item() == pytest.approx(expected, rel=1e-12)
    assert torch.autograd.gradcheck(sigmoid, (s, scalars))


@needs_torch
def test_sampled_softmax_estimates_the_sum_without_bias():
    import torch

    from hrgeom.learned import _losses

    rng = np.random.default_rng(0)
    m, target, t = 5, 2, 1.7
    scores = rng.standard_normal(m)
    own = torch.tensor(scores[[target]], requires_grad=True)

    def loss(own, drawn, others):
        return _losses.sampled_softmax(own, drawn, n_documents=m, temperature=t, others=others)

    sums = []
    for first in range(m):  # every outcome of k = 2 draws
        for second in range(m):
            drawn = torch.tensor(scores[None, [first, second]])
            hit = torch.tensor([[first == target, second == target]])
            sums.append(math.exp(loss(own, drawn, hit).item() + scores[target] / t))
    assert np.mean(sums) == pytest.approx(np.exp(scores / t).sum(), rel=1e-12)
    drawn = torch.tensor(scores[None, [0, 4]], requires_grad=True)
    hit = torch.tensor([[False, True]])
    assert torch.autograd.gradcheck(lambda a, b: loss(a, b, hit), (own, drawn))


@needs_torch
def test_hinge_of_a_separated_batch_is_zero():
    import torch

    from hrgeom.learned import _losses

    scores = torch.tensor([[9.0, 0.0], [0.0, 9.0]], requires_grad=True)
    loss = _losses.hinge(scores, torch.arange(2), temperature=1.0)
    loss.backward()
    assert loss.item() == 0
    assert not scores.grad.any()


# Optimizers, tables, recall


@needs_torch
@pytest.mark.parametrize("name", ["adagrad", "sgd"])
def test_optimizers_match_a_plain_loop(name):
    import torch

    from hrgeom.learned._optimizers import new_optimizer

    rng = np.random.default_rng(0)
    table = torch.tensor(rng.standard_normal((5, 3)), dtype=torch.float32)
    plain, sums = table.numpy().astype(np.float64), np.zeros(5)
    optimizer = new_optimizer(name, table)
    for _ in range(3):
        rows, gradients = rng.integers(0, 4, 6), rng.standard_normal((6, 3))
        changed = optimizer.step(
            table, torch.tensor(rows), torch.tensor(gradients, dtype=torch.float32), 0.5
        )
        assert changed.tolist() == sorted(set(rows.tolist()))
        for row in changed.tolist():
            g = gradients[rows == row].sum(axis=0)
            sums[row] += np.mean(g**2)
            plain[row] -= 0.5 * g / (np.sqrt(sums[row]) if name == "adagrad" else 1)
    np.testing.assert_allclose(table.numpy(), plain, rtol=1e-5, atol=1e-6)


@needs_torch
def test_adam_of_all_rows_is_that_of_torch():
    import torch

    from hrgeom.learned._optimizers import RowAdam

    rng = np.random.default_rng(0)
    table = torch.tensor(rng.standard_normal((5, 3)), dtype=torch.float32)
    theirs = table.clone().requires_grad_()
    reference = torch.optim.Adam([theirs], lr=0.3)
    optimizer = RowAdam(table)
    rows = torch.tensor([3, 0, 1, 2, 4, 0])  # one of them twice
    for _ in range(5):
        gradients = torch.tensor(rng.standard_normal((6, 3)), dtype=torch.float32)
        optimizer.step(table, rows, gradients, 0.3)
        theirs.grad = torch.zeros_like(table).index_add_(0, rows, gradients)
        reference.step()
    np.testing.assert_allclose(table.numpy(), theirs.detach().numpy(), rtol=1e-5, atol=1e-6)
    # a row that is not touched stays, and so does its state
    before, state = table.clone(), optimizer.state().clone()
    optimizer.step(table, rows[:1], gradients[:1], 0.3)
    assert torch.equal(table[[0, 1, 2, 4]], before[[0, 1, 2, 4]])
    assert torch.equal(optimizer.state()[[0, 1, 2, 4]], state[[0, 1, 2, 4]])


@needs_torch
def test_schedules():
    from hrgeom.learned._optimizers import rate

    assert [rate(2.0, "constant", k, 4) for k in range(4)] == [2.0] * 4
    assert [rate(2.0, "linear", k, 4) for k in range(4)] == [2.0, 1.5, 1.0, 0.5]
    cosine = [rate(2.0, "cosine", k, 4) for k in range(5)]
    np.testing.assert_allclose(cosine, [1 + math.cos(math.pi * k / 4) for k in range(5)])


@needs_torch
@given(hierarchy=hierarchies(), seed=st.integers(0, 5))
def test_recall_is_that_of_the_metrics(hierarchy, seed):
    from hrgeom.learned._evaluation import recall
    from hrgeom.learned._tables import DualTables

    rng = np.random.default_rng(seed)
    n = hierarchy.n_nodes
    # small integers: ties are frequent, scores exact
    q, x = (rng.integers(-1, 2, (n, 2)).astype(np.float32) for _ in range(2))
    every = np.arange(n)
    tables = DualTables(q, x, unit=False, device="cpu")
    got = recall(tables, hierarchy, every)
    embedding = hrgeom.DualEmbedding(q, x, notion="row")
    wanted = hrgeom.recall_by_distance(embedding, hierarchy)
    np.testing.assert_array_equal(got.by_distance, wanted.recall)
    np.testing.assert_array_equal(got.n_pairs, wanted.n_pairs)
    assert got.pairs == pytest.approx(wanted.overall)
    scores = q.astype(int) @ x.astype(int).T
    fails = [
        k
        for k in range(n)
        for s in [set(hierarchy.relevance.matches(k).tolist())]
        if s != set(range(n))
        and min(scores[k, v] for v in s) <= max(scores[k, v] for v in range(n) if v not in s)
    ]
    assert got.failing.tolist() == fails
    some = recall(tables, hierarchy, every[: n // 2 + 1])
    assert some.failing.tolist() == [k for k in fails if k <= n // 2]


# Runs


@pytest.fixture
def one_thread():
    """What a reproducible run is run with."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


SHORT = {
    "standard": {},
    "sigmoid": {},
    "sampled": {"uniform": 8},
    "masked": {"uniform": 8},
    "logq": {},
    "rebalanced": {"cut": 2},
    "pretrain_finetune": {"cut": 2, "finetune_steps": 20, "finetune_batch": 32},
}


def _short(name, seed=0):
    config = RECIPES[name](3, steps=50, batch=32, seed=seed, **SHORT[name])
    return replace(config, stages=tuple(replace(s, evaluate_every=20) for s in config.stages))


def _same(first, second):
    return all(
        np.array_equal(getattr(first.embedding, side), getattr(second.embedding, side))
        for side in ("queries", "documents")
    )


@needs_torch
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", SHORT)
def test_a_seed_gives_one_result(name):
    from hrgeom.learned import train

    tree = perfect_tree(3, 4)
    first, again, other = (train(tree, _short(name, seed)) for seed in (0, 0, 1))
    assert _same(first, again)
    assert not _same(first, other)
    assert first.embedding.parameters["training"] == _short(name).to_dict()


class _InterruptedError(Exception):
    pass


@needs_torch
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", SHORT)
def test_a_resumed_run_ends_in_the_same_bits(name, tmp_path):
    from hrgeom.learned import train

    tree = perfect_tree(3, 4)
    config = _short(name)
    whole = train(tree, config)
    n_looks = len(whole.log)
    for stop in range(1, n_looks + 1):  # after every look
        file = tmp_path / f"{stop}.npz"
        seen = []

        def report(line, seen=seen, stop=stop):
            seen.append(line)
            if len(seen) > stop:
                raise _InterruptedError

        if stop < n_looks:
            with pytest.raises(_InterruptedError):
                train(tree, config, checkpoint=file, report=report)
        else:
            train(tree, config, checkpoint=file)
        resumed = train(tree, config, checkpoint=file)
        assert _same(whole, resumed)
        strip = [{k: v for k, v in entry.items() if k != "seconds"} for entry in resumed.log]
        assert strip == [{k: v for k, v in e.items() if k != "seconds"} for e in whole.log]


@needs_torch
def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    from hrgeom.learned import train

    tree = perfect_tree(2, 3)
    file = tmp_path / "state.npz"
    train(tree, _short("standard"), checkpoint=file)
    for other, config in ((tree, _short("standard", 1)), (perfect_tree(3, 3), _short("standard"))):
        with pytest.raises(FormatError, match="checkpoint of this run"):
            train(other, config, checkpoint=file)
    file.write_bytes(b"nothing")
    with pytest.raises(FormatError, match="must be a training checkpoint"):
        train(tree, _short("standard"), checkpoint=file)


@needs_torch
def test_the_best_state_is_kept_and_patience_ends_a_stage():
    from hrgeom.learned import train

    tree = perfect_tree(3, 4)
    # a rate so high that recall only falls from a good start
    start = first_tables(tree, _recipes.from_construction(6))
    stage = Stage(100, lr=1e3, optimizer="sgd", keep="best", evaluate_every=5, patience=2, batch=16)
    trained = train(tree, Config("ruin", 6, (stage,)), start=start)
    assert [entry["step"] for entry in trained.log] == [0, 5, 10]
    np.testing.assert_array_equal(trained.embedding.queries, start[0].astype(np.float32))
    last = train(tree, Config("ruin", 6, (replace(stage, keep="last"),)), start=start)
    assert last.test.pairs < trained.test.pairs == 1
    with pytest.raises(ConfigError, match="two arrays of shape"):
        train(tree, Config("ruin", 5, (stage,)), start=start)


@needs_torch
def test_unit_rows_stay_unit():
    from hrgeom.learned import train

    config = replace(_short("masked"), unit=True)
    embedding = train(perfect_tree(3, 4), config).embedding
    for rows in (embedding.queries, embedding.documents):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)


@needs_torch
def test_held_out_pairs_are_recalled_less():
    from hrgeom.learned import train
    from hrgeom.learned._evaluation import recall
    from hrgeom.learned._tables import DualTables

    tree = perfect_tree(3, 5)
    held = split_pairs(tree, 0.3)
    config = _recipes.masked(8, steps=400, batch=128, uniform=64)
    embedding = train(tree, config, held_out=held).embedding
    tables = DualTables(embedding.queries, embedding.documents, unit=False, device="cpu")
    kept, lost = (
        recall(tables, tree, np.arange(tree.n_nodes), counted=c).pairs for c in (~held, held)
    )
    assert lost < 0.7 < kept


@needs_torch
def test_a_time_limit_is_shared_out():
    from hrgeom.learned import train

    config = _recipes.pretrain_finetune(4, steps=10**6, finetune_steps=10**6, cut=2)
    trained = train(perfect_tree(3, 4), config, minutes=0.02)
    last = {entry["stage"]: entry for entry in trained.log}
    assert sorted(last) == [0, 1]
    assert all(0 < entry["step"] < 10**6 for entry in last.values())
    assert last[1]["seconds"] >= 0.02 * 60


# Mammals: what the recipes are worth

MAMMALS = {  # steps, least and most recall over the test queries' pairs, per cent
    "standard": (1500, 34, 45),
    "rebalanced": (1500, 28, 40),
    "sigmoid": (1500, 33, 46),
    "pretrain_finetune": (1500, 63, 76),
    "logq": (1000, 91, 99.5),
    "sampled": (1000, 88, 98),
    "sigmoid_exact": (2000, 99, 100),
    "masked": (2000, 99.5, 100),
    "from_construction": (2000, 99.5, 100),
}


@needs_torch
@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", MAMMALS)
def test_recipes_on_mammals(name):
    from hrgeom.learned import train

    steps, least, most = MAMMALS[name]
    trained = train(load("wordnet-mammals"), RECIPES[name](8, steps=steps))
    assert least <= 100 * trained.test.pairs <= most
    by_distance = trained.test.by_distance
    if name in ("standard", "sigmoid", "rebalanced"):
        # lost in the long distance
        assert np.all(np.diff(by_distance) <= 0)
        assert by_distance[0] > 0.95
        assert by_distance[-1] == 0
    elif name == "masked":
        assert trained.test.exact == 1


@needs_torch
@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_max_margin_queries_finish_what_training_began():
    from hrgeom.learned import train

    mammals = load("wordnet-mammals")
    trained = train(mammals, _recipes.masked_max_margin(8, steps=500))
    unfinished = train(mammals, _recipes.masked(8, steps=500))
    done = trained.log[-1]
    assert done["n_failing"] > done["n_repaired"] // 2 > 0
    np.testing.assert_array_equal(trained.embedding.documents, unfinished.embedding.documents)
    wrong = [_n_wrong(e, mammals) for e in (trained.embedding, unfinished.embedding)]
    assert wrong == [done["n_failing"] - done["n_repaired"], done["n_failing"]]


def _n_wrong(embedding, hierarchy):
    """Count the queries with a match that does not score above every non-match, in float64."""
    scores = embedding.queries.astype(np.float64) @ embedding.documents.astype(np.float64).T
    matches = np.zeros(scores.shape, dtype=bool)
    relevance = hierarchy.relevance
    matches[np.repeat(np.arange(len(scores)), relevance.n_matches), relevance.indices] = True
    worst = np.where(matches, scores, np.inf).min(axis=1)
    best = np.where(matches, -np.inf, scores).max(axis=1)
    return int((worst <= best).sum())


# What is committed: the page's words must stay true of the numbers


def _committed(name):
    path = ROOT / "benchmarks" / "results" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _recall(name, where):
    rows = _committed("learned_tree")["rows"]
    found = [rows[f"{name}, {where}, seed {seed}"]["test"] for seed in range(3)]
    return np.array([row["by_distance"] for row in found]), np.array([r["pairs"] for r in found])


def test_committed_tree_results():
    away, standard = _recall("standard, expected", "without root")
    assert 60 <= standard.mean() <= 75
    assert away[:, 0].min() > 95
    assert away[:, 2].max() < 30
    _, recipe = _recall("recipe", "without root")
    assert np.min(recipe - standard) >= 20
    for share in (0.9, 0.03):
        assert np.max(_recall(f"rebalanced p={share}", "without root")[1] - standard) <= 10
    for where in ("without root", "with root"):
        assert _recall("masked", where)[1].tolist() == [100] * 3
    near_lost, _ = _recall("all documents", "with root")
    assert near_lost[:, 0].max() < 80
    assert near_lost[:, 1:].min() > 95


def test_the_settings_of_the_recipe_were_chosen_by_validation():
    search = _committed("learned_tree_search")
    chosen = search["chosen"]
    same = [r for r in search["tried"] if all(r[k] == chosen[k] for k in ("tree", "steps"))]
    assert chosen["validation"] == max(row["validation"] for row in same)
    first, second = _committed("learned_tree")["rows"]["recipe, without root, seed 0"]["config"][
        "stages"
    ]
    assert first["steps"] == chosen["steps"]
    assert all(second[key] == chosen[key] for key in ("cut", "temperature", "optimiser", "lr"))
    assert not set(search["seeds"]) & {0, 1, 2}


@pytest.mark.parametrize("kind", ["depth", "fan_out"])
@pytest.mark.parametrize("way", ["standard", "masked"])
def test_committed_dimensions_are_least_and_slopes_are_theirs(kind, way):
    from scipy.stats import linregress

    data = _committed("learned_dimension")
    rows = data[kind]["rows"]
    for row in rows:
        tried = row[way]["tried"]
        enough = {int(d): sum(step is not None for step in tried[d]) >= 2 for d in tried}
        assert [d for d, good in enough.items() if good] == [row[way]["dim"]] == [max(enough)]
    x = np.log([row["n_levels" if kind == "depth" else "branching"] for row in rows])
    y = np.array([row[way]["dim"] for row in rows])
    slope = linregress(x, np.log(y) if kind == "depth" else y).slope
    assert data[kind]["slopes"][way] == pytest.approx(slope, rel=1e-9)


# The command, and life without torch


@needs_torch
def test_train_command(tmp_path, capsys):
    out = tmp_path / "tree.emb"
    tree = tmp_path / "tree.tsv"
    tree.write_text("dog\tanimal\ncat\tanimal\npuppy\tdog\nanimal\n")
    command = ["train", "--tree", str(tree), "--dim", "4", "--steps", "200", "--out", str(out)]
    assert main(command) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("Every one of 4 queries ranks its ancestors and itself above ")
    assert "\n  learned-masked, d = 4, float32, margin " in captured.out
    assert "step 200 of 200" in captured.err
    shown = re.findall(r", at distances 0, 1, 2, \.\.\.: [\d -]+ %(.*)\n", captured.err)
    assert (shown[0], shown[-1]) == ("", "")
    assert all(re.fullmatch(r", \d+ s left", left) for left in shown[1:-1])
    from hrgeom.learned import _trainer

    run = SimpleNamespace(done=50, stage_seconds=10.0)
    assert _trainer._Run._left(run, SimpleNamespace(steps=200)) == ", 30 s left"
    training = json.loads((out / "training.json").read_text())
    assert Config.from_dict(training["config"]) == _recipes.masked(4, steps=200)
    assert training["log"][0]["step"] == 0
    assert training["test"]["exact"] == 100
    again = hrgeom.load(out)
    assert hrgeom.certify(again, hrgeom.read_hierarchy(str(tree))).holds
    assert again.parameters["training"] == training["config"]
    assert main(command) == 2
    assert "must not exist yet" in capsys.readouterr().err
    # one dimension cannot hold three incomparable sets
    assert main([*command[:4], "1", *command[5:], "--force", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["certificate"]["verdict"] == "fails"
    assert data["recall_by_distance"]["overall"] < 1


def test_options_of_other_recipes_are_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = ["train", "--tree", "wordnet-mammals", "--dim", "4", "--out", "x.emb"]
    if find_spec("torch") is None:
        assert main(command) == 2
        assert "pip install 'hrgeom[learned] @ git" in capsys.readouterr().err
        return
    assert main([*command, "--recipe", "standard", "--uniform", "3"]) == 2
    assert "--uniform requires a recipe that has this setting: got 'standard'" in (
        capsys.readouterr().err
    )
    assert main([*command, "--minutes", "-1"]) == 2
    assert "--minutes must be positive" in capsys.readouterr().err


def test_torch_is_loaded_by_training_alone():
    program = (
        "import sys, hrgeom.learned, hrgeom.cli._main\n"
        "assert 'torch' not in sys.modules\n"
        "sys.modules['torch'] = None\n"
        "import hrgeom.learned._trainer"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert last == (
        f"{HrgeomError.__module__}.HrgeomError: training requires the package torch; "
        "install it with pip install 'hrgeom[learned] @ git+https://github.com/hrgeom/hrgeom' "
        "(in a clone: '.[learned]')"
    )
