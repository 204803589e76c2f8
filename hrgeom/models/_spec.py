"""How the command line names a model: SOURCE[,OPTION=VALUE]..., taken apart."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from hrgeom.errors import FormatError
from hrgeom.io.vectors import SCORES, ModelScore

__all__ = ["OPTIONS", "parsed_spec", "score_of", "whole_number"]

OPTIONS: dict[str, str] = {
    "name": "what to call the model",
    "format": "of a file, if its content does not tell",
    "score": "dot, cosine or poincare",
    "labels": "file of labels of the rows, one per line",
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

_SPLIT = re.compile(rf",(?=(?:{'|'.join(OPTIONS)})=)")


def parsed_spec(spec: str) -> tuple[str, dict[str, str]]:
    """Return the source and the options of a model.

    Raises
    ------
    FormatError
        If there is no source, or an option is unknown, comes twice or has no value.
    """
    source, *pairs = _SPLIT.split(spec)
    options: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name in options or not value:
            raise FormatError(f"an option must come once, with a value: got {pair!r} in {spec!r}")
        options[name] = value
    if not source:
        raise FormatError(f"a model must have a source before its options: got {spec!r}")
    if "=" in source and not os.path.exists(source):
        raise FormatError(f"options of a model must be among {', '.join(OPTIONS)}: got {source!r}")
    return source, options


def score_of(options: Mapping[str, str]) -> ModelScore:
    """Return how the model means its scores."""
    given = options.get("score", "dot")
    for score in SCORES:
        if given == score:
            return score
    raise FormatError(f"score must be one of {', '.join(SCORES)}: got {given!r}")


def whole_number(options: Mapping[str, str], name: str) -> int | None:
    """Return an option that is a whole number of at least 0; None if it is not given."""
    text = options.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise FormatError(f"{name} must be a whole number: got {text!r}")
    return int(text)
