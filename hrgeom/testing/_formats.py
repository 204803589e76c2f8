"""The contract of a file format: what every entry of the three registries must do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hrgeom._base.sources import encoded
from hrgeom.core import DualEmbedding, Hierarchy, as_dtype
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
    most_certain,
    vector_formats,
    write_hierarchy,
    write_judgments,
    write_vectors,
)
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.vectors import Wanted, differences, read_back
from hrgeom.testing._strategies import dags, trees

__all__ = ["check_format"]

# Labels that a format confuses with its own signs, or loses: it keeps them or refuses them.
_NASTY = (
    *("", " ", "a b", " a", "a ", '"', "'", 'say "hi"', "a,b", "a\tb", "a\nb", "a\r\nb", "a\rb"),
    *("#a", "-", "<", ">", "child", "parent", "nodes", "[", "{", "}", "\\", "\\n", "(a)", "a;b"),
    *(
        "\ufeffx",
        "\0",
        "a\0",
        "é",
        "e\u0301",
        "日本",
        "\u2028",
        "\x85",
        "\ud800",
        "null",
        "a:b",
        "1",
    ),
)
_GARBAGE = (
    *(b"", b" \n", b"\0", b"\xff\xfe\0\0", bytes(range(256)), b"\x1f\x8bnonsense", b"PK\x03\x04"),
    *(b"{", b"[]", b"{}", b"null", b'{"a": 1}', b"[[[[", b"<a><b>", b"((", b",,,\n,\n", b"\t\t\n"),
    *(b"a\n" * 50, b"[" * 100_000, b'{"a":' * 50_000, b"(" * 100_000, b"1 1\n", b"9 9\na"),
)
_CUTS = 24


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
        _check_names(entry, hierarchy_formats())
        _check_hierarchies(entry, drawn)
    elif isinstance(entry, JudgmentFormat):
        _check_names(entry, judgment_formats())
        _check_judgments(entry, drawn)
    elif isinstance(entry, VectorFormat):
        _check_names(entry, vector_formats())
        _check_vectors(entry, drawn)
    else:
        raise AssertionError(f"a format must be of one of the three kinds: got {entry!r}")


def _fail(entry: Format, text: str) -> NoReturn:
    raise AssertionError(f"format {entry.name!r}: {text}")


@contextmanager
def _only(entry: Format, what: str, *allowed: type[Exception]) -> Iterator[None]:
    """Let through errors of some classes, and fail by any other."""
    try:
        yield
    except Exception as error:
        if isinstance(error, (AssertionError, *allowed)):
            raise
        names = " or ".join(each.__name__ for each in allowed)
        rule = f"must raise {names} if anything" if names else "must not fail"
        raise AssertionError(f"format {entry.name!r}: {what} {rule}: got {error!r}") from error


def _check_names(entry: Format, formats: tuple[Format, ...]) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", entry.name):
        _fail(entry, "the name must be lower case, without spaces")
    if not entry.description.strip() or "\n" in entry.description or entry.description[-1] == ".":
        _fail(entry, f"the description must be one line without a stop: {entry.description!r}")
    wrong = [suffix for suffix in entry.suffixes if not re.fullmatch(r"(\.[a-z0-9_-]+)+", suffix)]
    if wrong or not entry.suffixes:
        _fail(entry, f"suffixes must be lower case and begin with a dot: {entry.suffixes}")
    for other in formats:
        if other is not entry and other.name == entry.name:
            _fail(entry, "another registered format has this name")
        common = set(other.suffixes) & set(entry.suffixes)
        if other is not entry and common:
            _fail(entry, f"suffix {min(common)!r} belongs to {other.name!r} already")


def _with(entry: Any, formats: tuple[Any, ...]) -> tuple[Any, ...]:
    return formats if entry in formats else (*formats, entry)


def _check_sniffed(entry: Format, certainties: list[tuple[float, Any]], shown: object) -> None:
    """Fail unless the entry is the most certain of what it wrote."""
    found = most_certain(certainties)
    if found is not entry:
        name = "no format" if found is None else repr(found.name)
        _fail(entry, f"sniffing must recognize what it writes: {name} claims {shown!r}")


def _certainty(entry: Any, *what: Any) -> float:
    with _only(entry, "sniff"):
        certainty = float(entry.sniff(*what))
    if not 0 <= certainty <= 1:
        _fail(entry, f"sniff must return a number from 0 to 1: got {certainty}")
    return certainty


def _labels(n: int) -> SearchStrategy[list[str]]:
    one = st.one_of(st.sampled_from(_NASTY), st.text(max_size=6))
    return st.lists(one, min_size=n, max_size=n, unique=True)


def _broken_texts() -> SearchStrategy[bytes]:
    """Texts of signs that formats are made of."""
    signs = st.text(alphabet='{}[]()<>",:;=-#/\\ \t\nab01', max_size=40)
    return st.one_of(signs, st.text(max_size=20)).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    )


def _cut(data: bytes) -> Iterator[bytes]:
    step = max(1, len(data) // _CUTS)
    yield from (data[:end] for end in range(0, len(data), step))


# --- Hierarchies ------------------------------------------------------------------------------


@st.composite
def _nasty_hierarchies(draw: st.DrawFn) -> Hierarchy:
    plain = draw(dags(max_nodes=8))
    return Hierarchy(draw(_labels(plain.n_nodes)), plain.edges)


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
    @given(data=_broken_texts())
    def broken(data: bytes) -> None:
        _read_broken(entry, data)

    if entry.write is not None:
        plain()
        nasty()
        _check_hierarchy_file(entry)
        for data in _cut(entry.write(_SAMPLE).encode()):
            _read_broken(entry, data)
    for data in _GARBAGE:
        _read_broken(entry, data)
    broken()


_SAMPLE = Hierarchy(["animal", "dog", "cat", "puppy"], [(1, 0), (2, 0), (3, 1)])


def _read_broken(entry: HierarchyFormat, data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    _certainty(entry, text)
    with _only(entry, f"reading {data[:40]!r}", FormatError, HierarchyError):
        try:
            hierarchy_from_bytes(data, name="data", format=entry)
        except (FormatError, HierarchyError):
            return


def _round_trip(entry: HierarchyFormat, hierarchy: Hierarchy, *, may_refuse: bool) -> None:
    assert entry.write is not None
    with _only(entry, f"writing {hierarchy.labels}", FormatError, HrgeomError):
        try:
            text = entry.write(hierarchy)
            data = encoded(text)
        except FormatError as error:
            if may_refuse:
                return
            _fail(entry, f"a tree with plain labels must be written: got {error}")
    if entry.write(hierarchy) != text:
        _fail(entry, "equal hierarchies must give equal text")
    with _only(entry, f"reading its own {text!r}"):
        again = hierarchy_from_bytes(data, name="data", format=entry)
    if set(again.labels) != set(hierarchy.labels):
        _fail(entry, f"labels must come back: {again.labels} of {hierarchy.labels} by {text!r}")
    if _edges(again) != _edges(hierarchy):
        _fail(entry, f"edges must come back: {_edges(again)} of {_edges(hierarchy)} by {text!r}")
    if hierarchy.n_nodes > 1:
        formats = _with(entry, hierarchy_formats())
        _check_sniffed(entry, [(_certainty(each, text), each) for each in formats], text)


def _edges(hierarchy: Hierarchy) -> set[tuple[str, str]]:
    return {(hierarchy.labels[c], hierarchy.labels[p]) for c, p in hierarchy.edges.tolist()}


def _check_hierarchy_file(entry: HierarchyFormat) -> None:
    def failing(hierarchy: Hierarchy) -> str:
        raise FormatError("refused")

    _check_atomic(
        entry,
        lambda path: write_hierarchy(_SAMPLE, path, format=entry),
        lambda path: write_hierarchy(_SAMPLE, path, format=replace(entry, write=failing)),
    )


def _check_atomic(
    entry: Format, write: Callable[[Path], object], fail: Callable[[Path], object]
) -> None:
    """Check that a write that fails leaves what a write before it put there, and nothing else."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"x{entry.suffixes[0]}")
        write(path)
        before = _content(Path(folder))
        try:
            fail(path)
        except (FormatError, OSError):
            pass
        else:
            _fail(entry, "an error while writing must be reported")
        if _content(Path(folder)) != before:
            _fail(entry, "an error while writing must leave what was there, and nothing else")


