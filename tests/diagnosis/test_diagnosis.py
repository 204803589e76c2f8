"""Diagnosis: planted causes, exact oracles on small problems, certificates solved anew."""

from fractions import Fraction
from itertools import combinations

import definitions
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from hrgeom import DualEmbedding, Relevance, certify, construct
from hrgeom.constructions.queries import max_margin_queries
from hrgeom.core import as_dtype
from hrgeom.datasets import perfect_tree, random_dag, random_tree
from hrgeom.diagnosis import Limit, _certificates, diagnose, dimension_limit, is_inseparable
from hrgeom.diagnosis._certificates import exact_weights, proven_weights, whole_numbers
from hrgeom.diagnosis._separation import Documents, Search, separated_margin
from hrgeom.errors import ShapeError
from hrgeom.testing import relevances

LEVELS = [None, 0.0, 1.0, -2.0, 0.375]  # None: row thresholds


def lift(points, signs, level):
    """The z_v of Gordan's theorem in fractions; with a threshold other than 0 (0, 1) besides."""
    tail = {None: [Fraction(1)], 0: []}.get(level, [-Fraction(level or 0)])
    zs = [[s * Fraction(a) for a in [*x, *tail]] for x, s in zip(points, signs, strict=True)]
    if level:
        zs.append([Fraction(0)] * len(points[0]) + [Fraction(1)])
    return zs


def relation(zs):
    """The numbers of sum 1 with which the rows sum to 0, if just one set of them exists."""
    rows = [[*column, Fraction(0)] for column in zip(*zs, strict=True)]
    rows.append([Fraction(1)] * (len(zs) + 1))
    done = 0
    for column in range(len(zs)):
        pivot = next((i for i in range(done, len(rows)) if rows[i][column]), None)
        if pivot is None:
            return None
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [a / rows[done][column] for a in rows[done]]
        for i in range(len(rows)):
            if i != done and rows[i][column]:
                rows[i] = [
                    a - rows[i][column] * b for a, b in zip(rows[i], rows[done], strict=True)
                ]
        done += 1
    return None if any(row[-1] for row in rows[done:]) else [row[-1] for row in rows[:done]]


def is_separable(points, signs, level):
    """Gordan and Caratheodory: no few of the points have positive weights and sum 0."""
    zs = lift(points, signs, level)
    for size in range(1, len(zs[0]) + 2):
        for some in combinations(zs, size):
            weights = relation(some)
            if weights is not None and min(weights) > 0:
                return False
    return True


def linear_program(points, signs, level):
    """The largest t with sigma (<q, x> - threshold) >= t, all numbers of q at most 1 in size."""
    rows = [[float(a) for a in z] for z in lift(points, signs, level)]
    width = len(rows[0])
    found = linprog(
        [0.0] * width + [-1.0],
        A_ub=[[-a for a in z] + [1.0] for z in rows],
        b_ub=np.zeros(len(rows)),
        bounds=[(-1, 1)] * width + [(None, 1)],
        method="highs",
    )
    assert found.success
    return -found.fun


def signs_of(relevance, q):
    own = set(relevance.matches(q).tolist())
    return [1 if v in own else -1 for v in range(relevance.n_documents)]


def exact_margin(vector, points, signs, level):
    """Half the gap, or the distance to the threshold, in fractions; None for infinite."""
    scores = [definitions.score(vector, x) for x in points]
    own = [a for a, s in zip(scores, signs, strict=True) if s > 0]
    rest = [a for a, s in zip(scores, signs, strict=True) if s < 0]
    if level is None:
        return (min(own) - max(rest)) / 2 if own and rest else None
    return min([a - Fraction(level) for a in own] + [Fraction(level) - a for a in rest])


