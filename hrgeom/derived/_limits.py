"""How large the weight of text beside a hierarchy may be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Tie", "WeightLimits"]


@dataclass(frozen=True)
class Tie:
    """A match and another document whose combined scores are equal at the weight `ties_at`.

    Attributes
    ----------
    query, match : str
        Labels of the match.
    other_query, other : str
        Labels of the other pair; in the row notion the query is the same.
    """

    query: str
    match: str
    other_query: str
    other: str

    def __str__(self) -> str:
        return f"({self.query}, {self.match}) and ({self.other_query}, {self.other})"


@dataclass(frozen=True)
class WeightLimits:
    """How large the weight of the text may be.

    Attributes
    ----------
    half_gap : float
        The e of the theorem, from below: that of the hierarchy's certificate.
    any_text : float
        Below this weight, e/L, every pair holds whatever the text, for text rows no longer than
        those given.
    text_scores : (float, float) or None
        An interval that holds the text scores of all pairs, rounding included; None where pairs
        were not looked at.
    these_texts : float or None
        Below this weight, e/c, every pair holds for all texts with scores in that interval; None
        where pairs were not looked at.
    holds_at : float or None
        The largest weight at which all pairs were certified with these texts.
    ties_at : float or None
        The weight, at most 1/1000 more, at which a pair of these texts ties, from its exact scores
        and rounded up: neither it nor any larger weight holds. None: no pair ties at 4,096 times
        `any_text`, or pairs were not looked at.
    tie : Tie or None
        That pair.
    """

    half_gap: float
    any_text: float
    text_scores: tuple[float, float] | None = None
    these_texts: float | None = None
    holds_at: float | None = None
    ties_at: float | None = None
    tie: Tie | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [
            f"weights w at which all pairs hold, by the half gap {self.half_gap:.6g} of the "
            "hierarchy",
            f"  whatever the text says: below {self.any_text:.6g}",
        ]
        if self.text_scores is not None and self.these_texts is not None:
            low, high = self.text_scores
            lines.append(f"  text scores in [{low:.4g}, {high:.4g}]: below {self.these_texts:.6g}")
        if self.holds_at is not None:
            tie = "no pair ties" if self.tie is None else f"{self.tie} tie at {self.ties_at:.6g}"
            lines.append(f"  these texts: certified at {self.holds_at:.6g}; {tie}")
        return "\n".join(lines)
