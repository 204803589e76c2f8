r"""Bits: different sets take different vectors, so few bits serve few sets.

Let d numbers of b bits each stand for a vector. Two queries with the same numbers have the same
scores, so with one threshold they match the same. Hence :math:`bd \ge \log_2` of the number of
different S(q). By row their thresholds may differ, and then one matches all that the other does:
it is the largest number of sets that counts of which none holds another, here the most of one size.
Documents with the same numbers tie for every query: :math:`bd \ge \log_2` of the number of
different D(v), with either. Scales of a whole side count for nothing, those of a row as its bits.

If all subsets of k of m documents are queries, that is :math:`bd \ge \log_2 \binom{m}{k}`, the
order that Okajima and Yoshida 2026 (arXiv:2606.11780) state. ∎
"""

from __future__ import annotations

from dataclasses import dataclass

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Setting, Statement, Theorem
from hrgeom.bounds.lower._packing import different_sets
from hrgeom.core import Relevance
from hrgeom.errors import HrgeomError

__all__ = ["THEOREM", "LeastBits", "least_bits"]


@dataclass(frozen=True)
class LeastBits:
    """The fewest bits that stored vectors of a relevance can have, all numbers of one together.

    Attributes
    ----------
    query : int
        Bits of a query with one threshold for all.
    query_by_row : int
        Bits of a query with a threshold of its own, which is not counted.
    document : int
        Bits of a document, with either.

    Examples
    --------
    >>> LeastBits(query=17, query_by_row=13, document=17).dim(8)
    3
    """

    query: int
    query_by_row: int
    document: int

    def dim(self, bits: int, *, by_row: bool = False) -> int:
        """Return the dimensions that numbers of so many bits take, whatever the margin.

        Parameters
        ----------
        bits : int
            Bits of a number, at least 1: 8 for int8, 32 for float32.
        by_row : bool
            Whether every query has a threshold of its own. Default: one for all.

        Returns
        -------
        dim : int
            No embedding of such numbers has fewer dimensions. At least 1.

        Raises
        ------
        HrgeomError
            If `bits` is below 1.
        """
        if bits < 1:
            raise HrgeomError(f"bits must be at least 1: got {bits}")
        query = self.query_by_row if by_row else self.query
        return max(1, -(-max(query, self.document) // bits))


def least_bits(relevance: Relevance) -> LeastBits:
    """Return the fewest bits that stored vectors of a relevance can have, by counting sets.

    Lower bounds that hold for any numbers, fixed or floating point, and for any decoder that sees
    a query and a document. In a hierarchy of n nodes all sets differ: log2(n), but by row.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.

    Returns
    -------
    bits : LeastBits
        For queries, with one threshold and by row, and for documents.

    References
    ----------
    Okajima and Yoshida 2026, arXiv:2606.11780, for all subsets of a size; the module's argument.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> least_bits(perfect_tree(2, 10).relevance)  # 1,023 nodes, 512 leaves
    LeastBits(query=10, query_by_row=9, document=10)
    """
    queries, of_one_size, documents = different_sets(relevance)
    return LeastBits(*(_bits(n) for n in (queries, of_one_size, documents)))


def _bits(n_different: int) -> int:
    """Return the fewest bits that tell so many apart."""
    return (n_different - 1).bit_length() if n_different else 0


def _statements(problem: BoundsProblem) -> list[Statement]:
    least = least_bits(problem.relevance)
    found: list[Statement] = []
    settings: tuple[tuple[Setting, int], ...] = (
        ("row", least.query_by_row),
        ("global", least.query),
    )
    for setting, queries in settings:
        value = max(queries, least.document)
        if value and value > max((s.value for s in found), default=0):
            side = "queries" if queries > least.document else "documents"
            found.append(Statement(setting, value, f"different {side} take different numbers"))
    if not found:
        raise NotApplicableError("all queries are the same, and all documents")
    return found


THEOREM = Theorem(
    name="bits",
    quantity="bits",
    side="lower",
    statement="Different sets S(q), and different sets D(v), take different stored numbers",
    says=_statements,
    source="Okajima and Yoshida 2026 for all subsets",
    page="theory/bits.md",
)
