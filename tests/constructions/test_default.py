"""What `construct` gives by default, within a budget and for a margin, and how it says so.

Descent is stood in for by a construction whose outcome the test decides: what is tested here is
who is asked, in which order, with which keywords, and what is said.
"""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st
from places import data_file

import hrgeom
from hrgeom import Hierarchy, Relevance, certify, construct, read_hierarchy
from hrgeom.cli import main
from hrgeom.constructions import (
    CONSTRUCTIONS,
    DEFAULT_MARGIN,
    EFFORT,
    MINUTES,
    NOTION,
    Construction,
    _registry,
    find_construction,
    gaussian_centroid,
    least_for_margin,
    promise_of,
    promises,
)
from hrgeom.constructions._asking import Asking
from hrgeom.datasets import perfect_tree, random_dag, random_subsets, random_tree
from hrgeom.errors import ConstructionError, FormatError, ShapeError
from hrgeom.testing import forests, relevances

PETS = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
WIDE = perfect_tree(3, 4)
"""Forty nodes: seven dimensions by default; in six a theorem promises 9.3e-3."""


@pytest.fixture
def without_descent(monkeypatch):
    """The registry without an entry named descent."""
    entries = tuple(c for c in CONSTRUCTIONS if c.name != "descent")
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", entries)
    return entries


class StandIn:
    """Gives what `outcome` says: a construction's vectors, random ones, or an error."""

    def __init__(self):
        self.outcome = "mixed"
        self.calls = []

    def build(self, relevance, *, dim, dtype, seed, report=None, threads=None, **options):
        self.calls.append({"dim": dim, "dtype": dtype, "seed": seed, "threads": threads, **options})
        if report:
            report("descent: margin +0.01, 0 rows wrong")
        if self.outcome == "error":
            raise ConstructionError("dim must be at least what descent needs")
        if self.outcome == "fails":
            made = gaussian_centroid(relevance, dim=1, dtype=dtype, seed=seed)
        else:  # the fewest dimensions of the interval cover, or more than the budget has
            size = {"interval": None, "mixed": 24}[self.outcome]
            entry = find_construction(self.outcome)
            made = entry.build(relevance, dim=size, dtype=dtype, seed=seed)
        return replace(made, construction="descent", promise={})


@pytest.fixture
def descent(without_descent, monkeypatch):
    stand_in = StandIn()
    entry = Construction(
        "descent",
        stand_in.build,
        "as far as it gets",
        "a budget",
        options=(EFFORT, MINUTES, NOTION),
        by_name_only=True,
        is_iterative=True,
    )
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", (*without_descent, entry))
    return stand_in


def below(target, dtype="float32"):
    """One dimension fewer than a theorem needs for the margin of the default."""
    return least_for_margin(target, DEFAULT_MARGIN, dtype=dtype).dim - 1


def automatic(name):
    """The entry of a name, as if it were not by name only."""
    return replace(find_construction(name), by_name_only=False)


def as_float16(embedding):
    return replace(
        embedding,
        queries=embedding.queries.astype(np.float16),
        documents=embedding.documents.astype(np.float16),
    )


def as_text(embedding):
    """The vectors written and read in six significant digits."""

    def written(rows):
        values, places = np.unique(rows, return_inverse=True)
        return np.float32([f"{x:.6g}" for x in values.tolist()])[places].reshape(rows.shape)

    return replace(
        embedding, queries=written(embedding.queries), documents=written(embedding.documents)
    )


# --- The default ------------------------------------------------------------------------------


@share(1 / 4)
@given(target=relevances() | forests(max_nodes=40).map(lambda h: h.relevance))
def test_the_default_holds_and_so_do_copies(target):
    result = construct(target)
    assert result.certificate.holds
    promised = result.tried[-1].promised or 0.0
    if promised < DEFAULT_MARGIN:
        return
    assert result.embedding.basis == result.certificate.basis == "theorem"
    assert certify(as_float16(result.embedding), target).holds
    assert certify(as_text(result.embedding), target).holds


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "int8"])
@pytest.mark.parametrize("target", [WIDE, random_dag(60, seed=2), random_tree(300, shape="deep")])
def test_the_default_is_the_least_dimension_with_the_margin(target, dtype):
    """Every smaller budget is asked: none promises it by a theorem."""
    result = construct(target, dtype=dtype)
    (attempt,) = result.tried
    assert attempt.promised >= DEFAULT_MARGIN
    assert result.certificate.normalized_margin_lower_bound >= attempt.promised
    theorems = Asking(target.relevance, dtype, proved=True)
    for dim in range(1, result.embedding.dim):
        assert theorems.reaching(DEFAULT_MARGIN, dim) == []


