"""Data inside a page: deflated and in base64, or as JSON that no parser of HTML can leave."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.json_text import json_value
from hrgeom.core import Hierarchy

__all__ = ["deflated", "packed_hierarchy", "packed_numbers", "script_json"]


def script_json(data: Any) -> str:
    """Return JSON for a `script` element: in ASCII, without a sign that HTML takes for markup."""
    text = json.dumps(json_value(data), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def deflated(data: bytes, level: int = 9) -> str:
    """Return bytes deflated (zlib, RFC 1950) and in base64."""
    return base64.b64encode(zlib.compress(data, level)).decode("ascii")


def packed_numbers(numbers: NDArray[Any]) -> str:
    """Return the bytes of an array, little end first, in base64; vectors do not deflate."""
    little = numbers.astype(numbers.dtype.newbyteorder("<"), order="C", copy=False)
    return base64.b64encode(little.tobytes()).decode("ascii")


def packed_hierarchy(hierarchy: Hierarchy) -> dict[str, Any]:
    """Return a hierarchy for the explorer.

    Labels are a JSON list, deflated. Of every node, in their order, there is the number of its
    parents in a byte (or, from 255 up, four), and of all edges the parent minus the one before.
    """
    counts = np.diff(hierarchy.parent_indptr)
    small = bool(counts.max(initial=0) < 255)
    steps = np.diff(hierarchy.parent_indices.astype(np.int32), prepend=np.int32(0))
    packed: dict[str, Any] = {
        "n": hierarchy.n_nodes,
        "labels": _texts(hierarchy.labels),
        "counts": deflated(counts.astype("<u1" if small else "<i4").tobytes()),
        "counts_bytes": 1 if small else 4,
        "parents": deflated(steps.astype("<i4").tobytes()),
    }
    if hierarchy.names != hierarchy.labels:
        packed["names"] = _texts(hierarchy.names)
    if hierarchy.other_labels:
        packed["others"] = _texts([*hierarchy.other_labels])
        nodes = np.fromiter(hierarchy.other_labels.values(), dtype="<i4")
        packed["other_nodes"] = deflated(nodes.tobytes())
    return packed


def _texts(texts: Any) -> str:
    return deflated(json.dumps(list(texts), ensure_ascii=True, separators=(",", ":")).encode())
