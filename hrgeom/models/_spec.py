"""How the command line names a model: SOURCE[,OPTION=VALUE]..., taken apart."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from hrgeom.core import ROW_RULES, RowRule
from hrgeom.errors import FormatError
from hrgeom.io.vectors import SCORES, ModelScore

__all__ = ["OPTIONS", "parsed_spec", "row_rule_of", "score_of", "whole_number"]

OPTIONS: dict[str, str] = {
    "name": "what to call the model",
    "format": "of a file, if its content does not tell",
    "score": "dot, cosine or poincare",
    "rows": "labels or order: which row is which, where labels leave a doubt",
    "labels": "file of labels of the rows, one per line, or array of labels in the file",
    "query_labels": "the same for the queries alone",
    "document_labels": "the same for the documents alone",
    "queries": "name of the array of the queries in the file",
    "documents": "name of the array of the documents; for .npy their file, for py: their encoder",
    "texts": "file of descriptions, label, tab, text",
    "query_prompt": "put before queries by st:",
    "document_prompt": "put before documents by st:",
    "dim": "dimensions, of wordllama and construction",
    "dtype": "stored type, of construction",
    "seed": "random seed, of construction",
}
"""Options of models, and what they mean."""

_PATHS = ("labels", "query_labels", "document_labels", "documents", "texts")
_SPLIT = re.compile(rf",(?=(?:{'|'.join(OPTIONS)})=)")


def parsed_spec(spec: str) -> tuple[str, dict[str, str]]:
    """Return the source and the options of a model.

    What exists as a file or folder is one, whatever signs its name has: of the source and of the
    options that name files the longest path that exists counts.

    Raises
    ------
    FormatError
        If there is no source, or an option is unknown, comes twice or has no value.
    """
    source, pieces = _longest_path(_SPLIT.split(spec))
    options: dict[str, str] = {}
    while pieces:
        name, _, value = pieces[0].partition("=")
        rest = pieces[1:]
        if name in _PATHS:
            value, rest = _longest_path([value, *rest])
        if name in options or not value:
            raise FormatError(
                f"an option must come once, with a value: got {pieces[0]!r} in {spec!r}"
            )
        options[name], pieces = value, rest
    if not source:
        raise FormatError(f"a model must have a source before its options: got {spec!r}")
    if "=" in source and not os.path.exists(source):
        raise FormatError(
            f"options of a model must be among {', '.join(OPTIONS)}, and a path must exist: got "
            f"{spec!r}"
        )
    return source, options


def _longest_path(pieces: list[str]) -> tuple[str, list[str]]:
    """Return the longest beginning of the pieces that exists as a path, and the pieces after it."""
    for n in range(len(pieces), 0, -1):
        path = ",".join(pieces[:n])
        if path and os.path.exists(path):
            return path, pieces[n:]
    return pieces[0], pieces[1:]


def score_of(options: Mapping[str, str]) -> ModelScore:
    """Return how the model means its scores."""
    given = options.get("score", "dot")
    for score in SCORES:
        if given == score:
            return score
    raise FormatError(f"score must be one of {', '.join(SCORES)}: got {given!r}")


def row_rule_of(options: Mapping[str, str]) -> RowRule | None:
    """Return what decides which row is which; None if nothing is said."""
    given = options.get("rows")
    for rule in ROW_RULES:
        if given == rule:
            return rule
    if given is None:
        return None
    raise FormatError(f"rows must be {' or '.join(ROW_RULES)}: got {given!r}")


def whole_number(options: Mapping[str, str], name: str) -> int | None:
    """Return an option that is a whole number of at least 0; None if it is not given."""
    text = options.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise FormatError(f"{name} must be a whole number: got {text!r}")
    return int(text)