def test_promises_that_are_not_monotone_are_found(without_descent, monkeypatch):
    """One that promises the margin at 9 to 11 and from 14 on: halving alone ends at 14."""

    def promise(relevance, *, dim, dtype, seed):
        margin = 0.5 if dim is not None and (9 <= dim <= 11 or dim >= 14) else 1e-3
        return hrgeom.constructions.Promise(dim or 20, margin)

    entry = replace(find_construction("trie"), promise=promise, options=())
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", (entry,))
    assert least_for_margin(WIDE, 0.1).dim == 9


def test_a_promise_without_a_theorem_is_no_reason(without_descent, monkeypatch):
    """A likely margin in one dimension is neither the default nor enough for a budget."""

    def promise(relevance, *, dim, dtype, seed):
        return hrgeom.constructions.Promise(1, 0.9)

    likely = replace(automatic("dual-frame"), name="likely", promise=promise)
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", (likely, *without_descent))
    assert promises(WIDE.relevance)[0][0] == "likely"
    result = construct(WIDE)
    assert [attempt.method for attempt in result.tried] == [result.embedding.construction]
    assert result.embedding.basis == "theorem"


def said(lines):
    """What was reported, without the steps of the work."""
    return [line for line in lines if not line.startswith(("choosing, ", "building "))]


def test_where_no_theorem_reaches_the_margin_the_largest_promise_is_taken(
    without_descent, monkeypatch
):
    """Only the trie is there: its one promise for a chain of 300 is a tenth of the margin."""
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", (find_construction("trie"),))
    chain, lines = random_tree(300, shape="chain"), []
    result = construct(chain, report=lines.append)
    (attempt,) = result.tried
    assert attempt.promised < DEFAULT_MARGIN
    assert result.embedding.basis == "theorem"
    assert said(lines)[0] == (
        "no theorem promises a margin of 0.01 in float32 within 4,096 dimensions and a gibibyte: "
        f"the largest that one does, {attempt.promised:.2g} at d = {attempt.dim}"
    )


def test_the_largest_promise_is_kept_to_a_gibibyte(without_descent, monkeypatch):
    """A code of intervals gains margin with every dimension; room is what ends it."""
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", (find_construction("interval"),))
    monkeypatch.setattr("hrgeom.constructions._asking._LARGEST_FALLBACK", 2**20)
    chain = random_tree(9000, shape="uniform", seed=0)
    assert construct(chain).embedding.dim * chain.n_nodes * 2 * 4 <= 2**20


def test_where_no_theorem_promises_anything_certificates_decide(without_descent, monkeypatch):
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", (automatic("dual-frame"),))
    lines = []
    result = construct(WIDE, report=lines.append)
    assert result.certificate.holds
    assert (result.embedding.basis, result.provenance) == ("chance", "by random draw, certified")
    assert said(lines)[0].startswith(
        "no theorem promises a margin in float32: the fewest dimensions"
    )


def test_the_default_says_what_descent_would_add(descent):
    for target, line in (
        (PETS, "--method descent --dim 3 usually gives more margin in as many dimensions"),
        (random_tree(2000, seed=0), "--method descent --dim 16 usually gives more margin in fewer"),
    ):
        lines = []
        construct(target, report=lines.append)
        assert lines[-1].startswith(line)
        assert lines[-1].endswith("without a theorem")
    assert descent.calls == []


def test_it_says_nothing_of_a_descent_that_is_not_there(without_descent):
    lines = []
    construct(PETS, report=lines.append)
    assert [line.split()[0] for line in said(lines)] == ["tried"]


def test_what_goes_on_is_said_budget_by_budget(without_descent):
    lines = []
    result = construct(WIDE, report=lines.append)
    asked = [int(line.split()[3].strip(":")) for line in lines if line.startswith("choosing, ")]
    assert asked[0] == 8
    assert result.embedding.dim in (*asked, *(dim - 1 for dim in asked))
    assert re.search(r", \d+ s left$", [x for x in lines if x.startswith("choosing, ")][-1])
    (built,) = (line for line in lines if line.startswith("building "))
    assert built == f"building {result.embedding.construction}, d = {result.embedding.dim}"


@pytest.mark.parametrize("target", [Hierarchy(["a"], []), Relevance.from_sets([{0, 1}] * 2, 2)])
def test_tiny_inputs(target, descent):
    assert construct(target).certificate.holds
    assert construct(target, dim=4).certificate.holds
    assert construct(target, fewest=True).certificate.holds


