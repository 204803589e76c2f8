"""Folders for evaluation programs: TREC qrels with a run, and BEIR's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from hrgeom._base.blocks import score_blocks
from hrgeom.core import Hierarchy, Target
from hrgeom.errors import FormatError
from hrgeom.export._handover import own_relevance
from hrgeom.export._interface import ExportTarget, Handover
from hrgeom.io import Judgments, load_judgments, write_judgments

__all__ = ["BEIR", "TREC"]

_TAG = "hrgeom"
_QRELS, _RUN = "qrels.trec", "run.trec"
Pairs = set[tuple[str, str]]


def _judgments(target: Target) -> Judgments:
    """Return a target as judgments."""
    r = target.relevance
    pairs = tuple(
        (label, r.document_labels[v])
        for query, label in enumerate(r.query_labels)
        for v in r.matches(query).tolist()
    )
    return Judgments(tuple(r.query_labels), tuple(r.document_labels), pairs)


def _write_trec(handover: Handover, folder: Path) -> None:
    write_judgments(_judgments(handover.target), folder / _QRELS, format="trec")
    with (folder / _RUN).open("x", encoding="utf-8") as file:
        file.writelines(_run(handover))


def _run(handover: Handover) -> Iterator[str]:
    """Yield the lines of a run: what is retrieved, best first, by scores in float64."""
    e = handover.embedding
    queries, documents = (rows.astype(np.float64) for rows in (e.queries, e.documents))
    for block in score_blocks(queries, documents):
        for query, scores in block.rows():
            found = np.flatnonzero(scores > handover.threshold)
            best = found[np.argsort(-scores[found], kind="stable")].tolist()
            for rank, v in enumerate(best, start=1):
                label = e.document_labels[v]
                yield f"{e.query_labels[query]} Q0 {label} {rank} {scores[v]:.9g} {_TAG}\n"


def _verify_trec(handover: Handover, folder: Path) -> None:
    found = load_judgments(folder / _QRELS, format="trec")
    _same("qrels", set(_judgments(handover.target).pairs), set(found.pairs))
    lines = (folder / _RUN).read_text(encoding="utf-8").split("\n")
    fields = [line.split(" ") for line in lines if line]
    wanted = set(_judgments(own_relevance(handover.embedding)).pairs)
    _same("run", wanted, {(parts[0], parts[2]) for parts in fields})


def _same(what: str, wanted: Pairs, found: Pairs) -> None:
    """Raise FormatError unless the pairs read back are those that were meant."""
    missed, more = sorted(wanted - found), sorted(found - wanted)
    if missed or more:
        example = (missed or more)[0]
        raise FormatError(
            f"the {what} must read back as meant: got {len(missed):,} pairs missing and "
            f"{len(more):,} more, such as {example[0]!r}, {example[1]!r}"
        )


def _write_beir(handover: Handover, folder: Path) -> None:
    judgments = _judgments(handover.target)
    _write_texts(folder / "queries.jsonl", judgments.queries, handover.target, {})
    _write_texts(folder / "corpus.jsonl", judgments.documents, handover.target, {"title": ""})
    (folder / "qrels").mkdir()
    write_judgments(judgments, folder / "qrels" / "test.tsv")


def _write_texts(path: Path, labels: Sequence[str], target: Target, more: dict[str, str]) -> None:
    """Write one object per label; its text is the name of the node."""
    with path.open("x", encoding="utf-8") as file:
        for label in labels:
            text = target.name(label) if isinstance(target, Hierarchy) else label
            file.write(json.dumps({"_id": label, **more, "text": text}) + "\n")


def _verify_beir(handover: Handover, folder: Path) -> None:
    found = load_judgments(folder)
    wanted = _judgments(handover.target)
    _same("qrels", set(wanted.pairs), set(found.pairs))
    if (found.queries, found.documents) != (wanted.queries, wanted.documents):
        raise FormatError("the folder must hold the labels in their order: got others")


TREC = ExportTarget(
    name="trec",
    summary="TREC: qrels of S(q), and a run of what is retrieved",
    write=_write_trec,
    verify=_verify_trec,
)
BEIR = ExportTarget(
    name="beir",
    summary="BEIR: corpus, queries and qrels of S(q), names as texts",
    write=_write_beir,
    verify=_verify_beir,
)
