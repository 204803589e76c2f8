"""How far the text orders documents of the same side, beside a hierarchy's scores."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Relevance

__all__ = ["TextOrder", "text_order"]

_QUERIES, _DOCUMENTS = 500, 64


@dataclass(frozen=True)
class TextOrder:
    """Shares of pairs of documents that come in the order of their text scores, in a sample.

    Attributes
    ----------
    matches, others : float or None
        Of pairs of matches of one query, and of pairs of other documents of one query; None where
        the sample has no two that differ in text score. Observed, over up to 500 queries and 64
        documents of each side.
    """

    matches: float | None
    others: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        sides = (("matches", self.matches), ("others", self.others))
        shown = [f"{100 * share:.1f} % of {name}" for name, share in sides if share is not None]
        return f"pairs in the order of the text (sample): {', '.join(shown) or 'none to compare'}"


def text_order(text: DualEmbedding, combined: DualEmbedding, relevance: Relevance) -> TextOrder:
    """Return how often two documents of a side are in the order of the text.

    Parameters
    ----------
    text, combined : DualEmbedding
        Text alone, and text and hierarchy, in the order of the relevance.
    relevance : Relevance
        Which documents each query matches.
    """
    rng = np.random.default_rng(0)
    n, m = relevance.n_queries, relevance.n_documents
    counts = np.zeros((2, 2), dtype=np.int64)  # by side: in order, compared
    rows = [given.values() for given in (text, combined)]
    for query in np.sort(rng.permutation(n)[:_QUERIES]).tolist():
        own = relevance.matches(query).astype(np.int64)
        drawn = rng.choice(m, min(m, _DOCUMENTS), replace=False)
        for side, documents in enumerate((own[:_DOCUMENTS], drawn[~np.isin(drawn, own)])):
            texts, scores = (
                x[documents].astype(np.float64) @ q[query].astype(np.float64) for q, x in rows
            )
            counts[side] += _in_order(texts, scores)
    return TextOrder(
        *(right / compared if compared else None for right, compared in counts.tolist())
    )


def _in_order(texts: NDArray[np.float64], scores: NDArray[np.float64]) -> tuple[int, int]:
    """Return how many pairs of documents are in the order of the text, and how many differ."""
    ahead = texts[:, None] > texts[None, :]
    return int((ahead & (scores[:, None] > scores[None, :])).sum()), int(ahead.sum())
