"""JSON text, read strictly: no repeated keys, errors with line and column; and what it can hold."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from hrgeom.errors import FormatError

__all__ = ["json_value", "parse_json"]


def parse_json(text: str, *, first_line: int = 1, flat: str = "") -> Any:
    """Return the value of a JSON text in which no object repeats a key.

    Parameters
    ----------
    text : str
    first_line : int
        Number of the first line in messages.
    flat : str
        A form that nests less, for the message about JSON that nests too deeply.

    Raises
    ------
    FormatError
        With line and column if the text is not JSON; if it nests too deeply for Python's parser;
        if an object repeats a key, which a plain parser would resolve silently.

    Examples
    --------
    >>> parse_json('{"dog": ["animal"]}')
    {'dog': ['animal']}
    """
    try:
        return json.loads(text, object_pairs_hook=_object_without_repeats)
    except json.JSONDecodeError as error:
        line = error.lineno + first_line - 1
        raise FormatError(
            f"text must be JSON: got {error.msg!r} at line {line} column {error.colno}"
        ) from error
    except RecursionError as error:
        raise FormatError(
            "JSON must not nest so deeply that Python's parser gives up (about a thousand levels)"
            + (f"; write it as {flat}" if flat else "")
        ) from error
    except FormatError:
        raise
    except ValueError as error:  # an integer with thousands of digits
        raise FormatError(f"text must be JSON: got {error}") from error


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise FormatError(f"keys of a JSON object must be distinct: got {key!r} twice")
            seen.add(key)
    return result


def json_value(value: Any) -> Any:
    """Return a value as JSON holds it: no scalars or arrays of NumPy, null for NaN and infinity.

    Examples
    --------
    >>> json_value({"holds": np.bool_(True), "margins": np.array([0.5, np.inf]), 3: ("a", None)})
    {'holds': True, 'margins': [0.5, None], '3': ['a', None]}
    """
    if isinstance(value, Mapping):
        return {str(key): json_value(held) for key, held in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return json_value(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [json_value(held) for held in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