REAL = ["disease-ontology", "schema-org", "shopify-product-taxonomy"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "dim"),
    [
        *zip(REAL, (27, 18, 17), strict=True),
        ("random tree of 10,000", 22),
        ("wordnet", 77),  # 76 by the full search
    ],
)
def test_real_hierarchies_hold_in_float16_and_in_six_digits(name, dim):
    if name in REAL:
        target = read_hierarchy(data_file(f"{name}.json.gz"))
    else:
        target = read_hierarchy(name) if name == "wordnet" else random_tree(10_000, seed=0)
    result = construct(target, effort=0.1 if name == "wordnet" else 1.0)
    assert result.embedding.dim == dim
    assert result.embedding.basis == "theorem"
    assert result.certificate.normalized_margin_lower_bound >= DEFAULT_MARGIN
    for copy in (as_float16(result.embedding), as_text(result.embedding)):
        certificate = certify(copy, target)
        assert certificate.holds
        assert certificate.normalized_margin_lower_bound >= 0.9 * DEFAULT_MARGIN


# --- Within a budget --------------------------------------------------------------------------


def test_a_theorem_that_reaches_the_margin_is_taken(descent):
    dim = below(WIDE) + 1
    for options in ({"dim": dim}, {"n_bytes": 4 * dim + 3}, {"dim": dim, "proved": True}):
        result = construct(WIDE, **options)
        assert result.embedding.basis == "theorem"
        assert result.embedding.dim <= dim
        assert len(result.tried) == 1
    assert descent.calls == []


def test_otherwise_descent_said_with_the_reason(descent):
    dim, lines = below(WIDE), []
    name, promise = promises(WIDE.relevance, dim=dim)[0]
    result = construct(WIDE, dim=dim, report=lines.append, threads=1)
    assert said(lines) == [
        f"{name} promises {promise.margin:.2g} at d = {promise.dim}, below 0.01: descent",
        "descent: margin +0.01, 0 rows wrong",
        f"tried descent, d = {dim}: holds",
    ]
    assert result.embedding.construction == "descent"
    assert result.embedding.basis == result.certificate.basis == "descent"
    assert result.provenance == "by descent, certified"
    assert descent.calls == [{"dim": dim, "dtype": "float32", "seed": 0, "threads": 1}]
    lines.clear()
    construct(WIDE, dim=1, report=lines.append)
    assert lines[0] == "no theorem promises a margin within 1 dimensions: descent"


def test_what_was_asked_for_reaches_descent(descent):
    dim = below(WIDE, "float64")
    options = {"effort": 0.5, "minutes": 2.0, "notion": "row"}
    construct(WIDE, dim=dim, dtype="float64", seed=4, **options)
    call = {"dim": dim, "dtype": "float64", "seed": 4, "threads": None, **options}
    assert descent.calls == [call]
    descent.calls.clear()
    construct(WIDE, n_bytes=8 * dim + 7, dtype="float64", seed=4, **options)
    assert descent.calls == [call]
    descent.calls.clear()
    lines = []
    result = construct(WIDE, method="descent", dim=9, threads=1, minutes=1.0, report=lines.append)
    assert descent.calls == [
        {"dim": 9, "dtype": "float32", "seed": 0, "threads": 1, "minutes": 1.0}
    ]
    assert lines[0] == "descent: margin +0.01, 0 rows wrong"
    assert (result.embedding.basis, result.tried) == ("descent", ())


def test_a_margin_moves_the_line(descent):
    dim = below(WIDE) + 1
    lines = []
    result = construct(WIDE, dim=dim, margin=0.3, report=lines.append)
    assert len(descent.calls) == 1
    assert "below 0.3: descent" in lines[0]
    certified = result.certificate.normalized_margin_lower_bound
    assert lines[-1] == f"the margin is {certified:.2g}, short of 0.3"
    descent.calls.clear()
    assert construct(WIDE, dim=below(WIDE), margin=1e-4).embedding.basis == "theorem"
    assert descent.calls == []


@pytest.mark.parametrize("outcome", ["fails", "error"])
def test_where_descent_does_not_hold_a_construction_may(descent, outcome):
    descent.outcome, dim, lines = outcome, below(WIDE), []
    result = construct(WIDE, dim=dim, report=lines.append)
    assert result.tried[0].method == "descent"
    assert result.tried[-1].method == result.embedding.construction != "descent"
    assert result.embedding.basis == "theorem"
    assert "descent does not hold: constructions within the budget are tried" in lines
    with pytest.raises(ConstructionError, match=r"within 1 dimension: tried descent at d = 1: "):
        construct(WIDE, dim=1)


