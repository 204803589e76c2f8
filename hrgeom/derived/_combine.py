r"""Text and hierarchy in one vector: [w t ; h] for queries, [t ; h] for documents.

A score is then s + w t: that of the hierarchy, and w times that of the text. The weight stands on
the side of the queries alone, so that an index of documents serves every weight.

Statement. Let matches score at least r + e and all other pairs at most r - e in the hierarchy, and
let the text scores of all pairs lie in an interval of middle m and width 2c. For 0 < w < e/c every
match exceeds r + w m and no other pair reaches it, both by at least e - w c. If instead e is half
the least gap between a match of a query and another document of the same query (row notion), every
match outranks every other document by at least 2(e - w c). With c replaced by the product L of the
greatest lengths of text rows of queries and of documents the same holds of every text whose rows
are no longer, with m = 0: r stays the threshold. No larger weight will do for all texts.

Proof. A match scores at least r + e + w (m - c), another pair at most r - e + w (m + c). Scores of
rows of lengths a and b are within ab of 0, by Cauchy and Schwarz. At w >= e/c a match at r + e
with text score m - c does not exceed another pair at r - e with text score m + c. ∎

Order within a side. Two documents that both match, or both do not, come in the order of their text
scores where these differ by more than 1/w times their hierarchy scores do: always, where the
hierarchy gives all documents of a side one score, and otherwise not always. Tries give all matches
one score, centroid hubs in int8 all other documents too.

`proofs/text_and_hierarchy.py` has the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom.checker import Certificate, certify
from hrgeom.core import DualEmbedding, Notion, Target, as_embedding, as_relevance, fitted
from hrgeom.derived._largest_weight import Extent, PairedScores, tied
from hrgeom.derived._limits import Tie, WeightLimits
from hrgeom.derived._pieces import Pieces
from hrgeom.derived._text_order import TextOrder, text_order
from hrgeom.errors import ConstructionError, ShapeError

__all__ = ["Combined", "combine"]

_BELOW = 1 - 2.0**-10  # how far below the tie the certificate is made
_MOST_LOOKS = 20
_FAR = 2.0**12  # times what every text allows: no pair is looked for beyond


@dataclass(frozen=True, eq=False)
class Combined:
    """Text and hierarchy in one embedding, with the certificate of its stored numbers.

    Attributes
    ----------
    embedding : DualEmbedding
        Rows [w t ; h] and [t ; h]. In the global notion with its threshold.
    certificate : Certificate
        Of these rows over all pairs.
    weight : float
        The w, which multiplies the text of queries only.
    limits : WeightLimits
        What it may be.
    order : TextOrder
        How far the text orders documents of the same side, in a sample.

    Examples
    --------
    >>> from hrgeom import Hierarchy, construct
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> text = DualEmbedding(*2 * [np.eye(3)], query_labels=h.labels, document_labels=h.labels)
    >>> both = combine(text, construct(h, method="trie").embedding, h)
    >>> both.certificate.verdict, round(both.weight, 4), round(both.limits.any_text, 4)
    ('holds', 0.5, 1.0)
    """

    embedding: DualEmbedding
    certificate: Certificate
    weight: float
    limits: WeightLimits
    order: TextOrder

    def query(self, label: str, text: ArrayLike) -> NDArray[Any]:
        """Return the query vector of a label with a text of its own.

        Parameters
        ----------
        label : str
            A query of the embedding, whose S(q) is to be retrieved.
        text : array_like of shape (k,)
            Text vector of any text. Where it is no longer than the longest text row of the
            queries and the weight is below `limits.any_text`, exactly S(q) exceeds the threshold,
            as far as scores do not round.

        Returns
        -------
        vector : ndarray of shape (k + d,)
            [w t ; h], of the stored type.

        Raises
        ------
        ShapeError
            If there is no such label, or the text vector has another length.
        """
        labels, n_text = self.embedding.query_labels, self.embedding.parameters["text_dim"]
        if label not in labels:
            raise ShapeError(f"label must be that of a query: got {label!r}")
        vector = np.asarray(text, dtype=np.float64)
        if vector.shape != (n_text,):
            raise ShapeError(f"text must have shape ({n_text},): got {vector.shape}")
        row: NDArray[Any] = self.embedding.queries[labels.index(label)].copy()
        row[:n_text] = self.weight * vector
        return row

    def __str__(self) -> str:
        return (
            f"{self.embedding!r}, w = {self.weight:.6g} on the queries\n{self.limits}\n"
            f"{self.order}\n{self.certificate}"
        )


def combine(
    text: DualEmbedding,
    embedding: DualEmbedding,
    target: Target,
    *,
    weight: float | None = None,
    notion: Notion | None = None,
    look: bool = True,
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> Combined:
    """Return text and hierarchy side by side in one embedding for one index, certified.

    Parameters
    ----------
    text : DualEmbedding
        Text vectors of the same queries and documents. For cosines their rows have length 1.
    embedding : DualEmbedding
        Vectors of the hierarchy, which must hold. Those of the construction "trie" give all
        matches of a query one score, so that the text alone orders them.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches.
    weight : float, optional
        What multiplies the text of the queries, positive. Default: half the largest for which
        every text is safe, which leaves the hierarchy half its margin. A larger one than holds is
        no error: the certificate says so.
    notion : {"global", "row"}, optional
        What is to hold. Default: the embedding's.
    look : bool
        Whether to look at all pairs for the largest weight that these texts allow, which takes
        longer than all the rest. Without it the limits have `any_text` alone.
    report : callable, optional
        Called with a line of text before each long step.
    **checking
        Keywords of `hrgeom.certify`: kernel, filter, threads, memory, progress.

    Returns
    -------
    combined : Combined
        With the embedding, in float32, or in float64 where one of the two needs it.

    Raises
    ------
    ConstructionError
        If the hierarchy's vectors do not hold, the weight is not positive, or all text vectors
        are zero.
    ShapeError
        If an embedding does not fit the target.

    Notes
    -----
    The theorem: if matches score at least r + e, all other pairs at most r - e, and text scores
    are in an interval of width 2c, every weight below e/c keeps all pairs right, and no larger
    one does so for every text with such scores. `docs/theory/text-and-hierarchy.md` proves it.

    Examples
    --------
    >>> from hrgeom import Hierarchy, construct
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> text = DualEmbedding(*2 * [np.eye(3)], query_labels=h.labels, document_labels=h.labels)
    >>> combine(text, construct(h).embedding, h).certificate.verdict
    'holds'
    """
    relevance = as_relevance(target)
    text, embedding = (fitted(as_embedding(given), relevance) for given in (text, embedding))
    say = report or (lambda line: None)
    say("certifying the hierarchy's vectors")
    alone = certify(embedding, target, notion=notion, **checking)
    pieces = Pieces(text, embedding, alone)
    limits = pieces.limits()
    chosen = _weight(weight, limits)
    if look:
        limits = _looked(pieces, target, limits, say, checking)
    say(f"certifying [w t ; h] at w = {chosen:.6g}")
    found, certificate = pieces.certified(chosen, limits, target, checking)
    return Combined(found, certificate, chosen, limits, text_order(text, found, relevance))


def _weight(wanted: float | None, limits: WeightLimits) -> float:
    weight = limits.any_text / 2 if wanted is None else float(wanted)
    if not 0 < weight < math.inf:
        raise ConstructionError(f"weight must be positive and finite: got {weight}")
    return weight


def _looked(
    pieces: Pieces,
    target: Target,
    limits: WeightLimits,
    say: Callable[[str], None],
    checking: dict[str, Any],
) -> WeightLimits:
    """Return the limits with what all pairs of these texts say.

    A look that rounds finds two pairs, whose exact scores tie at a weight; if the certificate just
    below it does not hold, rounding has hidden a pair that ties earlier, and the next look begins
    there.
    """
    scores, extent = PairedScores(pieces.text_rows, pieces.own_rows), Extent()
    ties_at: Fraction | None = None
    tie: Tie | None = None
    start = limits.any_text * _FAR
    for _ in range(_MOST_LOOKS):
        say(f"looking at all pairs for those that tie first, up to w = {start:.6g}")
        point = tied(scores, as_relevance(target), pieces.alone.notion, start, extent)
        if point is not None:
            exact, names = pieces.tie(point)
            if exact is not None and (ties_at is None or exact < ties_at):
                ties_at, tie = exact, names
        below = start if ties_at is None else min(start, float(ties_at) * _BELOW)
        say(f"certifying [w t ; h] at w = {below:.6g}")
        at_it = pieces.at(below, None)
        if certify(at_it, target, notion=pieces.alone.notion, **checking).holds:
            return replace(
                pieces.with_interval(limits, extent),
                holds_at=below,
                ties_at=None if ties_at is None else _rounded_up(ties_at),
                tie=tie,
            )
        start = below
    raise ConstructionError(
        f"the largest weight must be found within {_MOST_LOOKS} looks at all pairs: got none that "
        f"holds down to {start:.6g}; do without (--no-look, look=False)"
    )


def _rounded_up(value: Fraction) -> float:
    near = float(value)
    return near if near >= value else math.nextafter(near, math.inf)