def check_certificate(found, points, signs, level):
    """Weights exist, by a solution in fractions that has nothing of the library's."""
    used = [*found.matches, *found.others]
    assert len(set(used)) == len(used) <= len(points[0]) + 2
    own = [signs[v] for v in used]
    assert own == [1] * len(found.matches) + [-1] * len(found.others)
    assert min(found.weights) > 0
    assert found.weights.sum() == pytest.approx(1)
    if found.how == "equal":
        assert len(found.matches) == len(found.others) == 1
        assert list(points[used[0]]) == list(points[used[1]])
        return
    zs = lift([points[v] for v in used], own, level)
    solutions = [relation(zs), relation(zs[: len(used)])]
    weights = next(w for w in solutions if w is not None and min(w) > 0)
    # Bound (1) leaves less than the weight itself between the two, before both get sum 1.
    share = sum(weights[: len(used)])
    for exact, near in zip(weights, found.weights.tolist(), strict=False):
        assert Fraction(near) / 4 < exact / share < 4 * Fraction(near)


def check(diagnosis, embedding, relevance):
    """Everything a diagnosis claims, in fractions."""
    queries, points = (a.astype(np.float64).tolist() for a in embedding.values())
    level = diagnosis.threshold
    better, inseparable = iter(diagnosis.better), iter(diagnosis.inseparable)
    for q, cause in zip(diagnosis.numbers.tolist(), diagnosis.causes, strict=True):
        signs = signs_of(relevance, q)
        margin = exact_margin(queries[q], points, signs, level)
        assert (cause == "exact") == (margin is None or margin > 0)
        if cause == "queries":
            found = next(better)
            assert found.query == q
            exact = exact_margin(found.vector.tolist(), points, signs, level)
            assert exact > 0
            assert 0 <= found.margin <= exact
        if cause == "documents":
            found = next(inseparable)
            assert found.query == q
            check_certificate(found, points, signs, level)
            assert is_inseparable(
                points,
                found.matches,
                found.others,
                notion="row" if level is None else "global",
                threshold=level,
            )
    assert list(better) == list(inseparable) == []
    assert sum(diagnosis.counts.values()) == len(diagnosis.numbers)


def embedded(relevance, level, documents, queries, **options):
    notion = "row" if level is None else "global"
    return DualEmbedding(queries, documents, level, notion=notion, **options)


@given(
    relevance=relevances(max_queries=3, max_documents=6),
    dim=st.integers(1, 3),
    level=st.sampled_from(LEVELS),
    dtype=st.sampled_from(["float64", "float32", "float16", "bfloat16", "int8"]),
    seed=st.integers(0, 10**6),
)
def test_small_integers_against_a_linear_program(relevance, dim, level, dtype, seed):
    rng = np.random.default_rng(seed)
    n, m = relevance.n_queries, relevance.n_documents
    scales = (2.0 ** rng.integers(-2, 3, m)) if dtype == "int8" else 1.0
    e = embedded(
        relevance,
        level,
        rng.integers(-2, 3, (m, dim)).astype(as_dtype(dtype)),
        rng.integers(-2, 3, (n, dim)).astype(as_dtype(dtype)),
        document_scale=scales,
    )
    diagnosis = diagnose(e, relevance)
    check(diagnosis, e, relevance)
    points = e.values()[1].astype(np.float64).tolist()
    for q, cause in enumerate(diagnosis.causes):
        # Vertices of the programme are fractions of small numbers: 0, or far above 1e-7.
        largest = linear_program(points, signs_of(relevance, q), level)
        assert cause != "undecided"
        assert (cause == "documents") == (largest < 1e-7)


@given(
    relevance=relevances(max_queries=2, max_documents=6),
    dim=st.integers(1, 3),
    level=st.sampled_from(LEVELS),
    exponents=st.tuples(st.sampled_from([-1000, -300, 0, 300]), st.sampled_from([-40, 0, 300])),
    seed=st.integers(0, 10**6),
)
def test_causes_are_those_of_exact_arithmetic_at_any_scale(relevance, dim, level, exponents, seed):
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((relevance.n_documents, dim))
    copied = rng.random(len(points)) < 0.2
    points[copied] = points[0]
    points = np.ldexp(points, exponents[0])
    queries = np.ldexp(rng.standard_normal((relevance.n_queries, dim)), exponents[1])
    e = embedded(relevance, level, points, queries)
    diagnosis = diagnose(e, relevance)
    check(diagnosis, e, relevance)
    for q, cause in enumerate(diagnosis.causes):
        if cause != "undecided":
            separable = is_separable(points.tolist(), signs_of(relevance, q), level)
            assert (cause == "documents") == (not separable)


