"""What an export says of itself, for people."""

from __future__ import annotations

from hrgeom.export._check import Check
from hrgeom.export._interface import ExportTarget, Handover, Query

__all__ = ["readme"]

_README = """# Vectors of a hierarchy: {name}

{summary}. {n_queries:,} queries, {n_documents:,} documents, d = {dim}, {dtype}.{settings}

A query retrieves every document whose inner product s with it exceeds the threshold {score}: a
range, not a top k. The engine returns {units}; in its units the rule is

    {units} {comparison} {threshold}
{leaves}{query}
## The check

{check}
"""
_LEAVES = """
{n:,} documents are not here: each is retrieved only by the query of the same label, so that none
has to be looked for. The answer to a query is what is returned and, if it is one of these, its own
document.
"""
_QUERY = """
## The query

`{file}`{run}:

```{language}
{text}```
"""
_NOT_CHECKED = "Not checked: {why}."
_READ_BACK = "Read back, and the same."


def readme(
    entry: ExportTarget, handover: Handover, query: Query | None, found: Check | None
) -> str:
    """Return the README of an export."""
    e = handover.embedding
    return _README.format(
        name=entry.name,
        summary=entry.summary,
        n_queries=e.n_queries,
        n_documents=e.n_documents,
        dim=e.dim,
        dtype=e.dtype,
        settings="".join(f" {name} = {n}." for name, n in handover.options.items() if n),
        score=repr(handover.score_threshold + 0.0),
        units=entry.units.name,
        comparison=entry.units.comparison,
        threshold=entry.units.threshold(handover.threshold),
        leaves=_of_leaves(handover),
        query=_of_query(query, found),
        check=_of_check(entry, found),
    )


def _of_leaves(handover: Handover) -> str:
    n = handover.n_leaves_out
    return _LEAVES.format(n=n) if n else ""


def _of_query(query: Query | None, found: Check | None) -> str:
    if query is None:
        return ""
    run = "" if found is None else ", as it was run for the check"
    return _QUERY.format(file=query.file_name, run=run, language=query.language, text=query.text)


def _of_check(entry: ExportTarget, found: Check | None) -> str:
    if found is not None:
        return f"```text\n{found}\n```"
    if entry.verify is not None:
        return _READ_BACK
    why = "not asked for" if entry.open is not None else "the engine does not run here"
    return _NOT_CHECKED.format(why=why)
