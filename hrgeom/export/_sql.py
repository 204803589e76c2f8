"""Queries that are SQL: their text, its statements, and tables of labels and vectors."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hrgeom.export._interface import Handover, Query
from hrgeom.export._units import Units
from hrgeom.io import Vectors

__all__ = ["as_vectors", "example_label", "prepared_query", "quoted", "statements"]

_PREPARED = """-- The documents of a query: all that score above {score}, and no others.
-- {function} is {units}, and the rule {units} {comparison} {threshold}: a range, not a top k.
PREPARE retrieve{parameters} AS
SELECT d.label, {expression} AS distance
FROM documents AS d, queries AS q
WHERE q.label = $1 AND {expression} {comparison} {threshold}
ORDER BY distance;

EXECUTE retrieve({example});
"""


def prepared_query(
    handover: Handover, units: Units, *, function: str, expression: str, parameters: str = ""
) -> Query:
    """Return a prepared statement, and its execution for the first query.

    Parameters
    ----------
    handover : Handover
        Its threshold and the label of its first query stand in the text.
    units : Units
        What the engine returns.
    function : str
        What to call the distance in the comment.
    expression : str
        The distance of `d` and `q`.
    parameters : str
        Types of the parameters, in parentheses.
    """
    text = _PREPARED.format(
        score=repr(handover.threshold + 0.0),
        function=function,
        units=units.name,
        comparison=units.comparison,
        threshold=units.threshold(handover.threshold),
        parameters=parameters,
        expression=expression,
        example=quoted(example_label(handover)),
    )
    return Query("sql", text)


def example_label(handover: Handover) -> str:
    """Return the label of a query that stands on one line, or the first."""
    labels = handover.embedding.query_labels
    return next((label for label in labels if label.isprintable()), labels[0])


def quoted(text: str) -> str:
    """Return text as a literal of SQL.

    >>> quoted("dog's")
    "'dog''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def statements(text: str) -> list[str]:
    """Return the statements of a file, without comments; each ends a line with its semicolon.

    >>> statements("-- one;\\nSELECT 1;\\n\\nSELECT ';';\\n")
    ['SELECT 1', "SELECT ';'"]
    """
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [part.strip() for part in "\n".join([*lines, ""]).split(";\n") if part.strip()]


def as_vectors(
    queries: Iterable[tuple[str, NDArray[np.floating]]],
    documents: Iterable[tuple[str, NDArray[np.floating]]],
) -> Vectors:
    """Return the rows of two tables of labels and vectors."""
    (query_labels, q), (document_labels, x) = (
        zip(*rows, strict=True) for rows in (queries, documents)
    )
    return Vectors(np.array(q), np.array(x), query_labels, document_labels)
