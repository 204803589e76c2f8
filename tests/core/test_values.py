"""Values are safe to hand around: they copy, pickle, cannot be changed, and show in notebooks."""

import copy
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

from hrgeom import DualEmbedding, Hierarchy, Relevance, certify, construct
from hrgeom.constructions.covers import ConsecutivePalette, LaminarPalette
from hrgeom.core import as_relevance
from hrgeom.errors import HierarchyError, HrgeomError, ShapeError
from hrgeom.io.judgments import Judgments

TREE = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
JUDGED = Judgments(("q",), ("d", "e"), (("q", "d"),))
COPIES = [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]


@pytest.mark.parametrize("copied", COPIES, ids=["copy", "deepcopy", "pickle"])
def test_copies_are_equal_and_read_only(copied):
    relevance = TREE.relevance
    for kept in (LaminarPalette.of(relevance), ConsecutivePalette.of(relevance)):
        assert kept.n_colors == 1
    tree = copied(TREE)
    assert tree.sha256 == TREE.sha256
    assert tree.relevance.indices.tolist() == relevance.indices.tolist()
    embedding = construct(TREE, method="interval", dtype="int8").embedding
    again = copied(embedding)
    assert again.sha256 == embedding.sha256
    certificate = certify(embedding, tree)
    assert copied(certificate) == certificate
    arrays = {
        "levels": tree.levels,
        "parents": tree.parent_indices,
        "indices": copied(relevance).indices,
        "indptr": copied(relevance).indptr,
        "queries": again.queries,
        "documents": again.documents,
    }
    for name, array in arrays.items():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
        assert not array.flags.writeable, name


def test_what_is_given_stays_writeable():
    rows = np.ones((2, 1))
    embedding = DualEmbedding(rows, rows)
    rows[0] = 2.0
    assert rows.flags.writeable
    assert not embedding.queries.flags.writeable


def test_cached_values_are_worked_out_once_and_not_copied():
    calls = []
    relevance = Relevance.from_sets([{0}], 2)

    def counted(given, factor, *, offset=0):
        calls.append(given)
        return factor * given.n_documents + offset

    assert relevance.cached(counted, 3) == 6
    assert relevance.cached(counted, 3) == 6
    assert relevance.cached(counted, 3, offset=1) == 7
    assert len(calls) == 2
    assert copy.deepcopy(relevance).cached(counted, 3) == 6
    assert len(calls) == 3


@pytest.mark.parametrize("target", [TREE, TREE.relevance, JUDGED], ids=["tree", "sets", "qrels"])
def test_whatever_has_a_relevance_is_a_target(target):
    assert as_relevance(target) is target.relevance
    embedding = construct(target, method="interval").embedding
    assert certify(embedding, target).holds


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ([("a", "b")], "got a list; Hierarchy.from_edges takes"),
        (sparse.eye_array(2).tocsr(), "got a csr_array; Relevance(indptr, indices, n_documents)"),
        (SimpleNamespace(embedding=0, certificate=0), "SimpleNamespace; give what it was built"),
        ({"a": ["b"]}, "got a dict; Hierarchy.from_edges takes"),
        ("wordnet", "got the text 'wordnet'; read_hierarchy reads"),
        (TREE.to_networkx(), "got a DiGraph; Hierarchy.from_networkx takes"),
        (np.zeros((2, 2)), "got a ndarray"),
        (None, "got a NoneType"),
    ],
    ids=lambda given: type(given).__name__,
)
def test_misuse_says_what_to_do(given, advice):
    with pytest.raises(HierarchyError, match="must be a Hierarchy, a Relevance or Judgments: got"):
        construct(given)
    with pytest.raises(HierarchyError) as caught:
        as_relevance(given)
    assert advice in str(caught.value)


def test_embedding_and_hierarchy_swapped():
    embedding = construct(TREE, method="interval").embedding
    with pytest.raises(HrgeomError, match="the embedding comes first, the target second"):
        certify(TREE, embedding)


def test_a_result_or_a_folder_is_no_embedding():
    result = construct(TREE, method="interval")
    with pytest.raises(ShapeError, match="got a ConstructionResult; take its `embedding`"):
        certify(result, TREE)
    with pytest.raises(ShapeError, match="must be a DualEmbedding: got a str"):
        certify("tree.emb", TREE)


class Frame:
    """What a data frame looks like from outside."""

    columns = ("child", "parent")

    def itertuples(self):
        return iter([("a", "b")])

    def __iter__(self):
        return iter(self.columns)


def test_frames_and_texts_are_no_edges():
    with pytest.raises(HierarchyError, match=r"must be pairs .*: got a Frame; take frame"):
        Hierarchy.from_edges(Frame())
    with pytest.raises(HierarchyError, match=r"got a Frame; Hierarchy\.from_edges"):
        construct(Frame())
    with pytest.raises(HierarchyError, match=r"must be pairs .*got 'ab' at edge 0"):
        Hierarchy.from_edges(["ab", "cd"])


def test_notebooks_show_tables():
    named = Hierarchy(["a<b", "c"], [(1, 0)], metadata={"name": "x<y"})
    embedding = construct(named, method="interval").embedding
    shown = {
        "Hierarchy x&lt;y": named,
        "<td>2</td>": embedding,
        "HOLDS (global notion)": certify(embedding, named),
    }
    for text, value in shown.items():
        html = value._repr_html_()
        assert html.startswith("<table>")
        assert html.count("<tr>") == html.count("</tr>") > 3
        assert text in html
        assert "x<y" not in html
