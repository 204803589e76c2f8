"""The planner: what it promises is what is then certified; descriptions against hierarchies."""

import json

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import certify, construct
from hrgeom.checker import certification_seconds
from hrgeom.cli import main
from hrgeom.constructions import DEFAULT_MARGIN
from hrgeom.constructions._planner import (
    Description,
    described_frontier,
    frontier,
    least_for_margin,
)
from hrgeom.constructions.direct_sum import hybrid
from hrgeom.datasets import perfect_tree, random_dag, random_tree
from hrgeom.errors import ConstructionError
from hrgeom.io import write_hierarchy
from hrgeom.testing import trees


def test_every_point_is_what_construct_then_certifies():
    dag = random_dag(150, seed=4)
    for dtype in ("float32", "int8"):
        points = frontier(dag, dtypes=[dtype], dims=[30, 60])
        assert points[0].dim == min(point.dim for point in points)
        (default,) = (point for point in points if point.is_default)
        assert default.dim == construct(dag, dtype=dtype).embedding.dim
        assert default.margin >= DEFAULT_MARGIN
        assert [p.margin for p in points] == sorted(p.margin for p in points)
        for i, point in enumerate(points):
            asked = {"dim": point.dim, "proved": True} if i else {"fewest": True}
            if point.is_default:
                asked = {}
            embedding = construct(dag, dtype=dtype, **asked).embedding
            certificate = certify(embedding, dag)
            assert certificate.holds
            assert embedding.dim <= point.dim
            assert certificate.normalized_margin_lower_bound >= point.margin
            assert point.bits_per_vector == point.dim * (32 if dtype == "float32" else 8)
            assert point.n_bytes == 2 * dag.n_nodes * point.bits_per_vector // 8


def test_the_fewest_dimensions_for_a_margin():
    dag = random_dag(100, seed=1)
    point = least_for_margin(dag, 0.03)
    assert (point.margin >= 0.03, point.options) == (True, "--margin 0.03")
    result = construct(dag, margin=0.03)
    assert result.embedding.dim == point.dim
    assert result.certificate.normalized_margin_lower_bound >= 0.03
    below = frontier(dag, dims=range(1, point.dim), default=False)
    assert all(p.margin < 0.03 for p in below)
    message = r"a margin of 0\.9 must be promised in float32 within 4,096 .*: the largest is 0\.1"
    with pytest.raises(ConstructionError, match=message):
        least_for_margin(dag, 0.9)


def test_the_options_of_a_row_build_it(tmp_path, monkeypatch, capsys):
    """Every row of the table is built by the options that stand in it."""
    monkeypatch.chdir(tmp_path)
    write_hierarchy(random_dag(60, seed=2), "dag.tsv")
    assert main(["plan", "--tree", "dag.tsv", "--seed", "1", "--effort", "0.5", "--json"]) == 0
    points = json.loads(capsys.readouterr().out)["points"]
    assert sum(point["is_default"] for point in points) == 1
    for point in points:
        assert "--seed 1 --effort 0.5" in point["options"]
        argv = ["construct", "--tree", "dag.tsv", "--force", "--json", *point["options"].split()]
        assert main(argv) == 0
        built = json.loads(capsys.readouterr().out)
        assert (built["dim"], built["dtype"]) == (point["dim"], point["dtype"])
        assert built["basis"] == point["basis"]
        if point["margin"] is not None:
            certified = built["certificate"]["normalised_margin_lower_bound"]
            assert certified >= point["margin"]
    assert main(["plan", "--tree", "dag.tsv"]) == 0
    out = capsys.readouterr().out
    assert "(no options) (the default)" in out
    assert "--fewest --dtype int8" in out


@share(1 / 2)
@given(tree=trees(max_nodes=60))
def test_a_described_tree_is_promised_no_more_than_the_tree_gets(tree):
    """Dimension at most (H - 1) + ceil(log2 n) + 1, margin at least the theorem's."""
    description = Description.of(nodes=tree.n_nodes, depth=tree.n_levels)
    points = {p.construction: p for p in described_frontier(description, dtype="float32")}
    point = points["hybrid"]
    if tree.n_nodes == 1:
        return
    assert point.dim == tree.n_levels - 1 + int(np.ceil(np.log2(tree.n_nodes))) + 1
    embedding = hybrid(tree.relevance, dim=point.dim)
    assert embedding.dim <= point.dim
    certificate = certify(embedding, tree)
    assert certificate.holds
    assert certificate.normalized_margin_lower_bound >= point.margin * (1 - 2e-3)


@pytest.mark.parametrize(
    "tree",
    [
        perfect_tree(2, 12),
        perfect_tree(10, 4),
        random_tree(10_000, shape="uniform", seed=0),
        random_tree(2_000, shape="star", seed=0),
    ],
    ids=["perfect (2, 12)", "perfect (10, 4)", "random recursive", "star"],
)
def test_large_trees_meet_the_described_dimension_and_margin(tree):
    description = Description.of(nodes=tree.n_nodes, depth=tree.n_levels)
    point = next(p for p in described_frontier(description) if p.construction == "hybrid")
    embedding = hybrid(tree.relevance, dim=point.dim)
    certificate = certify(embedding, tree)
    assert certificate.holds
    assert certificate.normalized_margin_lower_bound >= point.margin


def test_descriptions():
    assert Description.of(depth=4, branching=5) == Description(156, 4, 4, True)
    assert Description.of(nodes=156, branching=5) == Description(156, 4, 4, True)
    assert Description.of(nodes=100, max_ancestors=9) == Description(100, 9, 9, True)
    assert Description.of(nodes=100, depth=5, max_ancestors=9) == Description(100, 5, 9, False)
    dag = described_frontier(Description.of(nodes=100, depth=5, max_ancestors=9))
    assert [point.construction for point in dag] == ["dual-frame"]
    with pytest.raises(ConstructionError, match="must have the number of nodes, or depth"):
        Description.of(depth=3)
    with pytest.raises(ConstructionError, match="must have depth, branching or max_ancestors"):
        Description.of(nodes=10)
    with pytest.raises(ConstructionError, match="nodes must be at least 1: got 0"):
        Description.of(nodes=0, depth=1)


def test_the_command(tmp_path, capsys):
    figure = tmp_path / "plan.png"
    assert main(["plan", "--tree", "wordnet-mammals", "--dtype", "int8", "--json"]) == 0
    points = json.loads(capsys.readouterr().out)["points"]
    assert points[0]["dim"] < points[-1]["dim"]
    assert all(point["certification_seconds"] > 0 for point in points)
    args = ["plan", "--depth", "6", "--branching", "3", "--figure", str(figure)]
    assert main(args) == 0
    out = capsys.readouterr().out
    assert "interval" in out
    assert "dual-frame" in out
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert main(["plan", "--tree", "wordnet-mammals", "--bytes", "64", "--dtype", "int8"]) == 0
    assert "int8" in capsys.readouterr().out
    assert main(["plan", "--tree", "wordnet-mammals", "--dim", "1"]) == 2
    assert "must fit the budget" in capsys.readouterr().err
    assert main(["plan"]) == 2
    assert "either --tree or --qrels, or a description" in capsys.readouterr().err


@given(st.integers(1, 40))
@share(1 / 12)
def test_certification_is_predicted_in_proportion(n):
    assert certification_seconds(1000 * n, 2000, 8, "float32") > 0
