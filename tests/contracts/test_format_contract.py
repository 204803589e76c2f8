"""Every registered format keeps the contract, and the contract finds what is planted."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from hrgeom import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import (
    HierarchyFormat,
    JudgmentFormat,
    VectorFormat,
    Vectors,
    hierarchy_formats,
    judgment_formats,
    vector_formats,
)
from hrgeom.testing import check_format
from hrgeom.testing._format_common import check_atomic

ENTRIES = (*hierarchy_formats(), *judgment_formats(), *vector_formats())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{type(e).__name__} {e.name}")
def test_registered_formats_keep_the_contract(entry):
    if entry.extra == "'hrgeom[rdf]'":
        pytest.importorskip("rdflib")
    check_format(entry, examples=8 if isinstance(entry, VectorFormat) else 60)


def fails(entry, message):
    with pytest.raises(AssertionError, match=message):
        check_format(entry, examples=40)


# --- Hierarchies: lines "child < parent" ------------------------------------------------------


def read_arrows(text, n_lost=0, child=0):
    pairs = [line.split(" < ") for line in text.splitlines() if line.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise FormatError("every line must be 'child < parent'")
    return Hierarchy.from_edges([(pair[child], pair[1 - child]) for pair in pairs[n_lost:]])


def write_arrows(hierarchy):
    alone = set(range(hierarchy.n_nodes)) - set(hierarchy.edges.ravel().tolist())
    strange = [label for label in hierarchy.labels if not label.isalnum()]
    if alone or strange:
        raise FormatError("every node must have an edge and a plain label")
    edges = hierarchy.edges.tolist()
    return "".join(f"{hierarchy.labels[c]} < {hierarchy.labels[p]}\n" for c, p in edges)


ARROWS = HierarchyFormat(
    name="arrows",
    suffixes=(".arrows",),
    description="lines of child < parent",
    sniff=lambda text: 0.8 if " < " in text else 0.0,
    read=read_arrows,
    write=write_arrows,
)


def write_all(hierarchy):
    """Forgets to refuse what it cannot hold."""
    edges = hierarchy.edges.tolist()
    return "".join(f"{hierarchy.labels[c]} < {hierarchy.labels[p]}\n" for c, p in edges)


def last_edge_first():
    calls = count()

    def write(hierarchy):
        lines = write_arrows(hierarchy).splitlines(keepends=True)
        return "".join(lines[::-1] if next(calls) % 2 else lines)

    return write


def crash(text):
    return {}[text]


def test_an_honest_format_keeps_the_contract():
    check_format(ARROWS)
    check_format(replace(ARROWS, write=None))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"read": lambda text: read_arrows(text, n_lost=1)}, "must come back|reading its"),
        ({"read": lambda text: read_arrows(text, child=1)}, "edges must come back"),
        ({"read": crash}, "reading its own .* got KeyError"),
        ({"read": crash, "write": None}, "must raise FormatError or HierarchyError .* KeyError"),
        ({"write": write_all}, "must come back|reading its own"),
        ({"write": last_edge_first()}, "equal hierarchies must give equal text"),
        ({"write": lambda h: (_ for _ in ()).throw(FormatError("no"))}, "must be written: got no"),
        ({"write": lambda h: h.labels[99]}, r"writing .* got IndexError"),
        ({"sniff": lambda text: 0.0}, "must recognize .* no format claims"),
        ({"sniff": lambda text: 2.0}, "must return a number from 0 to 1: got 2.0"),
        ({"sniff": lambda text: text.index("<") and 0.9}, "sniff must not fail: got ValueError"),
        ({"suffixes": (".tsv",)}, "suffix '.tsv' belongs to 'tsv' already"),
        ({"suffixes": ("arrows",)}, "suffixes must be lower case and begin with a dot"),
        ({"suffixes": ()}, "suffixes must be lower case and begin with a dot"),
        ({"name": "json"}, "another registered format has this name"),
        ({"name": "Two Words"}, "the name must be lower case"),
        ({"description": ""}, "the description must be one line"),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_broken_hierarchy_formats_are_found(change, message):
    fails(replace(ARROWS, **change), message)


def test_one_that_claims_what_others_write_is_found():
    """Not by its own check, where it is the surest, but by that of the format it takes from."""
    (json, *_) = hierarchy_formats()
    assert json.sniff('{"a": []}') > 0.5
    fails(replace(ARROWS, sniff=lambda text: 0.0), "no format claims|'csv' claims")


# --- Judgments --------------------------------------------------------------------------------


def read_bars(text, grade=float):
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split("|")
        if len(fields) != 3 or not all(fields):
            raise FormatError(f"a line must be query|document|grade: got {line!r}")
        try:
            yield number, fields[0], fields[1], grade(fields[2])
        except ValueError:
            raise FormatError(f"a grade must be a number: got {fields[2]!r}") from None


def write_bars(rows):
    lines = [(query, document, f"{grade:g}") for query, document, grade in rows]
    if not all(field.isprintable() and field.isalnum() for line in lines for field in line):
        raise FormatError("labels must be plain")
    return "".join("|".join(line) + "\n" for line in lines)


BARS = JudgmentFormat(
    name="bars",
    suffixes=(".bars",),
    description="lines of query|document|grade",
    sniff=lambda text: 0.8 if "|" in text else 0.0,
    read=read_bars,
    write=write_bars,
)


def swapped(rows):
    return write_bars((document, query, grade) for query, document, grade in rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"read": lambda text: list(read_bars(text))[:-1]}, "must come back|reading its own"),
        ({"read": crash}, "reading its own .* must not fail: got KeyError"),
        ({"read": crash, "write": None}, "must raise FormatError or HierarchyError .* KeyError"),
        ({"read": lambda text: read_bars(text, grade=lambda _: 1.0)}, "pairs must come back"),
        ({"write": swapped}, "must come back"),
        ({"write": lambda rows: write_bars([*rows][:1])}, "must come back"),
        ({"sniff": lambda text: 0.0}, "must recognize"),
        ({"suffixes": (".jsonl",)}, "suffix '.jsonl' belongs to 'jsonl' already"),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_broken_judgment_formats_are_found(change, message):
    check_format(BARS)
    fails(replace(BARS, **change), message)


# --- Vectors ----------------------------------------------------------------------------------

NPZ = next(entry for entry in vector_formats() if entry.name == "npz")


def sniff_bundle(path, start):
    return 1.0 if path.suffix == ".bundle" and start.startswith(b"PK") else 0.0


BUNDLE = replace(NPZ, name="bundle", suffixes=(".bundle",), sniff=sniff_bundle)


def reading(**change):
    """The same, with some of what was read replaced."""

    def read(path, wanted):
        found = NPZ.read(path, wanted)
        return replace(found, **{name: new(found) for name, new in change.items()})

    return read


def littering(embedding, path):
    NPZ.write(embedding, path)
    path.with_suffix(".log").write_text("done")


def in_place(embedding, path):
    """Writes to a place of its own besides."""
    NPZ.write(embedding, path)
    (path.parent / "latest").write_bytes(b"")


def read_checked(path, wanted):
    with open(path, "rb") as file:
        return {b"PK": NPZ.read}[file.read(2)](path, wanted)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"read": reading(queries=lambda v: v.documents)}, "queries differ"),
        ({"read": reading(queries=lambda v: np.abs(v.queries))}, "queries differ"),
        ({"read": reading(documents=lambda v: v.documents.astype("f8"))}, "documents differ"),
        ({"read": reading(document_labels=lambda v: v.document_labels[::-1])}, "labels differ"),
        ({"read": reading(threshold=lambda v: None)}, "threshold differ"),
        ({"read": reading(query_scale=lambda v: 1.0)}, "scales differ"),
        ({"read": lambda path, wanted: Vectors(np.ones((1, 1)), np.ones((1, 1)))}, "differ"),
        ({"read": read_checked}, "must raise HrgeomError if anything: got KeyError"),
        ({"write": littering}, "write must write its path alone"),
        ({"write": in_place}, "write must write its path alone"),
        ({"write": lambda e, path: path.write_bytes(b"")}, "reading its own|must recognize"),
        ({"stored_types": (*NPZ.stored_types, "bfloat16")}, "differ"),
        ({"sniff": lambda path, start: 0.0}, "must recognize .* 'npz' claims"),
        ({"suffixes": (".npy",)}, "suffix '.npy' belongs to 'npy' already"),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_broken_vector_formats_are_found(change, message):
    fails(replace(BUNDLE, **change), message)


def test_honest_vector_formats_keep_the_contract():
    check_format(BUNDLE, examples=10)
    check_format(replace(BUNDLE, read=None), examples=10)
    check_format(replace(BUNDLE, write=None), examples=10)
    with pytest.raises(AssertionError, match="one of the three kinds"):
        check_format("npz")


# --- Writing in one step ----------------------------------------------------------------------


def half(path):
    path.write_text("half")
    raise OSError("no space left")


def beside(path):
    path.with_name("log").write_text("half")
    raise FormatError("refused")


@pytest.mark.parametrize(
    ("write_and_fail", "message"),
    [
        (half, "must leave what was there, and nothing else"),
        (beside, "must leave what was there, and nothing else"),
        (lambda path: None, "must be reported"),
    ],
)
def test_writes_that_are_not_atomic_are_found(write_and_fail, message):
    with pytest.raises(AssertionError, match=message):
        check_atomic(ARROWS, lambda path: path.write_text("whole"), write_and_fail)
