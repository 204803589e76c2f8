"""What an embedding retrieves for one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import ShapeError

__all__ = ["Retrieval", "best_documents"]

_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Retrieval:
    """The documents retrieved for one query, best first, and the first that is not.

    Attributes
    ----------
    query : str
        Label of the query.
    documents : tuple of str
        Labels of the retrieved documents, highest score first.
    scores : ndarray of float64, shape (n_retrieved,)
        Their scores, observed in float64.
    next_document : tuple of (str, float) or None
        The best document that is not retrieved, and its score; None if all are.
    threshold : float or None
        The documents above it are retrieved; None where a number of documents was asked for.
    n_documents : int
        Documents in all.
    matches : frozenset of str or None
        Labels of S(q), the documents that should be retrieved; None if no target was given.
    names : dict
        Label -> name to show, for the labels here that have another name than themselves.
    asked : str or None
        What was asked for, where that was a name or another label of the query.
    path : tuple of (str, float)
        With a hierarchy: S(q) from the query up to the roots, each child before its parents, and
        their scores. Otherwise empty.
    """

    query: str
    documents: tuple[str, ...]
    scores: NDArray[np.float64]
    next_document: tuple[str, float] | None
    threshold: float | None
    n_documents: int
    matches: frozenset[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    asked: str | None = None
    path: tuple[tuple[str, float], ...] = ()

    @property
    def missed(self) -> tuple[str, ...]:
        """Labels in S(q) that are not retrieved, sorted; empty without a target."""
        return tuple(sorted((self.matches or frozenset()).difference(self.documents)))

    @property
    def wrong(self) -> tuple[str, ...]:
        """Labels that are retrieved and not in S(q), best first; empty without a target."""
        matches = self.matches
        return () if matches is None else tuple(v for v in self.documents if v not in matches)

    @property
    def is_exact(self) -> bool | None:
        """True if exactly S(q) is retrieved; None without a target."""
        return None if self.matches is None else self.matches == frozenset(self.documents)

    def __str__(self) -> str:
        rows, following = self._rows(), self._following()
        shown = [*rows, *following]
        marks = max((len(mark) for mark, _, _ in shown), default=0)
        width = max((len(self._shown(label)) for _, label, _ in shown), default=0)
        lines = [
            f"  {mark:<{marks}}  {self._shown(label):<{width}}  {score:+.6g}"
            for mark, label, score in shown
        ]
        if self.next_document is not None:
            lines.insert(len(rows), f"  {f'---- {self._limit} ':-<{marks + 2 + width}}")
        if self.missed and not self.path:
            lines.append(f"  MISSED: {', '.join(map(self._shown, self.missed))}")
        return "\n".join([f"{self._shown(self.query)}{self._by}: {self._counts}", *lines])

    def _rows(self) -> list[tuple[str, str, float]]:
        """Mark, label and score: what should be retrieved, up to the roots, and what is besides.

        Without a hierarchy what is retrieved, best first.
        """
        retrieved = list(zip(self.documents, self.scores.tolist(), strict=True))
        if self.matches is None:
            return [("retrieved", label, score) for label, score in retrieved]
        above, rows = set(self.documents), []
        for label, score in self.path:
            rows.append(("right" if label in above else "MISSED", label, score))
        on_path = {label for label, _ in self.path}
        for label, score in retrieved:
            if label not in on_path:
                rows.append(("right" if label in self.matches else "WRONG", label, score))
        return rows

    def _following(self) -> list[tuple[str, str, float]]:
        """The first document that is not retrieved, unless it is shown as missed."""
        if self.next_document is None or self.next_document[0] in self.missed:
            return []
        return [("not retrieved", *self.next_document)]

    @property
    def _by(self) -> str:
        """By which other label the query was asked for, such as a synonym; empty by its name."""
        if self.asked in (None, self.names.get(self.query, self.query)):
            return ""
        return f", by its other label {self.asked!r}"

    @property
    def _limit(self) -> str:
        level = self.threshold
        return f"top {self._rank_limit}" if level is None else f"threshold {level:g}"

    @property
    def _counts(self) -> str:
        """How many documents are retrieved, and whether these are the right ones."""
        rule = f"in the {self._limit}" if self.threshold is None else f"above {self._limit}"
        text = f"{len(self.documents):,} of {self.n_documents:,} documents {rule}"
        if self.matches is None:
            return text
        whose = "its ancestors and itself" if self.path else "its relevant documents"
        if self.is_exact:
            return f"{text}, exactly {whose}"
        wrong = [f"{len(self.missed):,} missed"] * bool(self.missed)
        wrong += [f"{len(self.wrong):,} wrong"] * bool(self.wrong)
        return f"{text}, not exactly {whose} ({len(self.matches):,}): {', '.join(wrong)}"

    def _shown(self, label: str) -> str:
        """A label on one line, and beside it the name of its node if that is another."""
        text = f"{label} ({self.names[label]})" if label in self.names else label
        return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)

    @property
    def _rank_limit(self) -> str:
        is_match_count = self.matches is not None and len(self.documents) == len(self.matches)
        return "|S(q)|" if is_match_count else str(len(self.documents))


def best_documents(
    scores: NDArray[np.float64],
    labels: tuple[str, ...],
    query: str,
    *,
    threshold: float | None,
    n_documents: int | None,
    matches: frozenset[int] | None,
    names: Mapping[str, str] = _NO_NAMES,
    asked: str | None = None,
    levels: NDArray[np.integer] | None = None,
) -> Retrieval:
    """Return the documents above the threshold, or so many of highest score.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_documents,)
        Of all documents.
    labels : tuple of str
        Labels of the documents.
    query : str
        Label of the query.
    threshold : float or None
        Used where `n_documents` is None.
    n_documents : int or None
        How many to retrieve. Without it and a threshold: as many as there are matches.
    matches : frozenset of int or None
        Numbers of the documents that should be retrieved, if known.
    names : mapping
        Label -> name, where they differ; those of labels that are not shown are left out.
    asked : str, optional
        What was asked for, where that was not the label.
    levels : ndarray of integers, shape (n_documents,), optional
        Of a hierarchy: edges on the longest path from a root, which orders what should be
        retrieved from the query up.
    """
    level = threshold if n_documents is None else None
    size = _size(scores, level, n_documents, matches)
    order = np.argsort(-scores, kind="stable")[: size + 1].tolist()
    following = (labels[order[size]], float(scores[order[size]])) if size < len(scores) else None
    retrieved = tuple(labels[v] for v in order[:size])
    expected = None if matches is None else frozenset(labels[v] for v in matches)
    shown = {query, *retrieved, *(following or ())[:1], *(expected or ())}
    return Retrieval(
        query=query,
        documents=retrieved,
        scores=scores[order[:size]],
        next_document=following,
        threshold=level,
        n_documents=len(scores),
        matches=expected,
        names={label: names[label] for label in shown if label in names},
        asked=asked,
        path=() if levels is None else _upwards(scores, labels, matches or frozenset(), levels),
    )


def _upwards(
    scores: NDArray[np.float64],
    labels: tuple[str, ...],
    matches: frozenset[int],
    levels: NDArray[np.integer],
) -> tuple[tuple[str, float], ...]:
    """Return documents by falling level, as a child has a higher one than its parents."""
    order = sorted(matches, key=lambda v: (-int(levels[v]), v))
    return tuple((labels[v], float(scores[v])) for v in order)


def _size(
    scores: NDArray[np.float64],
    level: float | None,
    n_documents: int | None,
    matches: frozenset[int] | None,
) -> int:
    """Return how many documents to retrieve."""
    if level is not None:
        return int(np.count_nonzero(scores > level))
    if n_documents is not None:
        if n_documents < 1:
            raise ShapeError(f"n_documents must be at least 1: got {n_documents}")
        return min(n_documents, len(scores))
    if matches is None:
        raise ShapeError(
            "n_documents or target must be given for an embedding without a threshold: got neither"
        )
    return len(matches)
