"""Every construction keeps the contract of the registry, and broken ones are found out."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from places import DOCS, ROOT

from hrgeom.constructions import (
    CONSTRUCTIONS,
    Option,
    Promise,
    all_constructions,
    find_construction,
    kraft_trie,
)
from hrgeom.constructions._promise import SHOWN
from hrgeom.errors import ConstructionError
from hrgeom.testing import check_construction

TRIE = find_construction("trie")


@pytest.mark.parametrize("entry", all_constructions(), ids=lambda entry: entry.name)
def test_every_construction_keeps_the_contract(entry):
    if entry.name == "sdp" and find_spec("cvxpy") is None:
        pytest.skip("cvxpy is not installed")
    check_construction(in_short(entry) if entry.is_iterative else entry, max_examples=5)


def in_short(entry):
    """A search with a tenth of its effort: what is checked of it is not how far it gets."""

    def build(relevance, *, effort=0.1, **options):
        return entry.build(relevance, effort=effort, **options)

    options = tuple(replace(o, default=0.1) if o.name == "effort" else o for o in entry.options)
    return replace(entry, build=build, options=options)


@pytest.mark.parametrize("entry", CONSTRUCTIONS, ids=lambda entry: entry.name)
def test_proofs_and_pages_are_there(entry):
    if entry.proof or entry.promise_kind != "none":
        assert (ROOT / "proofs" / f"{entry.proof}.py").is_file()
    else:
        assert "certificate" in entry.guarantee  # nothing else speaks for it
    page = DOCS / f"{entry.page}.md"
    assert page.is_file()
    text = page.read_text(encoding="utf-8").lower().replace("-", " ")
    assert entry.name.replace("-", " ") in text
    assert "Raises" in entry.build.__doc__


def broken(**changes):
    """The trie under its own name, changed."""
    return replace(TRIE, **changes)


def promises_more_margin(relevance, *, dim, dtype, seed, effort=1.0):
    kept = TRIE.promise(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort)
    return kept and Promise(kept.dim, 1.01 * kept.margin)


def promises_the_whole_margin(relevance, *, dim, dtype, seed, effort=1.0):
    """That of exact arithmetic, which no certificate shows to the last digit."""
    kept = TRIE.promise(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort)
    return kept and Promise(kept.dim, kept.margin / SHOWN)


def promises_fewer_dimensions(relevance, *, dim, dtype, seed, effort=1.0):
    kept = TRIE.promise(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort)
    return kept and Promise(kept.dim - 1, kept.margin)


def promises_what_it_refuses(relevance, *, dim=None, dtype, seed=0, effort=1.0):
    if relevance.n_queries > 10:
        raise ConstructionError("hierarchies must have at most ten nodes")
    return kraft_trie(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort)


def changed(change):
    """A trie whose embedding is changed afterwards."""

    def build(relevance, *, dim=None, dtype="float32", seed=0, effort=1.0):
        made = kraft_trie(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort)
        return change(made)

    return build


_CALLS = iter(range(1, 10**9))


def never_the_same(made):
    if made.dtype != np.float64:
        return made
    return replace(made, documents=made.documents * (1 + next(_CALLS) * 2.0**-40))


def wider(made):
    columns = [(0, 0), (0, 1)]
    return replace(
        made, queries=np.pad(made.queries, columns), documents=np.pad(made.documents, columns)
    )


def in_float64(made):
    return replace(
        made,
        queries=made.queries.astype(np.float64),
        documents=made.documents.astype(np.float64),
    )


def without_labels(made):
    return replace(
        made,
        query_labels=tuple(f"{i} " for i in range(made.n_queries)),
    )


def wrong_threshold(made):
    return replace(made, threshold=10.0)


def not_json(made):
    return replace(made, parameters=made.parameters | {"heights": np.zeros(2)})


def promising_nothing(made):
    return replace(made, promise={})


def half_a_promise(made):
    return replace(made, promise={"dim": made.dim})


def promising_more(made):
    return replace(made, promise=made.promise | {"margin": made.promise["margin"] * 1.1})


def ignores_dim(relevance, *, dim=None, dtype="float32", seed=0, effort=1.0):
    return kraft_trie(relevance, dtype=dtype, seed=seed, effort=effort)


def fails_oddly(relevance, *, dim=None, dtype="float32", seed=0, effort=1.0):
    raise KeyError(dtype)


def another_default(relevance, *, dim=None, dtype="float32", seed=0, effort=0.5):
    return kraft_trie(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort)


def only_refuses(relevance, *, dim=None, dtype="float32", seed=0, effort=1.0):
    raise ConstructionError("the moon must be full")


def reporting(line):
    """A trie that reports a line."""

    def build(
        relevance, *, dim=None, dtype="float32", seed=0, effort=1.0, report=None, threads=None
    ):
        if report is not None:
            report(line)
        return kraft_trie(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort)

    return build


def beginning(at):
    """A trie that takes a start, and does with it what a function says."""

    def build(relevance, *, dim=None, dtype="float32", seed=0, effort=1.0, start=None):
        made = kraft_trie(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort)
        return made if start is None else at(made)

    return broken(build=build, takes_start=True)


def widened(made):
    rows = [np.hstack((side, np.zeros((len(side), 1), side.dtype))) for side in made.values()]
    queries, documents = (side.astype(made.dtype) for side in rows)
    return replace(made, queries=queries, documents=documents)


def no_start(made):
    raise ConstructionError("there is no start: got one")


def iterative(build):
    return broken(build=build, is_iterative=True)


BROKEN = {
    "more margin than it has": (broken(promise=promises_more_margin), "promise: .*beforehand"),
    "the margin before it is certified": (
        broken(promise=promises_the_whole_margin),
        "promise: .*beforehand, must be certified: got .*promise beforehand 0.9975 of",
    ),
    "fewer dimensions than it has": (
        broken(promise=promises_fewer_dimensions),
        "promise: .*d must be at most the promised",
    ),
    "a promise of what is refused": (
        broken(build=promises_what_it_refuses),
        "promise: .*what is refused must not be promised",
    ),
    "more margin in the embedding": (
        broken(build=changed(promising_more)),
        "promise: .*with the embedding",
    ),
    "no promise with the embedding": (
        broken(build=changed(promising_nothing)),
        "embedding: .*promise must say dim, margin and theorem",
    ),
    "half a promise where none is due": (
        broken(build=changed(half_a_promise), promise=None, promise_kind="none"),
        "embedding: .*promise must say dim, margin and theorem",
    ),
    "random whatever the seed": (broken(build=changed(never_the_same)), "determinism: .*same seed"),
    "another default than declared": (broken(build=another_default), "determinism: .*defaults"),
    "a dimension more than it says": (
        broken(build=changed(wider)),
        r"embedding: .*promise\['dim'\] must be",
    ),
    "always float64": (broken(build=changed(in_float64)), "embedding: .*must be of type float32"),
    "labels of its own": (
        broken(build=changed(without_labels)),
        "embedding: .*queries of the embedding must have a row for every label",
    ),
    "a threshold that fails": (broken(build=changed(wrong_threshold)), "promise: "),
    "parameters that are no JSON": (broken(build=changed(not_json)), "must be JSON values"),
    "another name": (broken(name="other-trie"), "construction must be 'other-trie'"),
    "more dimensions than allowed": (broken(build=ignores_dim), "embedding: .*d must be at most 1"),
    "another error": (broken(build=fails_oddly), "refusals: .*got KeyError"),
    "nothing but refusals": (
        broken(build=only_refuses, promise=None, promise_kind="none"),
        "use: it must build something",
    ),
    "an option that is not taken": (
        broken(options=(*TRIE.options, Option("style", choices=("plain",), help="of the bits"))),
        "refusals: .*unexpected keyword",
    ),
    "a default that is no choice": (
        broken(options=(Option("effort", choices=(1, 2), type=int, default=3, help="how long"),)),
        "fields: the default of effort",
    ),
    "an option without help": (
        broken(options=(Option("effort", float, default=1.0),)),
        "fields: option effort must have help",
    ),
    "no guarantee": (broken(guarantee=""), "fields: guarantee"),
    "a report of numbers": (iterative(reporting(0.5)), r"report: .*one line of text.*got \[0\.5\]"),
    "a report of two lines": (iterative(reporting("half\nway")), "report: .*one line of text"),
    "a start refused": (beginning(no_start), "start: .*must not be refused: got .*no start"),
    "a start that makes it wider": (beginning(widened), "embedding: .*d must be at most"),
    "no start at all": (
        broken(build=kraft_trie, takes_start=True),
        "refusals: .*unexpected keyword argument 'start'",
    ),
    "no report at all": (iterative(kraft_trie), "refusals: .*unexpected keyword argument 'report'"),
}


def test_nothing_need_be_promised_where_the_certificate_decides():
    entry = broken(build=changed(promising_nothing), promise=None, promise_kind="none")
    check_construction(entry, max_examples=1)


def test_what_takes_a_start_begins_there():
    check_construction(beginning(lambda made: made), max_examples=1)


def test_what_is_iterative_reports_lines():
    check_construction(iterative(reporting("half way")), max_examples=1)


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_construction_is_found_out(what):
    entry, message = BROKEN[what]
    with pytest.raises(Exception, match=message) as found:
        check_construction(entry, max_examples=2)
    assert isinstance(found.value, AssertionError)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Big Trie"}, "lower-case words joined by hyphens"),
        ({"name": "auto"}, "other than auto"),
        ({"promise": None}, "must have a promise, and promise_kind other than none, or neither"),
        ({"options": TRIE.options * 2}, "options of trie must have names of their own"),
    ],
)
def test_entries_that_contradict_themselves_cannot_be_made(changes, message):
    with pytest.raises(ConstructionError, match=message):
        replace(TRIE, **changes)


@pytest.mark.parametrize(
    "name", ["dim", "kernel", "two words", "margin", "n_bytes", "proved", "fewest"]
)
def test_an_option_cannot_have_the_name_of_a_keyword(name):
    with pytest.raises(ConstructionError, match="the name of an option must be an identifier"):
        Option(name)
