"""The contract of a file format: what every entry of the three registries must do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hrgeom._base.sources import encoded
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError, HierarchyError, HrgeomError
from hrgeom.io import (
    Format,
    HierarchyFormat,
    JudgmentFormat,
    Judgments,
    VectorFormat,
    hierarchy_formats,
    judgment_formats,
    load_judgments,
    vector_formats,
    write_hierarchy,
    write_judgments,
)
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.testing._format_common import (
    GARBAGE,
    awkward_labels,
    broken_texts,
    certainty_of,
    check_atomic,
    check_names,
    check_sniffed,
    cut,
    fail,
    only,
    with_entry,
)
from hrgeom.testing._strategies import dags, trees
from hrgeom.testing._vector_format import check_vectors

__all__ = ["check_format"]


def check_format(entry: Format, *, examples: int = 50) -> None:
    """Check what every format must do; raise AssertionError that says what it does not.

    - Its name and suffixes are well formed, and belong to no other registered format.
    - What it writes it reads back: labels and edges, judgments, or numbers of every stored type it
      declares with the labels, scales and threshold that it keeps; or it refuses by FormatError.
      Trees, judgments and vectors with plain labels are not refused.
    - Of what it writes, no other format is more certain.
    - Damaged data and data of other formats give FormatError or HierarchyError, if any error.
    - An error while writing leaves what was there, and nothing half written.

    Parameters
    ----------
    entry : HierarchyFormat, JudgmentFormat or VectorFormat
        Registered or not.
    examples : int
        Examples to draw for each property; the same ones at every call.

    Raises
    ------
    AssertionError
        If the format breaks the contract.
    HrgeomError
        If a package that the format needs is not installed.

    Examples
    --------
    >>> from hrgeom.io import hierarchy_formats
    >>> check_format(hierarchy_formats()[0], examples=5)
    """
    drawn = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.generate],  # examples are small as they are drawn
        suppress_health_check=list(HealthCheck),
    )
    if isinstance(entry, HierarchyFormat):
        check_names(entry, hierarchy_formats())
        _check_hierarchies(entry, drawn)
    elif isinstance(entry, JudgmentFormat):
        check_names(entry, judgment_formats())
        _check_judgments(entry, drawn)
    elif isinstance(entry, VectorFormat):
        check_names(entry, vector_formats())
        check_vectors(entry, drawn)
    else:
        raise AssertionError(f"a format must be of one of the three kinds: got {entry!r}")


# --- Hierarchies ------------------------------------------------------------------------------


@st.composite
def _nasty_hierarchies(draw: st.DrawFn) -> Hierarchy:
    plain = draw(dags(max_nodes=8))
    return Hierarchy(draw(awkward_labels(plain.n_nodes)), plain.edges)


def _plain_trees() -> SearchStrategy[Hierarchy]:
    return (
        trees(max_nodes=8)
        .filter(lambda h: h.n_nodes > 1)
        .map(lambda h: Hierarchy([f"n{i}" for i in range(h.n_nodes)], h.edges))
    )


def _check_hierarchies(entry: HierarchyFormat, drawn: settings) -> None:
    @drawn
    @given(hierarchy=_nasty_hierarchies())
    def nasty(hierarchy: Hierarchy) -> None:
        _round_trip(entry, hierarchy, may_refuse=True)

    @drawn
    @given(hierarchy=_plain_trees())
    def plain(hierarchy: Hierarchy) -> None:
        _round_trip(entry, hierarchy, may_refuse=False)

    @drawn
    @given(data=broken_texts())
    def broken(data: bytes) -> None:
        _read_broken(entry, data)

    if entry.write is not None:
        plain()
        nasty()
        _check_hierarchy_file(entry)
        for data in cut(entry.write(_SAMPLE).encode()):
            _read_broken(entry, data)
    for data in GARBAGE:
        _read_broken(entry, data)
    broken()


_SAMPLE = Hierarchy(["animal", "dog", "cat", "puppy"], [(1, 0), (2, 0), (3, 1)])


def _read_broken(entry: HierarchyFormat, data: bytes) -> None:
    certainty_of(entry, data if entry.binary else data.decode("utf-8", "replace"))
    with only(entry, f"reading {data[:40]!r}", FormatError, HierarchyError):
        try:
            hierarchy_from_bytes(data, name="data", format=entry)
        except (FormatError, HierarchyError):
            return


def _round_trip(entry: HierarchyFormat, hierarchy: Hierarchy, *, may_refuse: bool) -> None:
    assert entry.write is not None
    with only(entry, f"writing {hierarchy.labels}", FormatError, HrgeomError):
        try:
            text = entry.write(hierarchy)
            data = encoded(text)
        except FormatError as error:
            if may_refuse:
                return
            fail(entry, f"a tree with plain labels must be written: got {error}")
    if entry.write(hierarchy) != text:
        fail(entry, "equal hierarchies must give equal text")
    with only(entry, f"reading its own {text!r}"):
        again = hierarchy_from_bytes(data, name="data", format=entry)
    if set(again.labels) != set(hierarchy.labels):
        fail(entry, f"labels must come back: {again.labels} of {hierarchy.labels} by {text!r}")
    if _edges(again) != _edges(hierarchy):
        fail(entry, f"edges must come back: {_edges(again)} of {_edges(hierarchy)} by {text!r}")
    if hierarchy.n_nodes > 1:
        formats = [f for f in with_entry(entry, hierarchy_formats()) if not f.binary]
        check_sniffed(entry, [(certainty_of(each, text), each) for each in formats], text)


def _edges(hierarchy: Hierarchy) -> set[tuple[str, str]]:
    return {(hierarchy.labels[c], hierarchy.labels[p]) for c, p in hierarchy.edges.tolist()}


def _check_hierarchy_file(entry: HierarchyFormat) -> None:
    def failing(hierarchy: Hierarchy) -> str:
        raise FormatError("refused")

    check_atomic(
        entry,
        lambda path: write_hierarchy(_SAMPLE, path, format=entry),
        lambda path: write_hierarchy(_SAMPLE, path, format=replace(entry, write=failing)),
    )


# --- Judgments --------------------------------------------------------------------------------


@st.composite
def _judgments(draw: st.DrawFn, *, nasty: bool) -> Judgments:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    queries = draw(awkward_labels(n)) if nasty else [f"q{i}" for i in range(n)]
    documents = draw(awkward_labels(m)) if nasty else [f"d{i}" for i in range(m)]
    pairs = draw(st.sets(st.tuples(st.sampled_from(queries), st.sampled_from(documents))))
    return Judgments(tuple(queries), tuple(documents), tuple(sorted(pairs)))


def _check_judgments(entry: JudgmentFormat, drawn: settings) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, f"x{entry.suffixes[0]}")

        @drawn
        @given(judgments=_judgments(nasty=True))
        def nasty(judgments: Judgments) -> None:
            _judgments_round_trip(entry, judgments, path, may_refuse=True)

        @drawn
        @given(judgments=_judgments(nasty=False))
        def plain(judgments: Judgments) -> None:
            _judgments_round_trip(entry, judgments, path, may_refuse=False)

        @drawn
        @given(data=broken_texts())
        def broken(data: bytes) -> None:
            _read_broken_judgments(entry, data, path)

        if entry.write is not None:
            plain()
            nasty()
            _check_judgment_file(entry)
            write_judgments(_JUDGED, path, format=entry)
            for data in cut(path.read_bytes()):
                _read_broken_judgments(entry, data, path)
        for data in GARBAGE:
            _read_broken_judgments(entry, data, path)
        broken()


_JUDGED = Judgments(("tea", "cup"), ("t1", "t2", "c1"), (("tea", "t1"), ("tea", "t2")))


def _judgments_round_trip(
    entry: JudgmentFormat, judgments: Judgments, path: Path, *, may_refuse: bool
) -> None:
    with only(entry, f"writing {judgments.pairs}", FormatError, HrgeomError):
        try:
            write_judgments(judgments, path, format=entry)
        except FormatError as error:
            if may_refuse:
                return
            fail(entry, f"judgments with plain labels must be written: got {error}")
    text = path.read_bytes().decode()
    with only(entry, f"reading its own {text!r}"):
        again = load_judgments(path, format=entry)
    for what in ("queries", "documents", "pairs"):
        mine, theirs = set(getattr(judgments, what)), set(getattr(again, what))
        if mine != theirs:
            fail(entry, f"{what} must come back: {theirs} of {mine} by {text!r}")
    formats = with_entry(entry, judgment_formats())
    check_sniffed(entry, [(certainty_of(each, text), each) for each in formats], text)


def _read_broken_judgments(entry: JudgmentFormat, data: bytes, path: Path) -> None:
    path.write_bytes(data)
    certainty_of(entry, data.decode("utf-8", "replace"))
    with only(entry, f"reading {data[:40]!r}", FormatError, HierarchyError):
        try:
            load_judgments(path, format=entry)
        except (FormatError, HierarchyError):
            return


def _check_judgment_file(entry: JudgmentFormat) -> None:
    def failing(rows: object) -> str:
        raise FormatError("refused")

    check_atomic(
        entry,
        lambda path: write_judgments(_JUDGED, path, format=entry),
        lambda path: write_judgments(_JUDGED, path, format=replace(entry, write=failing)),
    )
