"""Reading who matches what: lists of judgments (qrels), alone or in a folder with their texts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.json_text import parse_json
from hrgeom._base.sources import check_option, decoded, naming, read_bytes, suffix_of
from hrgeom.core import Relevance
from hrgeom.errors import FormatError, HierarchyError
from hrgeom.io.hierarchies import delimiter_of, rows_of_table

__all__ = ["Judgments", "load_judgments", "read_judgments"]

_COLUMNS = (("query-id", "query"), ("corpus-id", "document"), ("score", "grade"))
_FORMATS = ("jsonl", "tsv", "csv")
_NAMES = tuple(f"qrels.{format}{gz}" for format in _FORMATS for gz in ("", ".gz"))


@dataclass(frozen=True, repr=False)
class Judgments:
    """The labels and the matching pairs of a list of judgments, in plain Python.

    Attributes
    ----------
    queries, documents : tuple of str
        Labels, those that match nothing included.
    pairs : tuple of (query label, document label)
        The matches, each once, in the order of the list.
    """

    queries: tuple[str, ...]
    documents: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]

    @cached_property
    def relevance(self) -> Relevance:
        """The same as a relevance, queries and documents in the order of their labels."""
        return Relevance.from_judgments(self.pairs, queries=self.queries, documents=self.documents)

    @cached_property
    def sets(self) -> tuple[frozenset[int], ...]:
        """S(q) for every query, as numbers of documents."""
        number = {label: v for v, label in enumerate(self.documents)}
        found: dict[str, set[int]] = {label: set() for label in self.queries}
        for query, document in self.pairs:
            found[query].add(number[document])
        return tuple(frozenset(found[label]) for label in self.queries)

    @cached_property
    def sha256(self) -> str:
        """Digest of the sets, whatever the labels; a certificate states it as `relevance`."""
        sizes = np.array([0, *map(len, self.sets)], dtype="<i8")
        digest = hashlib.sha256(f"{len(self.queries)} {len(self.documents)}\n".encode())
        digest.update(np.cumsum(sizes, dtype="<i8").tobytes())
        digest.update(np.array([v for s in self.sets for v in sorted(s)], dtype="<i4").tobytes())
        return digest.hexdigest()

    def __repr__(self) -> str:
        return (
            f"Judgments({len(self.queries)} queries, {len(self.documents)} documents, "
            f"{len(self.pairs)} matches)"
        )


def read_judgments(source: str | os.PathLike[str], *, format: str | None = None) -> Relevance:
    """Return who matches what according to a list of judgments (qrels).

    Parameters
    ----------
    source : str or path-like
        A file, "-" for standard input, or a folder; gzip and UTF-8 as in `read_hierarchy`.

        A folder is laid out as BEIR and LIMIT are: `qrels.jsonl`, `.tsv` or `.csv`, or such
        files in a folder `qrels` (the one there is, or else `test`). If there are
        `queries.jsonl` and `corpus.jsonl`, with "_id" in every line, they give the labels and
        their order, so that queries and documents without a judgment are in. Any file may end
        in `.gz` besides.
    format : {"jsonl", "tsv", "csv"}, optional
        Of a file. Default: by the suffix before any ".gz", else by the text. JSONL has one
        object a line with "query-id", "corpus-id" and "score" (BEIR), or "query", "document" and
        "grade". Tables have these three columns; such names in the first row are a header. The
        grade may be left out where nothing stands in its place, and then counts as 1.

    Returns
    -------
    relevance : Relevance
        A pair matches if its grade is above 0; the labels of the others are known all the same.
        Labels of a file come in order of appearance.

    Raises
    ------
    FormatError
        If the source does not exist, is damaged, holds no judgment, or has a line of another
        form (with its number). A message about the content starts with the file.
    HierarchyError
        If a pair is judged both ways, a label of `queries.jsonl` or `corpus.jsonl` comes twice,
        or a judgment names one that is not there.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "qrels.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("fruit,apple,2\\nfruit,brick,0\\n")
    ...     relevance = read_judgments(path)
    >>> relevance.document_labels, relevance.matches(0).tolist()
    (('apple', 'brick'), [0])
    """
    return load_judgments(source, format=format).relevance


def load_judgments(source: str | os.PathLike[str], *, format: str | None = None) -> Judgments:
    """Return the judgments that `read_judgments` reads, as labels and pairs."""
    check_option(format, _FORMATS, "format")
    path = os.fsdecode(source)
    if source != "-" and not os.path.exists(path):
        raise FormatError(f"source must be a file or '-': got {path!r}")
    if source == "-" or not os.path.isdir(path):
        return _judgments(path, format, None, None)
    folder = Path(path)
    queries = _labels(folder, "queries.jsonl")
    documents = _labels(folder, "corpus.jsonl")
    return _judgments(str(_list_in(folder)), format, queries, documents)


def _list_in(folder: Path) -> Path:
    """The one list of judgments of a folder."""
    lists = [folder / name for name in _NAMES if (folder / name).is_file()]
    inside = folder / "qrels"
    if inside.is_dir():
        lists += sorted(p for p in inside.iterdir() if suffix_of(p.name, _FORMATS))
    tests = [p for p in lists if p.name.partition(".")[0] == "test"]
    chosen = lists if len(lists) == 1 else tests
    if len(chosen) != 1:
        found = ", ".join(str(p.relative_to(folder)) for p in lists) or "none"
        raise FormatError(
            "a folder must hold one list of judgments, such as qrels.jsonl or qrels/test.tsv: "
            f"got {found} in {str(folder)!r}"
        )
    return chosen[0]


def _labels(folder: Path, name: str) -> dict[str, int] | None:
    """Label -> line of a JSONL file of queries or documents; None if there is no such file."""
    paths = [p for p in (folder / name, folder / f"{name}.gz") if p.is_file()]
    if not paths:
        return None
    path, data = read_bytes(paths[0])
    labels: dict[str, int] = {}
    with naming(path):
        for line, row in enumerate(decoded(data).split("\n"), start=1):
            if not row.strip():
                continue
            item = parse_json(row, first_line=line)
            label = item.get("_id") if isinstance(item, dict) else None
            if type(label) not in (str, int):
                raise FormatError(
                    f"an object with '_id', text or a whole number, must be at line "
                    f"{line}: got {row.strip()[:80]}"
                )
            if labels.setdefault(str(label), line) != line:
                raise HierarchyError(
                    f"'_id' must be distinct: got {str(label)!r} at lines {labels[str(label)]} "
                    f"and {line}"
                )
    return labels


def _judgments(
    source: str,
    format: str | None,
    known_queries: dict[str, int] | None,
    known_documents: dict[str, int] | None,
) -> Judgments:
    name, data = read_bytes(source)
    format = format or suffix_of(source, _FORMATS)
    queries, documents = dict(known_queries or {}), dict(known_documents or {})
    verdicts: dict[tuple[str, str], tuple[bool, int]] = {}
    with naming(name):
        text = decoded(data)
        rows: Iterator[tuple[int, str, str, float]]
        if format == "jsonl" or (format is None and text.lstrip().startswith("{")):
            rows = _judgments_of_jsonl(text)
        else:
            rows = _judgments_of_table(text, delimiter_of(text, format))
        for line, query, document, grade in rows:
            for label, known, file in (
                (query, known_queries, "queries.jsonl"),
                (document, known_documents, "corpus.jsonl"),
            ):
                if known is not None and label not in known:
                    raise HierarchyError(
                        f"a judgment must use labels of {file}: got {label!r} at line {line}"
                    )
            queries.setdefault(query, line)
            documents.setdefault(document, line)
            is_match, earlier = verdicts.setdefault((query, document), (grade > 0, line))
            if is_match != (grade > 0):
                raise HierarchyError(
                    f"a pair must be judged one way: got {query!r}, {document!r} as a match and "
                    f"as none at lines {earlier} and {line}"
                )
        if not verdicts:
            raise FormatError("there must be at least one judgment: got none")
    pairs = tuple(pair for pair, (is_match, _) in verdicts.items() if is_match)
    return Judgments(tuple(queries), tuple(documents), pairs)


def _judgments_of_jsonl(text: str) -> Iterator[tuple[int, str, str, float]]:
    for line, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        try:
            item = parse_json(row, first_line=line)
        except FormatError as error:
            raise FormatError(f"line {line} must be a JSON object: {error}") from error
        if not isinstance(item, dict):
            raise FormatError(_judgment_message(row.strip(), line))
        query, document, grade = (
            next((item[name] for name in names if name in item), None) for names in _COLUMNS
        )
        if grade is None:
            # Another field may be the grade under a name of its own: do not read it as a match.
            if len(item) > 2:
                raise FormatError(_judgment_message(row.strip(), line))
            grade = 1
        # A number is a label too (it is one in a table), but true and 1.5 are none.
        if type(query) not in (str, int) or type(document) not in (str, int):
            raise FormatError(_judgment_message(row.strip(), line))
        yield line, str(query), str(document), _grade(grade, line)


def _judgment_message(found: object, line: int) -> str:
    forms = ", ".join(" or ".join(names) for names in _COLUMNS)
    return f"a judgment must have {forms}: got {found} at line {line}"


def _judgments_of_table(text: str, delimiter: str) -> Iterator[tuple[int, str, str, float]]:
    for position, (line, row) in enumerate(rows_of_table(text, delimiter)):
        if len(row) not in (2, 3) or not (row[0] and row[1]):
            raise FormatError(_judgment_message(row, line))
        if position == 0 and all(
            name.lower() in names for name, names in zip(row, _COLUMNS, strict=False)
        ):
            continue
        yield line, row[0], row[1], _grade(row[2] if len(row) == 3 else 1, line)


def _grade(value: Any, line: int) -> float:
    try:
        grade = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        grade = float("nan")
    if grade != grade:
        raise FormatError(f"grade must be a number: got {value!r} at line {line}")
    return grade
