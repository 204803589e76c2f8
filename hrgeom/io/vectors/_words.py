"""Vectors of texts from vectors of words: their means, and how many words have none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Relevance, Remark
from hrgeom.errors import NotFiniteError, ShapeError
from hrgeom.io.vectors._alignment import Vectors

__all__ = ["vectors_of_words"]

Found = tuple[list[int], list[str]]
"""Rows of the words of a text, and its words without one."""


def vectors_of_words(
    keys: Sequence[str],
    rows: NDArray[np.floating],
    texts: tuple[Sequence[str], Sequence[str]],
    relevance: Relevance,
    source: str,
) -> Vectors:
    """Return the mean vector of the words of every text, for vectors whose keys are words.

    A text that is a key as a whole, its spaces as underscores or not, has that key's vector. Words
    are looked up as they stand, then in lower case; words without a vector are left out, and a
    remark counts them.

    Parameters
    ----------
    keys : sequence of str
        Words.
    rows : ndarray, shape (N, d)
        Their vectors.
    texts : pair of sequence of str
        Texts of the queries and of the documents, in the order of `relevance`.
    relevance : Relevance
        Whose labels the vectors are to have.
    source : str
        What to call the vectors in messages.

    Returns
    -------
    vectors : Vectors
        One row per text under its label, in the stored type of `rows`; a remark
        "words-without-vector" if words were left out.

    Raises
    ------
    ShapeError
        If a text has no word with a vector.
    NotFiniteError
        If a vector that is used is not finite.

    Examples
    --------
    >>> relevance = Relevance.from_sets([{0}], n_documents=1)
    >>> rows = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> texts = ["guide dog"], ["old dog"]
    >>> found = vectors_of_words(["guide", "dog"], rows, texts, relevance, "it")
    >>> found.queries.tolist()
    [[0.5, 0.5]]
    >>> print(*found.remarks)
    1 of 4 words have no vector and are left out, in 1 of 2 texts, such as 'old' of 'old dog'
    """
    find = _finder(keys)
    same = relevance.query_labels == relevance.document_labels and list(texts[0]) == list(texts[1])
    looked_up = [[find(text) for text in side] for side in (texts[:1] if same else texts)]
    labels = relevance.query_labels, relevance.document_labels
    sides = [
        _means(rows, found, texts[i], labels[i], f"{('queries', 'documents')[i]} of {source}")
        for i, found in enumerate(looked_up)
    ]
    counted = list(zip(texts[0], looked_up[0], strict=True))
    if not same:
        counted += zip(texts[1], looked_up[1], strict=True)
    return Vectors(sides[0], sides[-1], *labels, source, remarks=_remarks(counted))


def _finder(keys: Sequence[str]) -> Callable[[str], Found]:
    place = {key: row for row, key in reversed(list(enumerate(keys)))}

    def find(text: str) -> Found:
        for whole in (text, text.replace(" ", "_")):
            if whole in place:
                return [place[whole]], []
        words = [(word, place.get(word, place.get(word.lower()))) for word in text.split()]
        return (
            [row for _, row in words if row is not None],
            [word for word, row in words if row is None],
        )

    return find


def _means(
    rows: NDArray[np.floating],
    found: Sequence[Found],
    texts: Sequence[str],
    labels: Sequence[str],
    name: str,
) -> NDArray[np.floating]:
    missing = [i for i, (numbers, _) in enumerate(found) if not numbers]
    if missing:
        i = missing[0]
        raise ShapeError(
            f"{name} must have a word with a vector in every text: got none for "
            f"{len(missing):,} of {len(texts):,}, {texts[i]!r} ({labels[i]!r}) first"
        )
    means = np.stack([rows[numbers].mean(axis=0, dtype=np.float64) for numbers, _ in found])
    wrong = np.flatnonzero(~np.isfinite(means).all(axis=1))
    if len(wrong):
        i = int(wrong[0])
        raise NotFiniteError(
            f"{name} must be finite: got NaN or infinity at row {i} ({labels[i]!r})"
        )
    return means.astype(rows.dtype)


def _remarks(counted: Sequence[tuple[str, Found]]) -> tuple[Remark, ...]:
    partial = [(text, without) for text, (_, without) in counted if without]
    if not partial:
        return ()
    n_without = sum(len(without) for _, without in partial)
    n_words = n_without + sum(len(numbers) for _, (numbers, _) in counted)
    text, without = partial[0]
    return (
        Remark(
            "words-without-vector",
            f"{n_without:,} of {n_words:,} words have no vector and are left out, in "
            f"{len(partial):,} of {len(counted):,} texts, such as {without[0]!r} of {text!r}",
            n_without,
        ),
    )