@pytest.mark.parametrize("exponent", range(-52, -8, 4))
@pytest.mark.parametrize("side", [1, -1])
def test_a_hair_outside_and_a_hair_inside_are_never_confused(exponent, side):
    """The match 0 and a triangle with an edge that passes it at a distance of 2^exponent."""
    points = [[0.0, 0.0], [1.0, 1.0], [-1.0, -1 + side * 2.0**exponent], [0.5, -5.0]]
    relevance = Relevance.from_sets([{0}], 4)
    e = embedded(relevance, None, points, [[0.0, 0.0]])
    assert is_separable(points, [1, -1, -1, -1], None) == (side < 0)
    diagnosis = diagnose(e, relevance)
    check(diagnosis, e, relevance)
    assert diagnosis.causes[0] in ("undecided", "queries" if side < 0 else "documents")
    if exponent > -20:
        assert diagnosis.verdict != "undecided"


def test_what_is_not_proved_is_undecided(monkeypatch):
    monkeypatch.setattr(_certificates, "_MOST_EXACT_WORK", 0)
    points = [[0.0, 0.0, 1.0], [1.0, 1.0, -1.0], [2.0, 2.0, -3.0]]
    relevance = Relevance.from_sets([{1}, {0, 1}], 3)
    e = embedded(relevance, None, points, [[0.0] * 3] * 2)
    assert not is_separable(points, [-1, 1, -1], None)
    diagnosis = diagnose(e, relevance)
    assert diagnosis.causes == ("undecided", "queries")
    assert diagnosis.verdict == "undecided"
    assert not is_inseparable(points, [1], [0, 2])
    monkeypatch.undo()
    assert diagnose(e, relevance).causes == ("documents", "queries")
    assert is_inseparable(points, [1], [0, 2])


