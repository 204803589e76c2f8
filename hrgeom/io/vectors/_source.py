"""The hierarchy or the judgments that an embedding was made for, kept in its folder.

A folder that has its own copy says by itself what it is to be checked against: no path of the
machine that wrote it is needed, and none is followed on the machine that reads it. The copy is JSON
compressed by gzip, with all labels in their order.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from hrgeom.core import Hierarchy
from hrgeom.io.hierarchies import hierarchy_formats
from hrgeom.io.judgments import Judgments

__all__ = ["JUDGMENTS", "KEPT", "file_inside", "kept_source"]

JUDGMENTS = "judgements:"
"""In front of the file of judgments where `embedding.json` names what it was made for."""
_HIERARCHY_FILE, _JUDGMENTS_FILE = "hierarchy.json.gz", "judgments.jsonl.gz"
KEPT = (_HIERARCHY_FILE, JUDGMENTS + _JUDGMENTS_FILE)
"""What `embedding.json` states as its source where the folder has a copy."""
_LEVEL = 6  # of compression: twice as fast as the highest, 2 % larger


def kept_source(target: Hierarchy | Judgments) -> tuple[str, bytes]:
    """Return the name of the file for a copy of a target, and its content.

    Examples
    --------
    >>> kept_source(Hierarchy(["animal", "dog"], [(1, 0)]))[0]
    'hierarchy.json.gz'
    """
    if isinstance(target, Judgments):
        lines = (json.dumps(row) for row in _rows(target))
        name, text = _JUDGMENTS_FILE, "".join(f"{line}\n" for line in lines)
    else:
        entry = next(entry for entry in hierarchy_formats() if entry.name == "json")
        assert entry.write is not None
        name, text = _HIERARCHY_FILE, entry.write(target)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:  # half a character, for which JSON has an escape
        data = json.dumps(json.loads(text)).encode("ascii")
    return name, gzip.compress(data, _LEVEL, mtime=0)


def _rows(judgments: Judgments) -> Iterator[dict[str, str | int]]:
    """Yield judgments of which a reader finds all labels in their order, and the same matches.

    The first ones go down both lists of labels at once, whether they match or not.
    """
    names = "query-id", "corpus-id"
    matches = set(judgments.pairs)
    told = dict.fromkeys(_down(judgments.queries, judgments.documents))
    for pair in (*told, *(pair for pair in judgments.pairs if pair not in told)):
        yield {**dict(zip(names, pair, strict=True)), "score": int(pair in matches)}


def _down(one: tuple[str, ...], other: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return (
        (one[min(i, len(one) - 1)], other[min(i, len(other) - 1)])
        for i in range(max(len(one), len(other)))
    )


def file_inside(folder: Path, name: str) -> Path | None:
    """Return the regular file of a folder that has this name; None if it leads out of it.

    Examples
    --------
    >>> file_inside(Path("x.emb"), "/etc/passwd") is None
    True
    """
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError, RuntimeError):  # endless links, null characters
        return None
    return path if inside else None
