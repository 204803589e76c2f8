"""The hierarchy or the judgments that an embedding was made for, kept in its folder.

A folder that has its own copy says by itself what it is to be checked against: no path of the
machine that wrote it is needed, and none is followed on the machine that reads it. The copy is JSON
compressed by gzip, with all labels in their order.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hrgeom.core import Hierarchy
from hrgeom.io.hierarchies import hierarchy_formats
from hrgeom.io.judgments import Judgments

__all__ = ["RecordedSource", "kept_source"]

_JUDGMENTS = "judgements:"  # in front of the file of judgments; a hierarchy has nothing in front
_HIERARCHY_FILE, _JUDGMENTS_FILE = "hierarchy.json.gz", "judgments.jsonl.gz"
_LEVEL = 6  # of compression: twice as fast as the highest, 2 % larger


@dataclass(frozen=True)
class RecordedSource:
    """What an embedding was made for, as `embedding.json` names it.

    Parameters
    ----------
    name : str
        A file of the embedding folder, or a bundled hierarchy.
    is_judgments : bool
        Whether these are judgments, not a hierarchy.

    Examples
    --------
    >>> RecordedSource("qrels.tsv", is_judgments=True).record
    'judgements:qrels.tsv'
    >>> RecordedSource.of("hierarchy.json.gz").is_copy
    True
    """

    name: str
    is_judgments: bool = False

    @classmethod
    def of(cls, record: str) -> RecordedSource:
        """Return what a record names.

        Parameters
        ----------
        record : str
            The field `tree` of an `embedding.json`.

        Returns
        -------
        source : RecordedSource
            Whatever it is; nothing is looked up.
        """
        name = record.removeprefix(_JUDGMENTS)
        return cls(name, is_judgments=name != record)

    @property
    def record(self) -> str:
        """The field `tree` of an `embedding.json`."""
        return f"{_JUDGMENTS}{self.name}" if self.is_judgments else self.name

    @property
    def is_copy(self) -> bool:
        """Whether it is the copy that hrgeom keeps, in a form of its own."""
        return self.name == (_JUDGMENTS_FILE if self.is_judgments else _HIERARCHY_FILE)

    @property
    def format(self) -> str | None:
        """Name of the format of the copy; None for any other file, whose content tells it."""
        return None if not self.is_copy else "jsonl" if self.is_judgments else "json"

    def path_in(self, folder: str | os.PathLike[str]) -> Path | None:
        """Return the regular file of a folder that has this name; None if it leads out of it.

        Parameters
        ----------
        folder : path
            The embedding folder.

        Returns
        -------
        path : Path or None
            All links followed.
        """
        try:
            path = (Path(folder) / self.name).resolve()
            inside = path.is_relative_to(Path(folder).resolve()) and path.is_file()
        except (OSError, ValueError, RuntimeError):  # endless links, null characters
            return None
        return path if inside else None


def kept_source(target: Hierarchy | Judgments) -> tuple[RecordedSource, bytes]:
    """Return what to record of a copy of a target, and the content of its file.

    Examples
    --------
    >>> kept_source(Hierarchy(["animal", "dog"], [(1, 0)]))[0].name
    'hierarchy.json.gz'
    """
    if isinstance(target, Judgments):
        lines = (json.dumps(row) for row in _rows(target))
        source = RecordedSource(_JUDGMENTS_FILE, is_judgments=True)
        text = "".join(f"{line}\n" for line in lines)
    else:
        entry = next(entry for entry in hierarchy_formats() if entry.name == "json")
        assert entry.write is not None
        source, text = RecordedSource(_HIERARCHY_FILE), entry.write(target)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:  # half a character, for which JSON has an escape
        data = json.dumps(json.loads(text)).encode("ascii")
    return source, gzip.compress(data, _LEVEL, mtime=0)


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
