"""Everything public goes through pickle: values, results, and the entries of every registry."""

import pickle

import pytest

import hrgeom
from hrgeom.bounds import THEOREMS, BoundsProblem, all_bounds, certified_constructions
from hrgeom.checker.kernels import KERNELS, get_kernel
from hrgeom.claims import CLAIMS
from hrgeom.constructions import CONSTRUCTIONS, frontier
from hrgeom.core import as_dtype
from hrgeom.datasets import perfect_tree
from hrgeom.diagnosis import compare
from hrgeom.io import hierarchy_formats, judgment_formats, vector_formats
from hrgeom.learned import RECIPES
from hrgeom.models import read_model

TREE = perfect_tree(2, 4)
ENTRIES = {
    "bounds": THEOREMS,
    "checker.kernels": KERNELS,
    "claims": tuple(CLAIMS.values()),
    "constructions": CONSTRUCTIONS,
    "io hierarchies": hierarchy_formats(),
    "io judgments": judgment_formats(),
    "io vectors": vector_formats(),
    "learned": tuple(RECIPES.values()),
}


def again(value):
    return pickle.loads(pickle.dumps(value))


def name_of(entry):
    for field in ("name", "id", "__name__"):
        if hasattr(entry, field):
            return type(entry), getattr(entry, field)
    raise AssertionError(f"{entry!r} has no name")


@pytest.mark.parametrize("registry", ENTRIES)
def test_entries_of_registries(registry):
    # Not compared with ==: a partial function is equal to itself alone.
    names = [name_of(entry) for entry in ENTRIES[registry]]
    assert [name_of(again(entry)) for entry in ENTRIES[registry]] == names
    assert len(names) > 0


def test_results():
    result = hrgeom.construct(TREE, method="gaussian", dim=8)
    copied = again(result)
    assert copied.certificate == result.certificate
    assert copied.embedding.sha256 == result.embedding.sha256
    assert copied.tried == result.tried
    bounds = all_bounds(TREE, solver=False)
    assert again(bounds) == bounds
    listed = certified_constructions(TREE, which="none")
    assert again(listed) == listed
    points = frontier(TREE, dims=[8])
    assert again(points) == points
    retrieved = result.embedding.retrieve(TREE.labels[0], target=TREE)
    assert str(again(retrieved)) == str(retrieved)


def test_a_comparison_of_a_model_that_fails():
    model = read_model("construction", TREE)
    assert again(model).embedding.sha256 == model.embedding.sha256
    found = compare([model], TREE, n_queries=5)
    assert again(found).to_dict() == found.to_dict()


def test_problems_and_kernels():
    problem = BoundsProblem(TREE.relevance, TREE, None, 0.0, 0, False)
    assert again(problem).hierarchy.sha256 == TREE.sha256
    assert again(get_kernel("numpy")).name == "numpy"
    assert again(as_dtype("bfloat16")) == as_dtype("bfloat16")