def test_the_solver_may_fail(monkeypatch):
    def stuck(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("scipy.optimize.nnls", stuck)
    relevance = Relevance.from_sets([{0}], 2)
    e = embedded(relevance, 0.0, [[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0]])
    assert diagnose(e, relevance).verdict == "undecided"


@pytest.mark.parametrize("notion", ["global", "row"])
def test_the_linear_program_alone_finds_better_queries(notion, monkeypatch):
    """Least squares that lead nowhere, as they do where gaps are very narrow."""
    monkeypatch.setattr(Search, "_nearest", lambda self, rows: -np.ones(rows.shape[1]))
    tree = random_tree(60, seed=3)
    e = construct(tree, method="interval", dtype="float64", certify=False).embedding
    wrong = DualEmbedding(e.queries[::-1], e.documents, e.threshold, notion)
    diagnosis = diagnose(wrong, tree)
    check(diagnosis, wrong, tree.relevance)
    assert diagnosis.verdict == "queries"
    assert diagnosis.counts["undecided"] == 0


@pytest.mark.parametrize("level", LEVELS)
def test_edges(level):
    """No matches, all matches, documents that are 0, one dimension."""
    relevance = Relevance.from_sets([set(), {0, 1, 2}, {0}, {1}, {0, 2}], 3)
    for points in ([[0.0], [0.0], [0.0]], [[0.0], [1.0], [3.0]], [[-1.0], [0.0], [1.0]]):
        e = embedded(relevance, level, points, np.zeros((5, 1)))
        diagnosis = diagnose(e, relevance)
        check(diagnosis, e, relevance)
        assert "undecided" not in diagnosis.causes
        for q, cause in enumerate(diagnosis.causes):
            separable = is_separable(points, signs_of(relevance, q), level)
            assert (cause == "documents") == (not separable)
    if level is None:
        assert diagnosis.causes[:2] == ("exact", "exact")


CERTIFIED = {
    "trie": lambda: (
        tree := random_tree(60, seed=3),
        construct(tree, method="trie", certify=False).embedding,
    ),
    "int8": lambda: (
        tree := random_tree(60, seed=3),
        construct(tree, method="trie", dtype="int8", certify=False).embedding,
    ),
    "arcs": lambda: (
        tree := random_tree(80, seed=3),
        construct(tree, method="interval", certify=False).embedding,
    ),
    "threshold 1": lambda: (
        tree := random_tree(80, seed=3),
        construct(tree, method="half-plane", dtype="float64", certify=False).embedding,
    ),
    "dag": lambda: (
        dag := random_dag(60, seed=4),
        construct(dag, method="interval", dtype="float64", certify=False).embedding,
    ),
    "centroid": lambda: (
        dag := random_dag(60, seed=4),
        construct(dag, method="gaussian", dim=600, certify=False).embedding,
    ),
}


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("name", CERTIFIED)
def test_shuffled_queries_come_back(name, notion):
    hierarchy, e = CERTIFIED[name]()
    level = {"global": 0.0 if e.threshold is None else e.threshold, "row": None}[notion]
    queries, points = (a.astype(np.float64) for a in e.values())
    if name == "centroid" and notion == "global":  # rows only, but for a shared coordinate
        queries = np.column_stack((queries, -np.ones(len(queries)) / 4))
        points = np.column_stack((points, np.ones(len(points))))
    right = embedded(hierarchy.relevance, level, points, queries)
    assert name == "centroid" or certify(right, hierarchy).holds
    shuffled = queries[np.random.default_rng(0).permutation(len(queries))]
    wrong = embedded(hierarchy.relevance, level, points, shuffled)
    diagnosis = diagnose(wrong, hierarchy)
    assert set(diagnosis.causes) <= {"exact", "queries"}
    assert diagnosis.verdict == "queries"
    certificate = certify(diagnosis.mended(wrong), hierarchy)
    assert certificate.holds
    assert certificate.notion == notion
    assert certificate.margin_lower_bound > 0
    if not diagnosis.counts["exact"]:
        least = min(found.margin for found in diagnosis.better)
        assert certificate.margin_lower_bound == pytest.approx(least, rel=1e-6)
    still = set(np.flatnonzero(np.array(diagnosis.causes) == "exact").tolist())
    mended = diagnosis.mended(wrong).queries
    assert [q for q in range(len(mended)) if np.array_equal(mended[q], shuffled[q])] == sorted(
        still
    )
    if name in ("trie", "threshold 1"):  # fractions of few numbers are quick
        check(diagnosis, wrong, hierarchy.relevance)


@pytest.mark.parametrize("level", [None, 0.0])
def test_a_document_moved_between_others_is_found(level):
    tree = perfect_tree(3, 4)
    e = construct(tree, method="trie", dtype="float64", certify=False).embedding
    assert certify(e, tree).holds
    leaf, others = 39, [13, 20, 30]
    assert not set(others) & set(tree.relevance.matches(leaf).tolist())
    points = e.documents.copy()
    points[leaf] = np.array([0.5, 0.25, 0.25]) @ points[others]  # exact: few bits
    moved = embedded(tree.relevance, level, points, e.queries)
    diagnosis = diagnose(moved, tree)
    check(diagnosis, moved, tree.relevance)
    assert diagnosis.causes[leaf] == "documents"
    assert diagnosis.verdict == "documents"


def test_dead_coordinates_do_not_cost_margin():
    """Trained models have some: noise of size 1e-30 in a coordinate of all documents."""
    tree = perfect_tree(2, 5)
    e = construct(tree, fewest=True, dtype="float64").embedding
    rng = np.random.default_rng(0)
    points = np.column_stack((e.documents, 1e-30 * rng.standard_normal(tree.n_nodes)))
    queries = np.zeros_like(points)
    diagnosis = diagnose(embedded(tree.relevance, None, points, queries), tree)
    plain = diagnose(embedded(tree.relevance, None, e.documents, queries[:, :-1]), tree)
    assert set(diagnosis.causes) == set(plain.causes) == {"queries"}
    for found, without in zip(diagnosis.better, plain.better, strict=True):
        assert found.margin == pytest.approx(without.margin, rel=1e-6)


def test_collapsed_documents():
    tree = perfect_tree(2, 4)
    queries = np.random.default_rng(0).standard_normal((tree.n_nodes, 5))
    e = embedded(tree.relevance, None, np.ones((tree.n_nodes, 5)), queries)
    diagnosis = diagnose(e, tree)
    check(diagnosis, e, tree.relevance)
    assert set(diagnosis.causes) == {"documents"}
    assert {found.how for found in diagnosis.inseparable} == {"equal"}


def test_many_copies_of_a_document_do_not_hide_the_others():
    points = np.random.default_rng(1).standard_normal((73, 3))
    points[:, 2] += np.where(np.arange(73) < 3, -5.0, 5.0)
    points = np.vstack((points, np.repeat(points[3:], 60, axis=0)))
    relevance = Relevance.from_sets([{0, 1, 2}], len(points))
    assert diagnose(embedded(relevance, 0.0, points, np.eye(3)[2:]), relevance).verdict == "queries"


@pytest.mark.parametrize("level", [None, 0.0])
def test_better_queries_are_not_better_by_a_hair(level):
    """Against the best there are, which have certificates of their own."""
    rng = np.random.default_rng(3)
    points = rng.standard_normal((400, 24))
    points[:, -1] = -3  # for threshold 0
    relevance = Relevance.from_sets([rng.choice(400, 3, replace=False) for _ in range(30)], 400)
    diagnosis = diagnose(embedded(relevance, level, points, np.ones((30, 24))), relevance)
    notion = "row" if level is None else "global"
    best = max_margin_queries(points, relevance, notion=notion)
    assert len(diagnosis.better) > 5
    for found in diagnosis.better:
        assert best.bounds[found.query] / 4 < found.margin <= best.bounds[found.query]
    lost = {found.query for found in diagnosis.inseparable}
    assert lost == set(best.inseparable.tolist())


def test_many_matches_and_many_others():
    rng = np.random.default_rng(4)
    points = rng.standard_normal((3000, 4))
    relevance = Relevance.from_sets([np.flatnonzero(points[:, 0] > 0), range(1500)], 3000)
    e = embedded(relevance, 0.0, points, np.ones((2, 4)))
    diagnosis = diagnose(e, relevance)
    check(diagnosis, e, relevance)
    assert diagnosis.causes == ("queries", "documents")


def test_many_ties_are_decided_by_two_of_them():
    points = np.random.default_rng(2).integers(0, 2, (20_000, 24)).astype(float)
    points[:, -1] = 1.0
    relevance = Relevance.from_sets([{0}], len(points))
    e = embedded(relevance, None, points, np.eye(24)[-1:])  # all score the same
    diagnosis = diagnose(e, relevance)
    assert diagnosis.causes == ("queries",)  # a corner of the cube
    assert diagnosis.better[0].margin > 0.01


def test_impossible_respects_notion_and_threshold():
    star = perfect_tree(4, 2)
    angles = np.pi / 2 * np.arange(4)
    corners = np.column_stack((np.cos(angles), np.sin(angles)))
    points = np.vstack(([0.0, 0.0], corners))  # the root in the middle, among the leaves
    rows, zero = (
        dimension_limit(star.relevance),
        dimension_limit(star.relevance, notion="global", threshold=0.0),
    )
    other = dimension_limit(star.relevance, notion="global", threshold=0.5)
    assert (rows.dim, zero.dim, other.dim) == (2, 3, 2)
    for level, limit, impossible in (
        (None, rows, False),
        (0.0, zero, True),
        (0.0, rows, False),
        (0.5, other, False),
        (0.0, 3, True),
    ):
        e = embedded(star.relevance, level, points, points)
        diagnosis = diagnose(e, star, limit=limit)
        assert diagnosis.is_impossible == impossible
        assert (diagnosis.verdict == "impossible") == impossible
        if impossible:
            assert diagnosis.counts["documents"] > 0
            assert "d >= 3, got 2" in str(diagnosis)
        assert "d >=" not in str(diagnosis) or impossible
    line = embedded(star.relevance, None, points[:, :1], points[:, :1])
    for limit in (rows, other):
        if limit is rows:
            assert diagnose(line, star, limit=limit).verdict == "impossible"
        else:
            with pytest.raises(ShapeError, match="limit must be one for"):
                diagnose(line, star, limit=limit)
    half = embedded(star.relevance, 0.5, points, points)
    with pytest.raises(ShapeError, match=r"got one for global 0\.0, needed for global 0\.5"):
        diagnose(half, star, limit=zero)


@given(relevance=relevances(max_queries=6, max_documents=5), seed=st.integers(0, 10**6))
def test_below_a_limit_some_query_is_lost_to_the_documents(relevance, seed):
    rng = np.random.default_rng(seed)
    for level in (None, 0.0, 1.0):
        limit = dimension_limit(
            relevance, notion="row" if level is None else "global", threshold=level
        )
        if limit.dim == 1:
            continue
        points = rng.integers(-3, 4, (relevance.n_documents, limit.dim - 1)).astype(float)
        queries = rng.integers(-3, 4, (relevance.n_queries, limit.dim - 1)).astype(float)
        diagnosis = diagnose(embedded(relevance, level, points, queries), relevance, limit=limit)
        assert diagnosis.verdict == "impossible"
        assert diagnosis.counts["documents"] >= 1


@pytest.fixture(scope="module")
def certificate():
    """Documents of a certificate by bound in five dimensions, and another to put in its place."""
    rng = np.random.default_rng(5)
    points = rng.standard_normal((200, 5))
    relevance = Relevance.from_sets([range(100)], 200)
    diagnosis = diagnose(embedded(relevance, None, points, np.zeros((1, 5))), relevance)
    assert diagnosis.inseparable[0].how == "rounding bound"
    return points, diagnosis.inseparable[0]


def test_tampered_certificates_are_refused(certificate):
    points, found = certificate
    matches, others = list(found.matches), list(found.others)
    assert is_inseparable(points, matches, others)
    for i in range(len(matches)):
        assert not is_inseparable(points, matches[:i] + matches[i + 1 :], others)
    for i in range(len(others)):
        assert not is_inseparable(points, matches, others[:i] + others[i + 1 :])
    assert not is_inseparable(points, matches + others[:1], others[1:])  # on the wrong side
    assert not is_inseparable(points, matches + others, [])
    assert not is_inseparable(points, [], [])
    for v in matches:
        moved = points.copy()
        moved[v] = points[v] + 100 * (points[matches].mean(axis=0) - points[others].mean(axis=0))
        signs = [1] * len(matches) + [-1] * len(others)
        assert is_separable(moved[matches + others].tolist(), signs, None)
        assert not is_inseparable(moved, matches, others)
    # It is one for rows; with a threshold of 0 these points have another lift, with d + 1 enough.
    assert not is_inseparable(points, matches, others, notion="global", threshold=0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"matches": [0], "others": [0, 1]}, "must be disjoint"),
        ({"matches": [-1]}, "must be numbered"),
        ({"others": [9]}, "must be numbered"),
        ({"matches": [0.5]}, "lists of integers"),
        ({"documents": [[np.nan], [0.0]]}, "finite matrix"),
        ({"documents": [0.0, 1.0]}, "finite matrix"),
        ({"documents": np.array([[2**60 + 1], [0]])}, r"below 2\^53"),
        ({"notion": "global"}, "requires a threshold"),
        ({"notion": "global", "threshold": np.inf}, "threshold must be finite"),
    ],
)
def test_what_is_no_certificate_is_an_error(change, message):
    given = {"documents": [[0.0], [1.0]], "matches": [0], "others": [1], **change}
    with pytest.raises(ShapeError, match=message):
        is_inseparable(**given)


