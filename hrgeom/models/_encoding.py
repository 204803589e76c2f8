"""Text encoders: what they return is checked, and equal texts are encoded once."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import FormatError, ShapeError

__all__ = ["Encoder", "encoded", "function_named"]

Encoder = Callable[[list[str]], Any]
"""A function from texts to an array with one row per text."""


def encoded(encode: Encoder, texts: Sequence[str], source: str) -> NDArray[Any]:
    """Return a row for every text; equal texts have equal rows, bit for bit.

    Encoders that work on batches round a text differently from batch to batch, so each text is
    given to them once.

    Raises
    ------
    ShapeError
        If the encoder does not return a matrix of floats with a row for each text.
    """
    distinct = list(dict.fromkeys(texts))
    rows = np.asarray(encode(distinct))
    if rows.ndim != 2 or len(rows) != len(distinct) or rows.dtype.kind not in "fiV":
        raise ShapeError(
            f"{source} must return a matrix of floats, one row for each of {len(distinct):,} "
            f"texts: got {rows.dtype}, shape {rows.shape}"
        )
    place = {text: row for row, text in enumerate(distinct)}
    spread: NDArray[Any] = rows[[place[text] for text in texts]]
    return spread


def function_named(name: str) -> Encoder:
    """Return the callable of a name MODULE:FUNCTION; the module must be importable.

    Raises
    ------
    FormatError
        If there is no such module or function.
    """
    module, colon, function = name.partition(":")
    if not colon or not module or not function:
        raise FormatError(f"a Python callable must be named MODULE:FUNCTION: got {name!r}")
    try:
        found: Any = importlib.import_module(module)
        for part in function.split("."):
            found = getattr(found, part)
    except (ModuleNotFoundError, AttributeError) as error:
        raise FormatError(
            f"a Python callable must be importable: got {name!r} ({error}); a module in a folder "
            "is found by PYTHONPATH"
        ) from None
    if not callable(found):
        raise FormatError(f"a Python callable must be callable: got {name!r}, {type(found)}")
    encoder: Encoder = found
    return encoder