def _content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- Judgments --------------------------------------------------------------------------------


@st.composite
def _judgments(draw: st.DrawFn, *, nasty: bool) -> Judgments:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    queries = draw(_labels(n)) if nasty else [f"q{i}" for i in range(n)]
    documents = draw(_labels(m)) if nasty else [f"d{i}" for i in range(m)]
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
        @given(data=_broken_texts())
        def broken(data: bytes) -> None:
            _read_broken_judgments(entry, data, path)

        if entry.write is not None:
            plain()
            nasty()
            _check_judgment_file(entry)
            write_judgments(_JUDGED, path, format=entry)
            for data in _cut(path.read_bytes()):
                _read_broken_judgments(entry, data, path)
        for data in _GARBAGE:
            _read_broken_judgments(entry, data, path)
        broken()


_JUDGED = Judgments(("tea", "cup"), ("t1", "t2", "c1"), (("tea", "t1"), ("tea", "t2")))


def _judgments_round_trip(
    entry: JudgmentFormat, judgments: Judgments, path: Path, *, may_refuse: bool
) -> None:
    with _only(entry, f"writing {judgments.pairs}", FormatError, HrgeomError):
        try:
            write_judgments(judgments, path, format=entry)
        except FormatError as error:
            if may_refuse:
                return
            _fail(entry, f"judgments with plain labels must be written: got {error}")
    text = path.read_bytes().decode()
    with _only(entry, f"reading its own {text!r}"):
        again = load_judgments(path, format=entry)
    for what in ("queries", "documents", "pairs"):
        mine, theirs = set(getattr(judgments, what)), set(getattr(again, what))
        if mine != theirs:
            _fail(entry, f"{what} must come back: {theirs} of {mine} by {text!r}")
    formats = _with(entry, judgment_formats())
    _check_sniffed(entry, [(_certainty(each, text), each) for each in formats], text)