@given(dim=st.integers(2, 3), seed=st.integers(0, 10**6))
def test_the_bound_on_rounding_lets_nothing_through(dim, seed):
    """A match on a face of a simplex of others, moved off it by rounding, or well inside."""
    rng = np.random.default_rng(seed)
    corners = rng.standard_normal((dim + 1, dim))
    signs = np.array([1] + [-1] * (dim + 1))
    shares = rng.dirichlet(np.ones(dim + 1), 6)
    shares[:5, 0] = 0
    for share in shares:
        points = np.vstack((share / share.sum() @ corners, corners))
        weights = relation(lift(points.tolist(), signs.tolist(), None))
        found = proven_weights(points, signs, None, exactly=False)
        assert found is None or min(weights) > 0
        assert found is not None or share.min() < 1e-6


@given(is_row=st.booleans(), seed=st.integers(0, 10**6))
def test_near_ties_are_decided_whatever_rounding_does_to_scores(is_row, seed):
    """Documents a bit or two apart, and scores moved about within what their error may be."""
    rng = np.random.default_rng(seed)
    points = rng.standard_normal(3) * (1 + rng.integers(-1, 2, (8, 3)) * 2.0**-52)
    vector = rng.standard_normal(3)
    exact = [definitions.score(vector.tolist(), x) for x in points.tolist()]
    level = None if is_row else float(exact[0])
    is_match = np.array(exact) > sorted(exact)[3]  # separates where there is a gap
    is_match[rng.integers(8)] ^= rng.random() < 0.3
    if is_match.all() or not is_match.any():
        return
    documents = Documents(points, level)
    most = 2.0**-53 * 11 * np.linalg.norm(vector) * np.linalg.norm(points, axis=1).max()
    noise = rng.uniform(-1, 1, 8) * most * 8 / 11  # three products and sums take the rest
    found = separated_margin(documents, is_match, vector, points @ vector + noise)
    signs = np.where(is_match, 1, -1).tolist()
    margin = exact_margin(vector.tolist(), points.tolist(), signs, level)
    assert (found is not None) == (margin > 0)
    assert found is None or 0 <= found <= margin


