"""A claim of Archish et al. 2026 (arXiv:2603.29519): how few dimensions LIMIT takes."""

from __future__ import annotations

import numpy as np

from hrgeom.checker import certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, equal, fact
from hrgeom.constructions import moment_curve, moment_curve_exact, moment_margin
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import limit_small

__all__ = ["CLAIMS"]

_FULL_LIMIT = 50_000  # documents


def _wrong(embedding: DualEmbedding, relevance: Relevance) -> int:
    return certify(embedding, relevance, threads=1).n_violations


def _five() -> list[Evidence]:
    small = limit_small()
    rows = []
    exact = moment_curve_exact(small)
    scores = exact[0] @ exact[1].T
    matches = np.zeros(scores.shape, dtype=bool)
    for q in range(small.n_queries):
        matches[q, small.matches(q)] = True
    rows.append(equal("LIMIT-small, d with threshold 0", 5, exact[0].shape[1]))
    right = int((scores[matches] == 1).sum() + (scores[~matches] <= -1).sum())
    rows.append(fact("scores 1 or at most -1, whole numbers, LIMIT-small", right, scores.size))
    for dtype in ("float64", "float32"):
        embedding = moment_curve(small, dtype=dtype)
        certificate = certify(embedding, small, threads=1)
        rows.append(equal(f"wrong pairs in {dtype}, certified", 0, certificate.n_violations))
        margin = certificate.normalized_margin_lower_bound or 0.0
        rows.append(
            at_least(f"certified normalized margin in {dtype}, 10⁻⁸ at least", 1e-8, margin)
        )
    rows.append(at_least("normalized margin in exact arithmetic", 1e-8, moment_margin(small)))
    sets = [set(small.matches(q).tolist()) for q in range(small.n_queries)]
    full = Relevance.from_sets(sets, _FULL_LIMIT)
    embedding = moment_curve(full)
    rows.append(equal("LIMIT, 50,000 documents: d", 5, embedding.dim))
    rows.append(
        equal("LIMIT, 50,000 documents: wrong pairs, certified", 0, _wrong(embedding, full))
    )
    return rows


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="limit-five-dimensions",
        title="Five dimensions are enough for LIMIT",
        kind="theorem",
        statement="$2k + 1 = 5$ dimensions are enough for LIMIT, whose queries match $k = 2$ "
        "documents.",
        source="Archish et al. 2026, arXiv:2603.29519",
        verdict="confirmed",
        evidence=_five,
        proofs=("moment-curve",),
        page="theory/moment-curve.md",
        remark="From a third party's note; the source counts sign changes, as Alon, Moran and "
        "Yehudayoff 2016 do, to whom it gives the bound; the evidence is the "
        "moment curve with one threshold, 0. Four dimensions are enough to rank (`limit-cyclic`). "
        "The 49,954 documents of LIMIT that match nothing share one point.",
    ),
)
