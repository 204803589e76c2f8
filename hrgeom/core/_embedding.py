"""Dual embeddings: one vector per query, one per document, and the threshold of the scores."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.checks import RowNumbers
from hrgeom._base.html import html_table
from hrgeom._base.mapped import guarded
from hrgeom._base.stored_types import STORED_TYPES, as_dtype
from hrgeom.core._alignment import RowRule, row_places
from hrgeom.core._hierarchy import Hierarchy
from hrgeom.core._queries import query_of
from hrgeom.core._relevance import Relevance
from hrgeom.core._retrieval import Retrieval, best_documents
from hrgeom.core._stored_rows import (
    Scale,
    as_rows,
    as_scale,
    as_text,
    digests_of,
    keeps_to_float32,
    scaled,
)
from hrgeom.core._target import Target, as_relevance, target_labels
from hrgeom.core._threshold import as_threshold
from hrgeom.errors import NotFiniteError, ShapeError

__all__ = [
    "BASES",
    "STORED_TYPES",
    "Basis",
    "DualEmbedding",
    "Notion",
    "Scale",
    "as_dtype",
    "as_embedding",
    "fitted",
]

Notion = Literal["global", "row"]
Basis = Literal["theorem", "chance", "descent", "certificate"]
BASES: tuple[Basis, ...] = get_args(Basis)


@dataclass(frozen=True, eq=False)
class DualEmbedding:
    """Query and document vectors whose inner products are the scores.

    Parameters
    ----------
    queries, documents : array_like, shapes (n, d) and (m, d), d >= 1
        The stored numbers, finite: float64, float32, float16, bfloat16 (of `ml_dtypes`) or int8,
        one type for both.
    threshold : float, optional
        The threshold r: a document is retrieved if its score exceeds r; a number that float64
        holds. None: the row notion only, or a threshold still to be found.
    notion : {"global", "row"}
        What the embedding is meant to achieve: one threshold for all queries, or a ranking with
        S(q) on top for every query.
    query_scale, document_scale : float or array_like of shape (n,) or (m,)
        A vector is its stored numbers times this scale: one for all rows, or one per row. Only
        int8 may have scales other than 1: positive numbers that float32 holds, so that vectors
        are exact in float64. Scales of at most 17 significant bits make them exact in float32,
        where certifying takes half the time.
    query_labels, document_labels : sequence of str, optional
        One label per row, by which rows are found wherever a target has labels too. Default: the
        row numbers as text, which identify nothing: the rows are then in the order of the target.
    construction : str
        Name of the construction that made it.
    parameters : dict
        Options of the construction, the seed included; JSON values only.
    promise : dict
        What the theorem behind the construction promises: `dim`, `margin` (normalized, in exact
        arithmetic, before rounding to the stored type; None if nothing is promised), `theorem`.
    source_sha256 : str, optional
        Digest of the hierarchy it was made from, if any.
    basis : {"theorem", "chance", "descent", "certificate"}, optional
        Why it was expected to hold when it was made: a theorem promises it for the stored numbers,
        it is likely of random directions, descent arrived there, or nothing is known but what a
        certificate says. Default: not stated. A record of how the vectors were made; whether they
        hold is for a certificate to say.

    Raises
    ------
    ShapeError
        If the arrays do not fit each other, or are not of a stored type; if `notion` or `basis`
        is none of its values; if the threshold is no number, or one that float64 would round.
    NotFiniteError
        If a number is NaN or infinite; the message says where.

    Examples
    --------
    >>> e = DualEmbedding([[2.0, -1.0]], [[1.0, 0.0], [0.0, 1.0]], threshold=0.0)
    >>> e.queries @ e.documents.T > e.threshold
    array([[ True, False]])
    """

    queries: NDArray[Any]
    documents: NDArray[Any]
    threshold: float | None = None
    notion: Notion = "global"
    query_scale: Scale = 1.0
    document_scale: Scale = 1.0
    query_labels: tuple[str, ...] = ()
    document_labels: tuple[str, ...] = ()
    construction: str = "given"
    parameters: dict[str, Any] = field(default_factory=dict)
    promise: dict[str, Any] = field(default_factory=dict)
    source_sha256: str | None = None
    basis: Basis | None = None

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "queries", as_rows(self.queries, "queries"))
        set_(self, "documents", as_rows(self.documents, "documents"))
        q, x = self.queries, self.documents
        if q.shape[1] != x.shape[1]:
            raise ShapeError(
                f"queries and documents must share dimension d: got queries {q.shape}, "
                f"documents {x.shape}"
            )
        if q.dtype != x.dtype:
            raise ShapeError(
                f"queries and documents must share a stored type: got {q.dtype} and {x.dtype}"
            )
        if self.notion not in ("global", "row"):
            raise ShapeError(f"notion must be 'global' or 'row': got {self.notion!r}")
        if self.basis is not None and self.basis not in BASES:
            raise ShapeError(f"basis must be one of {', '.join(BASES)}: got {self.basis!r}")
        set_(self, "threshold", as_threshold(self.threshold))
        set_(self, "query_scale", as_scale(self.query_scale, q, "query_scale"))
        set_(self, "document_scale", as_scale(self.document_scale, x, "document_scale"))
        set_(self, "query_labels", as_text(self.query_labels, len(q), "query_labels"))
        set_(self, "document_labels", as_text(self.document_labels, len(x), "document_labels"))
        with self._guarded():
            self._check_finite()
        self._freeze()

    def _guarded(self) -> AbstractContextManager[None]:
        """Return what makes a mapped file that shrinks an error (see `hrgeom._base.mapped`)."""
        return guarded(self.queries, self.documents)

    def _freeze(self) -> None:
        """Make the arrays read-only: the digests and certificates speak of these numbers."""
        for name in ("queries", "documents", "query_scale", "document_scale"):
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                value = value.view()
                value.flags.writeable = False
                object.__setattr__(self, name, value)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._freeze()

    def _check_finite(self) -> None:
        for name, rows, labels in (
            ("queries", self.queries, self.query_labels),
            ("documents", self.documents, self.document_labels),
        ):
            if rows.dtype == np.int8:
                continue
            for start in range(0, len(rows), 4096):
                with np.errstate(invalid="ignore"):  # a signalling NaN is seen all the same
                    finite = np.isfinite(rows[start : start + 4096])
                if not finite.all():
                    row, column = np.argwhere(~finite)[0]
                    row += start
                    raise NotFiniteError(
                        f"{name} must be finite: got {rows[row, column]} at row {row} "
                        f"({labels[row]!r}), column {column}"
                    )

    @property
    def n_queries(self) -> int:
        """Number of query vectors n."""
        return len(self.queries)

    @property
    def n_documents(self) -> int:
        """Number of document vectors m."""
        return len(self.documents)

    @property
    def dim(self) -> int:
        """Dimension d."""
        return int(self.queries.shape[1])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The stored type."""
        return self.queries.dtype

    @property
    def bits_per_vector(self) -> int:
        """Bits of one stored vector, including its scale if either side has one per row."""
        per_row = np.ndim(self.query_scale) or np.ndim(self.document_scale)
        return self.dim * self.dtype.itemsize * 8 + (32 if per_row else 0)

    def made_for(self, target: object) -> DualEmbedding:
        """Return this embedding with the digest of the hierarchy it was made for.

        Parameters
        ----------
        target : Hierarchy, Relevance or Judgments
            What it was made for; one without a digest gives None.

        Returns
        -------
        embedding : DualEmbedding
            A copy that shares the arrays.
        """
        return replace(self, source_sha256=getattr(target, "sha256", None))

    def aligned_to(
        self, target: Target, *, rows: RowRule | None = None, name: str = "the embedding"
    ) -> DualEmbedding:
        """Return this embedding with the rows of a target, in its order and under its labels.

        Parameters
        ----------
        target : Hierarchy, Relevance or Judgments
            Whose labels the rows are to have. Rows that it does not ask for are left out.
        rows : {"labels", "order"}, optional
            "order": the rows are in the order of the target, whatever their labels. "labels": rows
            without labels have their numbers, from 0, for labels. Default: labels count; where
            none were given, the order, unless the labels of the target are numbers in another
            order, which is an error.
        name : str
            What to call the embedding in messages.

        Returns
        -------
        embedding : DualEmbedding
            The same numbers and scales; this very embedding where nothing is to be changed.

        Raises
        ------
        ShapeError
            If a label has no row or two, numbers of rows differ, or `rows` must be said.

        Examples
        --------
        >>> relevance = Relevance.from_judgments([("dog", "dog"), ("cat", "cat")])
        >>> rows, names = [[1.0], [2.0]], ("cat", "dog")
        >>> e = DualEmbedding(rows, rows, query_labels=names, document_labels=names)
        >>> e.aligned_to(relevance).queries.tolist()
        [[2.0], [1.0]]
        """
        changed: dict[str, Any] = {}
        sides = zip(
            ("query", "document"), ("queries", "documents"), target_labels(target), strict=True
        )
        for side, what, theirs in sides:
            mine = getattr(self, f"{side}_labels")
            places = row_places(mine, theirs, f"{what} of {name}", rows=rows)
            if places is not None:
                scale = getattr(self, f"{side}_scale")
                with self._guarded():
                    changed[what] = getattr(self, what)[places]
                changed[f"{side}_scale"] = scale[places] if np.ndim(scale) else scale
            if places is not None or mine != theirs:
                changed[f"{side}_labels"] = theirs
        return replace(self, **changed) if changed else self

    def values(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the vectors the stored numbers stand for, without rounding.

        Both arrays are float32, or both float64: for float64, and for int8 with a scale of more
        than 17 significant bits, whose products float32 does not hold.
        """
        if self.dtype == np.float64:
            return self.queries, self.documents
        scales = self.query_scale, self.document_scale
        work = np.float32 if all(map(keeps_to_float32, scales)) else np.float64
        queries, documents = (a.astype(work, copy=False) for a in (self.queries, self.documents))
        return scaled(queries, self.query_scale), scaled(documents, self.document_scale)

    def retrieve(
        self,
        query: str,
        *,
        n_documents: int | None = None,
        target: Target | None = None,
    ) -> Retrieval:
        """Return the documents retrieved for a query, by scores in float64.

        Parameters
        ----------
        query : str
            Label of a query; with a hierarchy as target also another label or a name of its node,
            as `Hierarchy.find` takes it.
        n_documents : int, optional
            Retrieve this many, those of highest score. Default: all above the threshold; without
            a threshold, as many as the target says.
        target : Hierarchy, Relevance or Judgments, optional
            What should be retrieved, to tell right from wrong. Rows are put in its order by their
            labels; those without labels have those of the target.

        Returns
        -------
        retrieval : Retrieval
            Observed: no bound on rounding, ties in the order of the rows. `print` shows it.

        Raises
        ------
        HierarchyError
            If no query has this label, with the nearest there are.
        ShapeError
            If the embedding does not fit the target, or nothing says how many to retrieve.

        Examples
        --------
        >>> e = DualEmbedding(
        ...     [[1.0, 0.5]], [[1.0, 0.0], [-1.0, 0.0], [0.5, 1.0]], threshold=0.0,
        ...     query_labels=("dog",), document_labels=("animal", "plant", "pet"),
        ... )
        >>> e.retrieve("dog").documents
        ('animal', 'pet')
        """
        relevance = None if target is None else as_relevance(target)
        embedding = self if relevance is None else fitted(self, relevance)
        label, names = query_of(query, embedding.query_labels, target)
        row = embedding.query_labels.index(label)
        matches = None if relevance is None else frozenset(relevance.matches(row).tolist())
        with embedding._guarded():
            queries, documents = embedding.values()
            scores = documents.astype(np.float64) @ queries[row].astype(np.float64)
        return best_documents(
            scores,
            embedding.document_labels,
            label,
            threshold=self.threshold,
            n_documents=n_documents,
            matches=matches,
            names=names,
            asked=query if query != label else None,
            levels=target.levels if isinstance(target, Hierarchy) else None,
        )

    @property
    def sha256(self) -> dict[str, str]:
        """Digests of the two stored arrays, and of scales other than 1: type, shape, numbers.

        They are computed at every call, from the numbers as they are then: whoever owns the
        memory or the file that the arrays look into may have changed them.
        """
        return self.digests()

    def digests(self, *, threads: int = 1) -> dict[str, str]:
        """Return what `sha256` is, by several threads.

        Parameters
        ----------
        threads : int
            More than one: both sides at the same time.

        Returns
        -------
        digests : dict of str
            For "queries" and "documents", and for "query_scales" and "document_scales" where they
            are not 1: SHA-256 in hexadecimal digits.
        """
        given = {"queries": self.queries, "documents": self.documents}
        for name in ("query_scale", "document_scale"):
            scale = getattr(self, name)
            if np.ndim(scale) or scale != 1:
                given[f"{name}s"] = np.asarray(scale, dtype=np.float32)
        with self._guarded():
            return dict(zip(given, digests_of(list(given.values()), threads), strict=True))

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        level = "none" if self.threshold is None else f"{self.threshold:.9g}"
        return html_table(
            f"Embedding by {self.construction}",
            [
                ("queries", self.n_queries),
                ("documents", self.n_documents),
                ("dimension", self.dim),
                ("stored type", self.dtype),
                ("notion", self.notion),
                ("basis", self.basis or "not stated"),
                ("threshold", level),
                ("bits per vector", self.bits_per_vector),
            ],
        )

    def __repr__(self) -> str:
        return (
            f"DualEmbedding({self.construction}: {self.n_queries} queries, "
            f"{self.n_documents} documents, d = {self.dim}, {self.dtype})"
        )


def fitted(embedding: DualEmbedding, relevance: Relevance) -> DualEmbedding:
    """Return an embedding with its rows in the order of a relevance, all of them needed.

    Parameters
    ----------
    embedding : DualEmbedding
        Its labels say which row is which; without labels of its own the rows count, where the
        labels of the relevance leave no doubt.
    relevance : Relevance
        Which documents each query matches.

    Returns
    -------
    embedding : DualEmbedding
        The same one where nothing is to be moved.

    Raises
    ------
    ShapeError
        If numbers of rows differ, a label has no row (the message names some), rows without
        labels could be in two orders, or the first argument is no embedding.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}], n_documents=1)
    >>> e = DualEmbedding([[1.0]], [[1.0]])
    >>> fitted(e, r) is e
    True
    """
    as_embedding(embedding)
    for what, mine, theirs in (
        ("queries", embedding.query_labels, relevance.query_labels),
        ("documents", embedding.document_labels, relevance.document_labels),
    ):
        if len(mine) != len(theirs):
            raise ShapeError(
                f"the embedding must have one row per node: got {len(mine)} {what} "
                f"for {len(theirs)}{_surplus(mine, theirs)}"
            )
    return embedding.aligned_to(relevance)


def _surplus(mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    """Name a label without a row, or a row that is not needed, if there are labels."""
    if isinstance(mine, RowNumbers) or isinstance(theirs, RowNumbers):
        return ""
    missing = next((label for label in theirs if label not in set(mine)), None)
    if missing is not None:
        return f", none for {missing!r}"
    more = next(label for label in mine if label not in set(theirs))
    return f", one for {more!r}; aligned_to takes the rows that are needed"


def as_embedding(given: object) -> DualEmbedding:
    """Return an embedding as it is; whatever else is given is an error that says what to take.

    Parameters
    ----------
    given : object
        What a caller takes for an embedding.

    Returns
    -------
    embedding : DualEmbedding
        The very same.

    Raises
    ------
    ShapeError
        If it is something else.

    Examples
    --------
    >>> e = DualEmbedding([[1.0]], [[1.0]])
    >>> as_embedding(e) is e
    True
    """
    if not isinstance(given, DualEmbedding):
        advice = "; take its `embedding`" if hasattr(given, "embedding") else ""
        raise ShapeError(f"embedding must be a DualEmbedding: got a {type(given).__name__}{advice}")
    return given
