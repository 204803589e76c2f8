"""Reading the Shopping Queries Dataset (ESCI): products judged Exact, Substitute, Complement or
Irrelevant for a query (Reddy et al. 2022, arXiv:2206.06588)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.json_text import parse_json
from hrgeom._base.optional import imported
from hrgeom._base.sources import decoded, naming, read_bytes
from hrgeom.core import Relevance
from hrgeom.errors import FormatError, HierarchyError, HrgeomError

__all__ = ["LABELS", "EsciJudgments", "load_esci"]

LABELS = "ESCI"
"""Exact, Substitute, Complement, Irrelevant."""

_COLUMNS = ("query", "product_id", "esci_label")


@dataclass(frozen=True, repr=False)
class EsciJudgments:
    """Judgments of products for queries.

    Attributes
    ----------
    rows : tuple of (query, product, label)
        Each pair once; the label is a letter of `LABELS`.
    """

    rows: tuple[tuple[str, str, str], ...]

    def graded(self, labels: str = "ES") -> tuple[Relevance, NDArray[np.int32]]:
        """Return who matches what by these labels, and how far away each match is.

        Parameters
        ----------
        labels : str
            Letters, nearest first.

        Returns
        -------
        relevance : Relevance
            Queries with such a product, and all products judged for one of them, whatever the
            label, in order of appearance.
        distances : ndarray of int32, shape (n_pairs,)
            Of every match, in the relevance's order: the place of its label in `labels`.

        Examples
        --------
        >>> rows = (("tea", "p1", "S"), ("tea", "p2", "E"), ("tea", "p3", "I"))
        >>> relevance, distances = EsciJudgments(rows).graded()
        >>> relevance, distances.tolist()
        (Relevance(1 queries, 3 documents, 2 pairs, s = 2), [1, 0])
        """
        if not labels or not set(labels) <= set(LABELS) or len(set(labels)) < len(labels):
            raise FormatError(f"labels must be distinct letters of {LABELS}: got {labels!r}")
        queries = _numbers(q for q, _, label in self.rows if label in labels)
        kept = [row for row in self.rows if row[0] in queries]
        if not kept:
            raise HierarchyError(f"there must be a judgment {' or '.join(labels)}: got none")
        products = _numbers(product for _, product, _ in kept)
        pairs = sorted(
            (queries[q], products[product], labels.index(label))
            for q, product, label in kept
            if label in labels
        )
        rows, columns, away = np.array(pairs, dtype=np.int64).T
        counts = np.bincount(rows, minlength=len(queries))
        relevance = Relevance(
            np.concatenate(([0], np.cumsum(counts))),
            columns,
            len(products),
            query_labels=list(queries),
            document_labels=list(products),
        )
        return relevance, away.astype(np.int32)

    def __repr__(self) -> str:
        counts = ", ".join(
            f"{sum(label == row[2] for row in self.rows)} {label}" for label in LABELS
        )
        return f"EsciJudgments({counts})"


def load_esci(
    source: str | os.PathLike[str], *, locale: str | None = None, small_version: bool = False
) -> EsciJudgments:
    """Return the judgments of a file.

    Parameters
    ----------
    source : str or path-like
        JSONL, gzip or not, with "query", "product_id" and "esci_label" in every line; or, if its
        name ends in `.parquet`, the official `shopping_queries_dataset_examples.parquet`, read
        with pandas and pyarrow, which must then be installed.
    locale : {"us", "es", "jp"}, optional
        Only rows of this "product_locale", if they say one. Product numbers are unique within a
        locale only: without this option such products are named locale:number.
    small_version : bool
        Without rows whose "small_version" is 0: the official file's version for ranking.

    Raises
    ------
    FormatError
        If the source does not exist or a row has another form.
    HierarchyError
        If a pair has two labels.
    HrgeomError
        If a parquet file is to be read without pandas and pyarrow.
    """
    path = Path(source)
    if not path.is_file():
        raise FormatError(f"source must be a file: got {os.fspath(source)!r}")
    name = os.fspath(path)
    with naming(name):
        if path.suffix == ".parquet":
            return _judgments(_rows_of_parquet(path), locale, small_version)
        return _judgments(_rows_of_jsonl(decoded(read_bytes(path)[1])), locale, small_version)


def _judgments(
    rows: Iterable[tuple[str, dict[str, Any]]], locale: str | None, small: bool
) -> EsciJudgments:
    seen: dict[tuple[str, str], str] = {}
    for place, row in rows:
        query, product, label = (row.get(column) for column in _COLUMNS)
        if not (
            isinstance(query, str)
            and isinstance(product, str)
            and isinstance(label, str)
            and label in tuple(LABELS)
        ):
            raise FormatError(
                f"a judgment must have {', '.join(_COLUMNS)}, the last one of {LABELS}: "
                f"got {row} at {place}"
            )
        where = row.get("product_locale")
        if locale is not None and where is not None and where != locale:
            continue
        if small and row.get("small_version") == 0:
            continue
        if locale is None and where is not None:
            product = f"{where}:{product}"
        if seen.setdefault((query, product), label) != label:
            raise HierarchyError(
                f"a pair must have one label: got {query!r}, {product!r} as "
                f"{seen[query, product]} and {label} at {place}"
            )
    if not seen:
        raise FormatError("there must be at least one judgment: got none")
    return EsciJudgments(tuple((q, product, label) for (q, product), label in seen.items()))


def _rows_of_jsonl(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for line, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        item = parse_json(row, first_line=line)
        if not isinstance(item, dict):
            raise FormatError(f"line {line} must be a JSON object: got {row.strip()[:80]}")
        yield f"line {line}", item


def _rows_of_parquet(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    columns = [*_COLUMNS, "product_locale", "small_version"]
    pandas = imported("pandas", "reading a parquet file", "pandas pyarrow")
    try:
        table = pandas.read_parquet(path, columns=columns)
    except ImportError as error:
        raise HrgeomError(
            f"reading a parquet file requires the package pyarrow; install it with pip install "
            f"pandas pyarrow ({error})"
        ) from None
    cells = (table[column].tolist() for column in columns)
    for number, row in enumerate(zip(*cells, strict=True)):
        yield f"row {number}", dict(zip(columns, row, strict=True))


def _numbers(labels: Iterable[str]) -> dict[str, int]:
    """Number the labels in order of appearance."""
    found: dict[str, int] = {}
    for label in labels:
        found.setdefault(label, len(found))
    return found
