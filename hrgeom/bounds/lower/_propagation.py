"""Refutations checked by unit propagation alone, without a solver.

A *lemma* follows from clauses by unit propagation if, with all its literals false, clauses of which
all literals but one are false force that one to be true, again and again, until a clause is false.
Clauses and lemmas are sequences of literals: a variable's number, negative for its negation, as in
the formats DIMACS and DRUP (Goldberg and Novikov 2003).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

__all__ = ["is_refuted"]

Clause = Sequence[int]


def is_refuted(clauses: Sequence[Clause], lemmas: Sequence[Clause]) -> bool:
    """Return whether each lemma follows from what is before it, and the last one is empty.

    Parameters
    ----------
    clauses : sequence of sequences of int
        What is refuted: no literal twice in a clause, none empty.
    lemmas : sequence of sequences of int
        In the order in which they follow; the empty clause ends them.

    Returns
    -------
    is_refuted : bool
        True proves that no assignment satisfies all clauses. False says nothing.

    Examples
    --------
    >>> is_refuted([[1, 2], [1, -2], [-1, 2], [-1, -2]], [[1], []])
    True
    >>> is_refuted([[1, 2], [1, -2], [-1, 2]], [[1], []])
    False
    """
    known = _Clauses(clauses)
    for lemma in lemmas:
        if not known.imply(lemma):
            return False
        if not lemma:
            return True
        known.add(lemma)
    return False


class _Clauses:
    """Clauses of which two literals each are watched: the last to be false."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.clauses: list[list[int]] = []
        self.watching: dict[int, list[int]] = defaultdict(list)
        self.units: list[int] = []
        for clause in clauses:
            self.add(clause)

    def add(self, clause: Clause) -> None:
        if len(clause) == 1:
            self.units.append(clause[0])
            return
        for literal in clause[:2]:
            self.watching[literal].append(len(self.clauses))
        self.clauses.append(list(clause))

    def imply(self, lemma: Clause) -> bool:
        """Return whether a clause is false once all literals of the lemma are."""
        true = set(self.units)
        waiting = list(self.units)
        for literal in lemma:
            if -literal not in true:
                true.add(-literal)
                waiting.append(-literal)
        if any(-literal in true for literal in true):
            return True
        while waiting:
            if not self._falsify(-waiting.pop(), true, waiting):
                return True
        return False

    def _falsify(self, false: int, true: set[int], waiting: list[int]) -> bool:
        """Follow what a literal that became false forces; return False if a clause is false."""
        watchers, kept = self.watching[false], []
        for at, number in enumerate(watchers):
            clause = self.clauses[number]
            if clause[0] == false:
                clause[0], clause[1] = clause[1], clause[0]
            other = clause[0]
            if other in true or not self._rewatch(number, clause, true):
                kept.append(number)
                if other not in true:
                    if -other in true:
                        self.watching[false] = kept + watchers[at + 1 :]
                        return False
                    true.add(other)
                    waiting.append(other)
        self.watching[false] = kept
        return True

    def _rewatch(self, number: int, clause: list[int], true: set[int]) -> bool:
        """Watch another literal of the clause in place of the second, if one is not false."""
        for i in range(2, len(clause)):
            if -clause[i] not in true:
                clause[1], clause[i] = clause[i], clause[1]
                self.watching[clause[1]].append(number)
                return True
        return False