def test_less_margin_than_a_theorem_promises_is_not_taken(descent):
    """Descent that arrives at a hundredth of what is promised."""
    descent.outcome, lines = "interval", []
    dim = below(WIDE)
    (name, promise), *_ = promises(WIDE.relevance, dim=dim)
    spoilt = find_construction("interval").build(WIDE.relevance)
    assert certify(spoilt, WIDE).normalized_margin_lower_bound < promise.margin
    result = construct(WIDE, dim=dim, report=lines.append)
    assert [attempt.method for attempt in result.tried] == ["descent", name]
    assert "descent has less margin than that: the construction is taken" in lines


def test_without_descent_constructions_are_tried(without_descent):
    lines = []
    result = construct(WIDE, dim=below(WIDE), report=lines.append)
    assert lines[0].endswith("below 0.01, and there is no construction named descent")
    assert result.embedding.basis == "theorem"


def test_proved_and_fewest_never_descend(descent):
    dim = below(WIDE)
    assert construct(WIDE, dim=dim, proved=True).embedding.basis == "theorem"
    least, promise = promises(WIDE.relevance)[0]
    said = (
        "some construction must hold in float32 within 1 dimension: tried none that applies; the "
        f"least that a construction promises is {promise.dim}, by {least}"
    )
    with pytest.raises(ConstructionError, match=re.escape(said)):
        construct(WIDE, dim=1, proved=True)
    fewest = construct(WIDE, fewest=True)
    assert fewest.embedding.dim == promises(WIDE.relevance)[0][1].dim < dim
    assert descent.calls == []


def test_the_fewest_by_a_theorem_alone(without_descent, monkeypatch):
    likely = automatic("dual-frame")
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", (likely, find_construction("trie")))
    star = random_tree(60, shape="star")
    assert construct(star, fewest=True, proved=True).embedding.construction == "trie"


def test_a_margin_without_a_budget(descent):
    result = construct(WIDE, margin=0.12)
    assert result.certificate.normalized_margin_lower_bound >= 0.12
    assert result.embedding.dim == least_for_margin(WIDE, 0.12).dim
    largest = max(p.margin or 0 for d in (64, 512) for _, p in promises(WIDE.relevance, dim=d))
    message = rf"a margin of 0\.7 must be promised in float32 .*: the largest is {largest:.3g}, by "
    for options in ({}, {"proved": True}):
        with pytest.raises(ConstructionError, match=message):
            construct(WIDE, margin=0.7, **options)
    assert descent.calls == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 3, "n_bytes": 12}, "given as dim or as n_bytes: got 3 and 12"),
        ({"n_bytes": 3}, "n_bytes must be at least 4, those of a number in float32: got 3"),
        ({"margin": 0.0}, "margin must be a finite number above 0: got 0.0"),
        ({"margin": float("nan")}, "margin must be a finite number above 0: got nan"),
        ({"fewest": True, "dim": 3}, "fewest must come without a margin or a budget"),
        ({"fewest": True, "margin": 0.1}, "fewest must come without a margin or a budget"),
        ({"method": "trie", "proved": True}, "must come with method auto: got trie"),
        ({"method": "descent", "margin": 0.1, "dim": 3}, "with method auto: got descent"),
        ({"minutes": 0.0}, "minutes must be a finite number above 0: got 0.0"),
        ({"code": "arc"}, r"must be among \(effort, minutes\): got 'code'"),
        ({"dims": 3}, r"got 'dims'; did you mean 'dim'\?$"),
        ({"method": "trei"}, r"got 'trei'; did you mean 'trie'\?$"),
        ({"method": "trie", "efort": 3}, r"got 'efort'; did you mean 'effort'\?$"),
    ],
)
def test_what_contradicts_itself_is_refused(options, message, descent):
    with pytest.raises(ConstructionError, match=message):
        construct(WIDE, **options)
    assert descent.calls == []


@pytest.mark.parametrize("dtype", ["float64", "float32", "int8"])
@pytest.mark.parametrize(
    "target",
    [
        WIDE.relevance,
        random_dag(300, extra_parents=0.4, seed=1).relevance,
        random_subsets(2_000, 60, 2, seed=0),
        random_subsets(500, 500, 5, seed=0),
        random_subsets(2_000, 150, 3, seed=0),
    ],
    ids=["tree", "DAG", "pairs", "sparse", "dense"],
)
def test_what_is_best_at_nothing_is_taken_by_name_only(target, dtype):
    """Others need fewer dimensions than the dual frame, and promise a margin as well."""
    dims = {name: promise.dim for name, promise in promises(target, dtype=dtype, effort=0.1)}
    assert "dual-frame" not in dims
    assert promise_of(target, "dual-frame", dtype=dtype).dim > max(dims["trie"], dims["mixed"])


