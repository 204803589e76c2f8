"""What a certificate says, in two or three sentences for people who know no symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hrgeom.checker._certificate import Certificate, Witness

__all__ = ["in_words"]

_Shown = Callable[[str], str]


def in_words(certificate: Certificate, names: Mapping[str, str]) -> str:
    """Return the result, the tightest call or an example of a wrong pair, and how to use it."""
    c = certificate

    def shown(label: str) -> str:
        """A label in quotes, and beside it the name of its node if that is another."""
        name = names.get(label, label)
        return repr(label) if name == label else f"{label!r} ({_on_one_line(name)})"

    lines = [_result(c)]
    if c.verdict == "fails":
        lines += _example(c, shown)
    elif c.n_unchecked is None and (c.worst_match is not None or c.best_other is not None):
        lines.append(f"Tightest call: {_tightest(c, shown)}.")
    if c.holds:
        lines.append(_use(c))
    return "\n".join(lines)


def _on_one_line(name: str) -> str:
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in name)


def _result(c: Certificate) -> str:
    pairs = f"{c.n_violations:,} of {c.n_pairs:,} pairs {'is' if c.n_violations == 1 else 'are'}"
    if c.verdict == "undecided":
        return _undecided(c)
    if c.holds:
        each = "The only query" if c.n_queries == 1 else f"Every one of {c.n_queries:,} queries"
        return f"{each} {_does(c, 1)}."
    n = c.n_violating_queries
    return (
        f"{n:,} of {c.n_queries:,} queries {'does' if n == 1 else 'do'} not "
        f"{_does(c, 2, n)}: {pairs} wrong."
    )


def _does(c: Certificate, person: int, n: int = 1) -> str:
    """What a query does, or several do, if it holds."""
    s = "s" if person == 1 else ""
    whose = "its" if n == 1 else "their"
    if not _is_of_hierarchy(c):
        what = f"{whose} relevant documents"
    else:
        what = f"{whose} ancestors and {'itself' if n == 1 else 'themselves'}"
    if c.notion == "row":
        return f"rank{s} {what} above all other documents"
    return f"retrieve{s} exactly {what}"


def _is_of_hierarchy(c: Certificate) -> bool:
    return "hierarchy" in c.sha256


def _undecided(c: Certificate) -> str:
    unchecked = c.n_unchecked or 0
    n_near = c.n_undecided - unchecked
    near = f"{n_near:,} of {c.n_pairs:,} pairs {'is' if n_near == 1 else 'are'} undecided"
    parts = [f"{near}: too near to tell without exact arithmetic"] if n_near else []
    if unchecked:
        n_checked = c.n_pairs - unchecked
        parts.append(f"the run was interrupted after {n_checked:,} of {c.n_pairs:,} pairs")
    return f"No pair is proved wrong, but {'; '.join(parts)}."


def _tightest(c: Certificate, shown: _Shown) -> str:
    """The pair that is nearest to the wrong side; of a ranking both documents."""
    match, other = c.worst_match, c.best_other
    if c.notion == "row" and match is not None and other is not None:
        return (
            f"query {shown(match.query)} has {shown(match.document)} at {match.score:.6g}, above "
            f"{shown(other.document)} at {other.score:.6g}"
        )
    near = [witness for witness in (match, other) if witness is not None]
    closest = min(near, key=lambda witness: abs(witness.score - witness.level))
    verb = "retrieves" if closest is match else "leaves out"
    query, document = shown(closest.query), shown(closest.document)
    return f"query {query} {verb} {document} at a score of {closest.score:.6g}"


def _example(c: Certificate, shown: _Shown) -> list[str]:
    """A wrong pair of each kind, with its score."""
    match, other = c.worst_match, c.best_other
    if c.notion == "row" and match is not None and other is not None:
        return [
            f"For example query {shown(match.query)} has {shown(other.document)} at "
            f"{other.score:.6g}, not below {_relation(c, match, shown)} at {match.score:.6g}."
        ]
    lines = []
    if match is not None and match.violates:
        lines.append(
            f"For example query {shown(match.query)} misses {_relation(c, match, shown)}: "
            f"{_score(match, '<=')}."
        )
    if other is not None and other.violates:
        not_one = "not above it" if _is_of_hierarchy(c) else "not relevant to it"
        lines.append(
            f"For example query {shown(other.query)} retrieves {shown(other.document)}, {not_one}: "
            f"{_score(other, '>=')}."
        )
    return lines


def _relation(c: Certificate, match: Witness, shown: _Shown) -> str:
    """The document of a match, and what it is to the query."""
    if not _is_of_hierarchy(c):
        return f"the relevant {shown(match.document)}"
    return "itself" if match.document == match.query else f"its ancestor {shown(match.document)}"


def _score(witness: Witness, sign: str) -> str:
    return f"score {witness.score:.6g} {sign} {witness.level:.6g}"


def _use(c: Certificate) -> str:
    if c.threshold is None:
        return "Use: the order of scores, for each query by itself."
    return f"Use: score > {c.threshold:.9g}."
