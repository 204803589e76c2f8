"""What the explorer is given: the hierarchy, copies of vectors, and what to say of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hrgeom.report._packed import packed_hierarchy, packed_numbers
from hrgeom.report._report import EmbeddingReport, Report
from hrgeom.report._words import number, tightest, up

__all__ = ["explorer_data", "what_is_shown"]

_BITS = {"int8": "8-bit", "int16": "16-bit"}


def explorer_data(report: Report) -> dict[str, Any]:
    """Return the data of the explorer as JSON values."""
    starts = _starts(report)
    return {
        "hierarchy": packed_hierarchy(report.hierarchy),
        "views": [_view(one) for one in report.embeddings],
        "starts": starts,
        "start": starts[0]["node"],
    }


def _starts(report: Report) -> list[dict[str, Any]]:
    """Return nodes to begin at: that of the tightest call, and one with most ancestors."""
    hierarchy = report.hierarchy
    found = []
    witness = tightest(report.embeddings[0].certificate)
    if witness is not None:
        word = "furthest off" if witness.violates else "tightest call"
        found.append({"text": word, "node": hierarchy.index(witness.query)})
    found.append({"text": "deepest node", "node": int(np.argmax(hierarchy.levels))})
    return found


def what_is_shown(one: EmbeddingReport) -> str:
    """Return what the scores of the explorer are, and what they are not."""
    copies = one.copies
    verdict = "the verdict is that of the certificate"
    if copies is None:
        return f"No scores: this page holds no vectors of this embedding; {verdict}."
    if copies.error == 0:
        said = "Scores are summed in double precision from the stored numbers themselves"
        return f"{said}; {verdict}."
    said = (
        f"Scores are from {_BITS[copies.dtype]} copies of the vectors and at most "
        f"{up(copies.error)} off; {verdict}"
    )
    margin = one.certificate.margin_lower_bound
    if margin is not None and margin > copies.error and one.certificate.holds:
        return (
            f"{said}. Its margin, {number(margin)}, is more than that: no copy is on the wrong "
            "side of the threshold."
        )
    return f"{said}. Scores marked ≈ are nearer to the threshold than the copies can tell."


def _view(one: EmbeddingReport) -> dict[str, Any]:
    certificate, copies = one.certificate, one.copies
    level = certificate.threshold if certificate.notion == "global" else None
    view: dict[str, Any] = {
        "name": one.name,
        "dim": one.embedding.dim,
        "threshold": level,
        "note": what_is_shown(one),
    }
    if copies is None:
        return view
    return view | {
        "copied_as": copies.dtype,
        "error": copies.error or certificate.rounding_bound,
        "queries": packed_numbers(copies.queries),
        "documents": packed_numbers(copies.documents),
        "query_scales": _packed(copies.query_scales),
        "document_scales": _packed(copies.document_scales),
    }


def _packed(scales: Any) -> str | None:
    return None if scales is None else packed_numbers(scales)
