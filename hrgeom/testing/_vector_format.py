"""The contract of a format of vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hrgeom.core import DualEmbedding, as_dtype
from hrgeom.errors import FormatError, HrgeomError
from hrgeom.io import VectorFormat, vector_formats, write_vectors
from hrgeom.io.vectors import Wanted, differences, read_back
from hrgeom.testing._format_common import (
    GARBAGE,
    awkward_labels,
    certainty_of,
    check_atomic,
    check_sniffed,
    content_of,
    cut,
    fail,
    only,
    with_entry,
)

__all__ = ["check_vectors"]


@st.composite
def _embeddings(draw: st.DrawFn, entry: VectorFormat, dtype: str, *, nasty: bool) -> DualEmbedding:
    n = draw(st.integers(1, 4))
    m = n if entry.one_table else draw(st.integers(1, 4))
    d = draw(st.integers(1, 3))
    queries, documents = draw(_rows(n, d, dtype)), draw(_rows(m, d, dtype))
    labels = draw(awkward_labels(n)) if nasty else [f"q{i}" for i in range(n)]
    others = draw(awkward_labels(m)) if nasty else [f"d{i}" for i in range(m)]
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


def check_vectors(entry: VectorFormat, drawn: settings) -> None:
    if entry.write is not None:
        for dtype in entry.stored_types:
            _check_stored_type(entry, dtype, drawn)
        _check_vector_file(entry)
    if entry.read is not None:
        for data in (*GARBAGE, *_damaged(entry)):
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
        with only(entry, f"writing {embedding}", FormatError, HrgeomError):
            try:
                entry.write(embedding, path)
            except FormatError as error:
                if may_refuse:
                    return
                fail(entry, f"{embedding} with plain labels must be written: got {error}")
        if [found.name for found in Path(folder).iterdir()] != [path.name]:
            fail(entry, f"write must write its path alone: got {list(Path(folder).iterdir())}")
        if entry.read is None:
            return
        with only(entry, f"reading its own {embedding}"):
            wrong = differences(entry, embedding, read_back(entry, path))
        if wrong:
            fail(entry, f"what it keeps must come back of {embedding}: {', '.join(wrong)} differ")
        start = b"" if path.is_dir() else path.read_bytes()[:64]
        formats = with_entry(entry, vector_formats())
        check_sniffed(entry, [(certainty_of(each, path, start), each) for each in formats], start)


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
    check_atomic(
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
            yield from cut(path.read_bytes())
            return
        whole = content_of(path)
        for name, data in whole.items():
            yield {other: whole[other] for other in whole if other != name}
            yield from ({**whole, name: part} for part in cut(data))


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
        certainty_of(entry, path, data[:64] if isinstance(data, bytes) else b"")
        with only(entry, f"reading {str(data)[:60]}", HrgeomError):
            try:
                entry.read(str(path), Wanted(n_rows=(3, 3)))
            except HrgeomError:
                return
