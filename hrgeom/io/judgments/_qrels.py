"""Reading who matches what: lists of judgments (qrels), alone or in a folder with their texts."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.atomic_files import replace_file
from hrgeom._base.json_text import parse_json
from hrgeom._base.sources import decoded, encoded, naming, read_bytes, unpacked
from hrgeom.core import Relevance, Remark
from hrgeom.errors import FormatError, HierarchyError
from hrgeom.io._foreign import binary_kind, text_kind
from hrgeom.io._formats import chosen, for_writing, most_plausible, of_suffix
from hrgeom.io._layout import Columns
from hrgeom.io._options import check_options, given_options, refuse_repairs
from hrgeom.io.judgments._format import JudgmentFormat
from hrgeom.io.judgments._registry import judgment_formats
from hrgeom.io.judgments._tables import CSV, TABLES

__all__ = ["Judgments", "load_judgments", "read_judgments", "write_judgments"]


@dataclass(frozen=True, repr=False)
class Judgments:
    """The labels and the matching pairs of a list of judgments, in plain Python.

    Attributes
    ----------
    queries, documents : tuple of str
        Labels, those that match nothing included.
    pairs : tuple of (query label, document label)
        The matches, each once, in the order of the list.
    remarks : tuple of Remark
        What the reader repaired, dropped or found odd.
    """

    queries: tuple[str, ...]
    documents: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...] = ()

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


def read_judgments(
    source: str | os.PathLike[str],
    *,
    format: str | JudgmentFormat | None = None,
    encoding: str | None = None,
    columns: Columns | None = None,
    header: bool | None = None,
    strict: bool = False,
) -> Relevance:
    """Return who matches what according to a list of judgments (qrels).

    Parameters
    ----------
    source : str or path-like
        A file, "-" for standard input, or a folder; gzip as in `read_hierarchy`.

        A folder is laid out as BEIR and LIMIT are: `qrels.jsonl`, `.tsv` or `.csv`, or such
        files in a folder `qrels` (the one there is, or else `test`). If there are
        `queries.jsonl` and `corpus.jsonl`, with "_id" in every line, they give the labels and
        their order, so that queries and documents without a judgment are in. Any file may end
        in `.gz` besides.
    format : str or JudgmentFormat, optional
        Of a file: the name of one of `judgment_formats()`, or an entry that need not be
        registered. Default: the format that is most certain of the text; the suffix decides
        between those that fit nearly equally. JSONL has one object per line with "query-id",
        "corpus-id" and "score" (BEIR), or "query", "document" and "grade". Tables have these three
        columns; usual names in the first row, in any order, are a header. The grade may be left
        out where nothing stands in its place, and then counts as 1.
    encoding : str, optional
        Of the text, such as "latin-1". Default: what a byte order mark says, else UTF-8.
    columns : mapping, optional
        Of a table: "query", "document" and maybe "grade" -> number of the column from 1, or its
        name in the header.
    header : bool, optional
        Of a table: whether its first row is a header. Default: it is if it has usual names; a
        first row that may be one and is not known is an error.
    strict : bool
        Whatever would be repaired or left out with a remark is an error.

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
    return load_judgments(
        source, format=format, encoding=encoding, columns=columns, header=header, strict=strict
    ).relevance


def load_judgments(
    source: str | os.PathLike[str],
    *,
    format: str | JudgmentFormat | None = None,
    encoding: str | None = None,
    columns: Columns | None = None,
    header: bool | None = None,
    strict: bool = False,
) -> Judgments:
    """Return the judgments that `read_judgments` reads, as labels and pairs.

    Parameters
    ----------
    source : str or path-like
        As for `read_judgments`.
    format : str or JudgmentFormat, optional
        As for `read_judgments`.
    encoding : str, optional
        As for `read_judgments`.
    columns : mapping, optional
        As for `read_judgments`.
    header : bool, optional
        As for `read_judgments`.
    strict : bool
        As for `read_judgments`.

    Returns
    -------
    judgments : Judgments
        Labels and matching pairs in the order of the list.

    Raises
    ------
    FormatError
        If the source does not exist, is damaged, holds no judgment, or has a line of another form.
    HierarchyError
        If a pair is judged both ways, or labels are not those of `queries.jsonl` and
        `corpus.jsonl`.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "qrels.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("fruit,apple\\nfruit,brick,0\\n")
    ...     load_judgments(path).pairs
    (('fruit', 'apple'),)
    """
    entry = chosen(judgment_formats, format)
    options = given_options({"columns": columns, "header": header})
    read = partial(_judgments, given=entry, encoding=encoding, strict=strict, options=options)
    path = os.fsdecode(source)
    if source != "-" and not os.path.exists(path):
        raise FormatError(f"source must be a file or '-': got {path!r}")
    if source == "-" or not os.path.isdir(path):
        return read(path)
    folder = Path(path)
    return read(
        str(_list_in(folder)),
        known_queries=_labels(folder, "queries.jsonl"),
        known_documents=_labels(folder, "corpus.jsonl"),
    )