def _read_broken_judgments(entry: JudgmentFormat, data: bytes, path: Path) -> None:
    path.write_bytes(data)
    _certainty(entry, data.decode("utf-8", "replace"))
    with _only(entry, f"reading {data[:40]!r}", FormatError, HierarchyError):
        try:
            load_judgments(path, format=entry)
        except (FormatError, HierarchyError):
            return


def _check_judgment_file(entry: JudgmentFormat) -> None:
    def failing(rows: object) -> str:
        raise FormatError("refused")

    _check_atomic(
        entry,
        lambda path: write_judgments(_JUDGED, path, format=entry),
        lambda path: write_judgments(_JUDGED, path, format=replace(entry, write=failing)),
    )


# --- Vectors ----------------------------------------------------------------------------------


@st.composite
def _embeddings(draw: st.DrawFn, entry: VectorFormat, dtype: str, *, nasty: bool) -> DualEmbedding:
    n = draw(st.integers(1, 4))
    m = n if entry.one_table else draw(st.integers(1, 4))
    d = draw(st.integers(1, 3))
    queries, documents = draw(_rows(n, d, dtype)), draw(_rows(m, d, dtype))
    labels = draw(_labels(n)) if nasty else [f"q{i}" for i in range(n)]
    others = draw(_labels(m)) if nasty else [f"d{i}" for i in range(m)]
    scales = [draw(_scales(rows, dtype, "scales" in entry.keeps)) for rows in (n, m)]
    if entry.one_table:
        documents, others, scales[1] = queries, labels, scales[0]
    return DualEmbedding(
        queries,
        documents,
        threshold=draw(st.one_of(st.none(), st.sampled_from((0.0, 0.1, -1e300)))),
        query_scale=scales[0],
        document_scale=scales[1],
        query_labels=tuple(labels),
        document_labels=tuple(others),
    )


@st.composite
def _rows(draw: st.DrawFn, n: int, d: int, dtype: str) -> Any:
    if dtype == "int8":
        values: SearchStrategy[Any] = st.integers(-128, 127)
    else:
        values = st.sampled_from((0.0, -0.0, 1.0, -2.5, 1 / 3, 1e-7, -1e4, 2.0**-133, 1e-40))
    drawn = draw(st.lists(values, min_size=n * d, max_size=n * d))
    rows = np.array(drawn, dtype=np.float64).reshape(n, d)
    rows[0, 0] = 7 if dtype == "int8" else 1 / 3  # text tells float64 by its digits: one needs them
    return rows.astype(as_dtype(dtype))