# --- What is stated ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "options", "basis"),
    [
        ("trie", {}, "theorem"),
        ("interval", {"effort": 0.5}, "theorem"),
        ("interval", {"code": "arc"}, "certificate"),  # its promise is of another code
        ("dual-frame", {}, "chance"),
        ("gaussian", {"dim": 64}, "certificate"),
        ("descent", {"dim": 8}, "descent"),
    ],
)
def test_embedding_and_certificate_state_their_basis(descent, tmp_path, method, options, basis):
    result = construct(WIDE, method=method, **options)
    assert result.embedding.basis == result.certificate.basis == basis
    path = hrgeom.save(result.embedding, tmp_path / "x.emb", certificate=result.certificate)
    for name in ("embedding.json", "certificate.json"):
        assert json.loads((path / name).read_text())["basis"] == basis
    assert hrgeom.load(path).basis == basis
    assert hrgeom.load_certificate(path) == result.certificate
    assert hrgeom.recheck(hrgeom.load(path), hrgeom.load_certificate(path), WIDE).agrees
    first = str(result.certificate).splitlines()[0]
    assert first.endswith("notion" if basis == "certificate" else f"notion, by {basis}")


def test_vectors_of_other_origin_state_none(tmp_path):
    made = construct(PETS, method="trie").embedding
    given = hrgeom.DualEmbedding(made.queries, made.documents, threshold=0.0)
    certificate = certify(given, PETS)
    assert (given.basis, certificate.basis) == (None, None)
    assert "basis" not in certificate.to_dict()
    path = hrgeom.save(given, tmp_path / "x.emb", certificate=certificate)
    assert "basis" not in json.loads((path / "embedding.json").read_text())
    assert hrgeom.load(path).basis is None
    assert hrgeom.load_certificate(path) == certificate
    with pytest.raises(ShapeError, match=r"basis must be one of theorem, .*: got 'luck'"):
        replace(made, basis="luck")
    with pytest.raises(FormatError, match=r"basis of a certificate must be one of .*: got 'luck'"):
        hrgeom.Certificate.from_dict({**certificate.to_dict(), "basis": "luck"})


@share(1 / 8)
@given(basis=st.sampled_from(["theorem", "chance", "descent", "certificate", None]))
def test_the_basis_changes_nothing_that_is_checked(basis):
    made = construct(PETS, method="trie").embedding
    one, other = (certify(e, PETS) for e in (made, replace(made, basis=basis)))
    assert other.basis == basis
    assert replace(other, basis=one.basis, seconds=one.seconds) == one


# --- The command ------------------------------------------------------------------------------


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hrgeom.io.write_hierarchy(WIDE, "wide.tsv")

    def run(*argv):
        status = main(["construct", "--tree", "wide.tsv", "--force", *map(str, argv)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_the_command_says_which_it_was(run, descent):
    status, out, err = run()
    assert status == 0
    assert ", by theorem (" in out.splitlines()[3]
    assert "usually gives more margin" in err
    dim = below(WIDE)
    status, out, err = run("--dim", dim, "--effort", 0.5, "--minutes", 2)
    assert status == 0
    assert out.splitlines()[3].endswith(", by descent, certified")
    assert "hrgeom: descent: margin +0.01, 0 rows wrong" in err
    assert "below 0.01: descent" in err
    assert (descent.calls[0]["effort"], descent.calls[0]["minutes"]) == (0.5, 2.0)
    status, out, _ = run("--bytes", 4 * dim, "--json", "--quiet")
    assert json.loads(out)["basis"] == json.loads(out)["certificate"]["basis"] == "descent"
    status, out, _ = run("--bytes", 4 * dim, "--proved", "--json")
    assert json.loads(out)["basis"] == "theorem"
    status, out, _ = run("--margin", 0.12, "--json")
    assert json.loads(out)["certificate"]["normalised_margin_lower_bound"] >= 0.12
    status, out, _ = run("--fewest", "--json")
    assert json.loads(out)["dim"] == 3
    assert run("--fewest", "--dim", 3)[0] == 2
    with pytest.raises(SystemExit):
        run("--dim", 3, "--bytes", 12)