def _list_in(folder: Path) -> Path:
    """The one list of judgments of a folder."""
    formats = judgment_formats()
    suffixes = [suffix + gz for entry in formats for suffix in entry.suffixes for gz in ("", ".gz")]
    lists = [folder / f"qrels{suffix}" for suffix in suffixes]
    lists = [path for path in lists if path.is_file()]
    inside = folder / "qrels"
    if inside.is_dir():
        lists += sorted(p for p in inside.iterdir() if of_suffix(formats, p.name))
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
    *,
    given: JudgmentFormat | None,
    encoding: str | None,
    strict: bool,
    options: Mapping[str, Any],
    known_queries: dict[str, int] | None = None,
    known_documents: dict[str, int] | None = None,
) -> Judgments:
    name, data = read_bytes(source)
    hint = None if source == "-" else of_suffix(judgment_formats(), source)
    queries, documents = dict(known_queries or {}), dict(known_documents or {})
    verdicts: dict[tuple[str, str], tuple[bool, int]] = {}
    remarks: list[Remark] = []
    again: list[tuple[int, int]] = []
    with naming(name):
        data = unpacked(data)
        if kind := binary_kind(data):
            raise FormatError(f"judgments must be text: got {kind[0]}; {kind[1]}")
        text = decoded(data, encoding=encoding)
        entry = given or _sniffed(text, hint, options)
        check_options(entry, options)
        for row in entry.read(text, **options):
            if isinstance(row, Remark):
                remarks.append(row)
                continue
            line, query, document, grade = row
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
            if earlier != line:
                again.append((earlier, line))
        if not verdicts:
            raise FormatError("there must be at least one judgment: got none")
        remarks += _repeated(again) + _without_matches(verdicts)
        if strict:
            refuse_repairs(remarks)
    pairs = tuple(pair for pair, (is_match, _) in verdicts.items() if is_match)
    return Judgments(tuple(queries), tuple(documents), pairs, tuple(remarks))


def _without_matches(verdicts: Mapping[tuple[str, str], tuple[bool, int]]) -> list[Remark]:
    n = len(verdicts)
    if n < 2 or any(is_match for is_match, _ in verdicts.values()):
        return []
    return [Remark("no-matches", f"none of {n:,} judgments is a match: no grade is above 0", n)]


def _repeated(again: list[tuple[int, int]]) -> list[Remark]:
    if not again:
        return []
    n, (first, second) = len(again), again[0]
    text = (
        f"{n:,} repeated judgment{'s' * (n != 1)} left out, such as that of lines {first} and "
        f"{second}"
    )
    return [Remark("repeated-judgments", text, n)]


def _sniffed(text: str, hint: JudgmentFormat | None, options: Mapping[str, Any]) -> JudgmentFormat:
    formats = judgment_formats()
    able = [entry for entry in formats if options.keys() <= set(entry.options)] or formats
    found = most_plausible([(entry.sniff(text), entry) for entry in able], hint)
    if found is None or found in TABLES:
        if kind := text_kind(text):
            raise FormatError(
                "text must be in a format that hrgeom reads: "
                f"got what looks like {kind[0]} (--format NAME forces)"
            )
        if found is None and re.search(r"(?m)^\S+[ \t]+\S+[ \t]+\S+[ \t]+\S+$", text):
            raise FormatError(
                "judgments must be query, document and grade between tabs or commas: got what "
                "looks like TREC qrels with spaces between four columns; write tabs and say "
                "--columns query=1,document=3,grade=4"
            )
    return found or CSV


def write_judgments(
    judgments: Judgments,
    path: str | os.PathLike[str],
    *,
    format: str | JudgmentFormat | None = None,
) -> None:
    """Write judgments to a file that `read_judgments` reads back with the same labels and matches.

    Parameters
    ----------
    judgments : Judgments
        What to write. Matches get grade 1. A query or document without a match gets one judgment
        of grade 0, so that its label is kept; labels come back in the order of the file.
    path : str or path-like
        Ends in a suffix of a format that is written, such as ".jsonl", ".tsv" or ".csv", or in one
        of these and ".gz". An existing file is replaced at the end, in one step.
    format : str or JudgmentFormat, optional
        Default: by the suffix.

    Raises
    ------
    FormatError
        If the suffix is another one, the format cannot hold a label, or there is nothing to write.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "qrels.tsv")
    ...     write_judgments(Judgments(("fruit",), ("apple", "brick"), (("fruit", "apple"),)), path)
    ...     load_judgments(path)
    Judgments(1 queries, 2 documents, 1 matches)
    """
    target = os.fsdecode(path)
    _, write = for_writing(judgment_formats, format, target)
    if not (judgments.queries and judgments.documents):
        raise FormatError(f"there must be at least one judgment to write: got {judgments!r}")
    rows = [(query, document, 1.0) for query, document in judgments.pairs]
    matched = {query for query, _ in judgments.pairs}
    rows += [(q, judgments.documents[0], 0.0) for q in judgments.queries if q not in matched]
    written = {document for _, document, _ in rows}
    rows += [(judgments.queries[0], d, 0.0) for d in judgments.documents if d not in written]
    replace_file(target, encoded(write(rows), compress=target.lower().endswith(".gz")))