def _scales(n: int, dtype: str, kept: bool) -> SearchStrategy[Any]:
    if dtype != "int8" or not kept:
        return st.just(1.0)
    one = st.sampled_from((1.0, 0.5, 0.125, 3.0))
    return st.one_of(one, st.lists(one, min_size=n, max_size=n))


def _check_vectors(entry: VectorFormat, drawn: settings) -> None:
    if entry.write is not None:
        for dtype in entry.stored_types:
            _check_stored_type(entry, dtype, drawn)
        _check_vector_file(entry)
    if entry.read is not None:
        for data in (*_GARBAGE, *_damaged(entry)):
            _read_broken_vectors(entry, data)


def _check_stored_type(entry: VectorFormat, dtype: str, drawn: settings) -> None:
    @drawn
    @given(embedding=_embeddings(entry, dtype, nasty=True))
    def nasty(embedding: DualEmbedding) -> None:
        _vectors_round_trip(entry, embedding, may_refuse=True)

    @drawn
    @given(embedding=_embeddings(entry, dtype, nasty=False))
    def plain(embedding: DualEmbedding) -> None:
        _vectors_round_trip(entry, embedding, may_refuse=False)

    plain()
    nasty()


def _vectors_round_trip(entry: VectorFormat, embedding: DualEmbedding, *, may_refuse: bool) -> None:
    assert entry.write is not None
    with TemporaryDirectory() as folder:
        path = Path(folder, f"x{entry.suffixes[0]}")
        with _only(entry, f"writing {embedding}", FormatError, HrgeomError):
            try:
                entry.write(embedding, path)
            except FormatError as error:
                if may_refuse:
                    return
                _fail(entry, f"{embedding} with plain labels must be written: got {error}")
        if [found.name for found in Path(folder).iterdir()] != [path.name]:
            _fail(entry, f"write must write its path alone: got {list(Path(folder).iterdir())}")
        if entry.read is None:
            return
        with _only(entry, f"reading its own {embedding}"):
            wrong = differences(entry, embedding, read_back(entry, path))
        if wrong:
            _fail(entry, f"what it keeps must come back of {embedding}: {', '.join(wrong)} differ")
        start = b"" if path.is_dir() else path.read_bytes()[:64]
        formats = _with(entry, vector_formats())
        _check_sniffed(entry, [(_certainty(each, path, start), each) for each in formats], start)


def _sample(entry: VectorFormat) -> DualEmbedding:
    rows = np.arange(6.0).reshape(3, 2).astype(as_dtype(entry.stored_types[0]))
    labels = ("a", "b", "c")
    return DualEmbedding(rows, rows, query_labels=labels, document_labels=labels)


def _check_vector_file(entry: VectorFormat) -> None:
    embedding, write = _sample(entry), entry.write
    assert write is not None

    def failing(embedding: DualEmbedding, path: Path) -> None:
        write(embedding, path)
        raise OSError("no space left")

    put = partial(write_vectors, embedding, overwrite=True)
    _check_atomic(
        entry,
        lambda path: put(path, format=entry),
        lambda path: put(path, format=replace(entry, write=failing)),
    )


def _damaged(entry: VectorFormat) -> Iterator[bytes | dict[str, bytes]]:
    """Yield what the entry writes cut off at various places; of a folder, each of its files."""
    if entry.write is None:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder, f"x{entry.suffixes[0]}")
        entry.write(_sample(entry), path)
        if not path.is_dir():
            yield from _cut(path.read_bytes())
            return
        whole = _content(path)
        for name, data in whole.items():
            yield {other: whole[other] for other in whole if other != name}
            yield from ({**whole, name: part} for part in _cut(data))


def _read_broken_vectors(entry: VectorFormat, data: bytes | dict[str, bytes]) -> None:
    assert entry.read is not None
    with TemporaryDirectory() as folder:
        path = Path(folder, f"x{entry.suffixes[0]}")
        if isinstance(data, bytes):
            path.write_bytes(data)
        else:
            path.mkdir()
            for name, content in data.items():
                (path / name).write_bytes(content)
        _certainty(entry, path, data[:64] if isinstance(data, bytes) else b"")
        with _only(entry, f"reading {str(data)[:60]}", HrgeomError):
            try:
                entry.read(str(path), Wanted(n_rows=(3, 3)))
            except HrgeomError:
                return
