"""The contract of export targets: what is written is held, asked and refused as it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from hrgeom.core import DualEmbedding, Hierarchy, Relevance
from hrgeom.errors import FormatError
from hrgeom.export import ExportTarget, export_embedding

__all__ = ["check_target"]

_LABELS = ('dog\'s "bed"', "100 %, $1", "Kätzchen", "-- x", "a;b")
_ROWS = ((1.0, 0.5), (0.25, -1.0), (0.5, 0.5), (-0.5, 2.0), (0.125, 1.0))
_THRESHOLDS = (0.0, 49 / 128, -33 / 128)  # scores are multiples of 1/64


def check_target(target: ExportTarget) -> None:
    """Check that an export target keeps its contract.

    Parameters
    ----------
    target : ExportTarget
        An entry whose packages are installed; it need not be registered.

    Raises
    ------
    AssertionError
        With what breaks the contract.

    Notes
    -----
    A name in lower case without spaces, a summary without a full stop; packages and how to install
    them, or neither. Small embeddings with awkward labels and thresholds above, at and below 0 are
    exported in every stored type. Where the engine runs here, it holds the very numbers, its
    answers are the sets, its numbers are those of `units`, and one pair that is not as it should be
    fails the export, of which nothing is left.

    Examples
    --------
    >>> from hrgeom.export import export_targets
    >>> check_target(export_targets()[0])
    """
    _check_fields(target)
    if target.needs_hierarchy:
        _check_with_a_hierarchy(target)
        return
    for dtype in target.types:
        for threshold in _THRESHOLDS:
            _check_export(target, _embedding(threshold), dtype)
    if target.open is not None and target.is_exact:
        _check_a_wrong_pair(target, _embedding(0.0))


def _check_with_a_hierarchy(target: ExportTarget) -> None:
    """Check a target that goes by edges: with a tree, without one, and with another tree."""
    edges = [(label, _LABELS[i // 2]) for i, label in enumerate(_LABELS) if i]
    tree, other = Hierarchy.from_edges(edges), Hierarchy.from_edges([*edges, _LABELS[3:1:-1]])
    in_order = [tree.labels.index(label) for label in _LABELS]
    scores = np.full((len(_LABELS), len(_LABELS)), -1.0, dtype=np.float32)
    for row, i in enumerate(in_order):
        scores[row, [in_order.index(v) for v in tree.relevance.matches(i)]] = 1.0
    for threshold in _THRESHOLDS:
        embedding = DualEmbedding(
            scores,
            np.eye(len(_LABELS), dtype=np.float32),
            threshold=threshold,
            query_labels=_LABELS,
            document_labels=_LABELS,
        )
        for dtype in target.types:
            _check_export(target, embedding, dtype, tree)
    with TemporaryDirectory() as folder:
        done = export_embedding(embedding, Path(folder, "out"), target, target=other, sample=None)
        _require(not done.holds, "an edge that is not in the vectors must fail the export")
        try:
            export_embedding(embedding, Path(folder, "none"), target)
        except FormatError:
            return
    raise AssertionError("without a hierarchy there must be a FormatError")


def _embedding(threshold: float) -> DualEmbedding:
    """Return rows that float16 holds, whose scores are at least 1/128 from the threshold."""
    rows = np.array(_ROWS, dtype=np.float32)
    return DualEmbedding(
        rows,
        rows[::-1],
        threshold=threshold,
        query_labels=_LABELS,
        document_labels=tuple(f"{label} too" for label in _LABELS),
    )


def _require(holds: object, message: str) -> None:
    """Raise AssertionError, with or without python -O."""
    if not holds:
        raise AssertionError(message)


def _check_fields(target: ExportTarget) -> None:
    name = target.name
    _require(name and name == name.lower().replace(" ", ""), f"name must be lower case: {name!r}")
    _require(target.summary and target.summary[-1] != ".", "summary must have no full stop")
    _require(bool(target.modules) == bool(target.extra), "modules must come with extra, and back")
    _require(not target.missing, f"packages must be installed: {', '.join(target.missing)}")
    _require(target.types, "there must be a stored type")
    _require(target.open is None or target.query is not None, "what is opened must have a query")


def _check_export(
    target: ExportTarget, embedding: DualEmbedding, dtype: str, tree: Hierarchy | None = None
) -> None:
    where = f"in {dtype} at threshold {embedding.threshold}"
    with TemporaryDirectory() as folder:
        place = Path(folder, "out")
        done = export_embedding(embedding, place, target, target=tree, dtype=dtype, sample=None)
        _require(done.is_written, f"{where}: nothing was written: {done.check}")
        _require((place / "README.md").is_file(), f"{where}: there must be a README.md")
        if done.check is None or not target.is_exact:
            return
        _require(done.check.n_changed == 0, f"{where}: {done.check.n_changed} rows were changed")
        error = done.check.largest_error
        _require(error < 1e-5, f"{where}: what is returned is not {target.units.name}: off {error}")


def _check_a_wrong_pair(target: ExportTarget, embedding: DualEmbedding) -> None:
    """A relevance with a pair more than is retrieved must fail the export."""
    scores = embedding.queries @ embedding.documents.T
    sets = [set(np.flatnonzero(row > embedding.threshold).tolist()) for row in scores]
    sets[0] ^= {0}
    wrong = Relevance.from_sets(
        sets,
        len(scores),
        query_labels=embedding.query_labels,
        document_labels=embedding.document_labels,
    )
    with TemporaryDirectory() as folder:
        done = export_embedding(embedding, Path(folder, "out"), target, target=wrong, sample=None)
        _require(not done.holds, "a pair that is not as it should be must fail the export")
        _require(not list(Path(folder).iterdir()), "nothing must be left of what fails")
    _check_the_text_is_run(target, embedding)


def _check_the_text_is_run(target: ExportTarget, embedding: DualEmbedding) -> None:
    """An engine that ignores `query.*` would answer with whatever is written there."""
    query = target.query
    assert query is not None
    broken = replace(target, query=lambda handover: replace(query(handover), text="broken(\n"))
    with TemporaryDirectory() as folder:
        try:
            export_embedding(embedding, Path(folder, "out"), broken, sample=None)
        except Exception:
            return
    raise AssertionError("the query must be run as it is written: a broken one gave answers")