@given(k=st.integers(1, 6), n=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_elimination_in_whole_numbers(k, n, seed):
    """Against plain Gauss-Jordan in fractions, on rows that have a relation more often than not."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(-3, 4, (k, n)) * 2.0 ** rng.integers(-30, 30, n)
    if k > 1 and rng.random() < 0.7:
        rows[-1] = -rows[:-1].sum(axis=0)
    found = exact_weights(rows)
    expected = relation([[Fraction(a) for a in row] for row in rows.tolist()])
    if expected is None or min(expected) <= 0:
        assert found is None
    else:
        assert found == expected


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5))
def test_floats_as_whole_numbers(values):
    whole, bits = whole_numbers(np.array(values, dtype=np.float64))
    assert bits >= 0
    assert [Fraction(n, 1 << bits) for n in whole] == [Fraction(x) for x in values]


def test_a_sample_its_report_and_progress():
    tree = perfect_tree(3, 4)
    e = construct(tree, method="gaussian", dim=8, dtype="float64", certify=False).embedding
    seen = []
    sampled = diagnose(
        e, tree, notion="row", n_queries=10, seed=1, progress=lambda *done: seen.append(done)
    )
    assert seen[-1] == (10, 10)
    assert len(sampled.causes) == 10
    assert "10 queries, sampled" in str(sampled)
    whole = diagnose(e, tree, notion="row", limit=Limit(2, "given"))
    assert sampled.causes == tuple(whole.causes[q] for q in sampled.numbers)
    data = whole.to_dict(proofs=True)
    assert data["counts"] == whole.counts
    assert data["limit"] == {"dim": 2, "theorem": "given", "notion": "row", "threshold": None}
    assert len(data["better"]) == whole.counts["queries"]
    assert sum(data["documents_how"].values()) == len(data["inseparable"])
    assert data["causes"].count("documents") == len(data["inseparable"])


def test_what_cannot_be_diagnosed():
    relevance = Relevance.from_sets([{0}], 2)
    with pytest.raises(ShapeError, match="the global notion requires a threshold"):
        diagnose(DualEmbedding([[1.0]], [[1.0], [2.0]]), relevance)
    with pytest.raises(ShapeError, match="threshold must be finite: got nan"):
        diagnose(DualEmbedding([[1.0]], [[1.0], [2.0]]), relevance, threshold=np.nan)
    with pytest.raises(ShapeError, match="one row per node"):
        diagnose(DualEmbedding([[1.0]], [[1.0]], 0.0), relevance)
    with pytest.raises(ShapeError, match="scores must fit in float64"):
        diagnose(DualEmbedding([[1e200]], [[1e200], [2.0]], 0.0), relevance)
