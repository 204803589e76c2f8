"""Whether what a file states has the types of the fields of a dataclass."""

from __future__ import annotations

from dataclasses import fields
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hrgeom._base.floats import is_float
from hrgeom.errors import FormatError

__all__ = ["check_field_types"]


def check_field_types(value: Any, what: str) -> None:
    """Raise FormatError unless every field of a dataclass holds what its annotation says.

    Whole numbers are not negative and below 2^63; other numbers are finite and held by float64.

    Parameters
    ----------
    value : dataclass
        What was made of a file.
    what : str
        What to call it in messages.
    """
    hints = get_type_hints(type(value))
    for field in fields(value):
        held = getattr(value, field.name)
        if not _fits(held, hints[field.name]):
            raise FormatError(
                f"{field.name} of {what} must be {_said(field.type)}: got {_shown(held)}"
            )


def _fits(held: Any, hint: Any) -> bool:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(_fits(held, choice) for choice in get_args(hint))
    if origin is Literal:
        return isinstance(held, str) and held in get_args(hint)
    if origin is dict:
        of_keys, of_values = get_args(hint)
        return isinstance(held, dict) and all(
            _fits(key, of_keys) and _fits(each, of_values) for key, each in held.items()
        )
    if hint is int:
        return type(held) is int and 0 <= held < 2**63
    if hint is float:
        return is_float(held)
    return isinstance(held, hint)


def _said(annotation: Any) -> str:
    names = {"int": "a whole number", "float": "a finite number that float64 holds", "str": "text"}
    text = str(annotation)
    return " or ".join(names.get(part, part) for part in text.split(" | "))


def _shown(held: Any) -> str:
    try:
        text = repr(held)
    except (RecursionError, ValueError):
        return f"a {type(held).__name__}"
    return text if len(text) <= 100 else f"{text[:90]}..."
