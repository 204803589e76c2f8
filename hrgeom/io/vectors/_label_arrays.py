"""Labels among the arrays of a file: which arrays they are, and their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.checks import RowNumbers
from hrgeom.errors import FormatError
from hrgeom.io.vectors._format import Wanted

__all__ = ["found_labels", "is_label_name", "label_text", "restored_labels"]

Labels = tuple[str, ...]

_NAMES = (
    *("labels", "label", "ids", "id", "names", "name", "words", "word", "keys", "key", "terms"),
    *("term", "nodes", "node", "objects", "entities", "entity", "concepts", "concept", "index"),
    *("tokens", "vocab", "vocabulary", "index_to_key", "node_ids", "synsets", "codes"),
)
_NAMES_OF_NUMBERS = ("labels", "label", "ids", "id", "nodes", "node_ids")
_SIDES = {
    "queries": ("query", "queries", "q"),
    "documents": ("document", "documents", "doc", "docs", "d", "passage", "p", "corpus", "item"),
}
_IDS = {"queries": ("qids", "qid"), "documents": ("dids", "pids", "docids", "docnos", "docid")}
_WHOLE_NAMES = {
    "queries": (*_IDS["queries"], "queries", "query", "questions"),
    "documents": (*_IDS["documents"], "documents", "docs", "passages", "corpus"),
}


def is_label_name(name: str, side: str | None = None) -> bool:
    """Return whether an array of this name has the labels of a side, or of both if none is said.

    Examples
    --------
    >>> is_label_name("Names"), is_label_name("doc_ids", "documents"), is_label_name("weights")
    (True, True, False)
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if side is None:
        return plain in _NAMES
    prefix, _, rest = plain.partition("_")
    return (prefix in _SIDES[side] and rest in _NAMES) or plain in _WHOLE_NAMES[side]


def label_text(array: NDArray[Any] | Sequence[Any], name: str, source: str) -> Labels:
    """Return labels as text: text as it is, bytes as UTF-8, whole numbers in digits.

    Raises
    ------
    FormatError
        If they are of another kind, such as floats, whose text is a matter of taste.
    """
    values = np.asarray(array)
    if values.dtype.kind in "US" or values.dtype.kind in "iu":
        flat = values.ravel().tolist()
        try:
            return tuple(v.decode("utf-8") if isinstance(v, bytes) else str(v) for v in flat)
        except UnicodeDecodeError as error:
            raise FormatError(f"labels {name!r} of {source} must be in UTF-8: {error}") from None
    first = values.ravel()[:1].tolist()
    raise FormatError(
        f"labels {name!r} of {source} must be text, bytes or whole numbers: got {values.dtype}"
        + (f", such as {first[0]!r}" if first else "")
        + "; save them as text, numpy.array(labels, dtype=str)"
    )


def found_labels(
    arrays: Mapping[str, NDArray[Any]], wanted: Wanted, source: str
) -> tuple[Labels | None, Labels | None, frozenset[str]]:
    """Return the labels of both sides, None where there are none, and the arrays they are in.

    Arrays with the usual names are labels, and so are arrays of text with another name if they
    hold labels that are wanted. Of several the one with most of those counts.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        All arrays of a file.
    wanted : Wanted
        Its `labels`, if it has them, are those that rows are wanted for.
    source : str
        What to call the file in messages.

    Raises
    ------
    FormatError
        If an array with a usual name holds what is no label.

    Examples
    --------
    >>> found_labels({"names": np.array(["dog"])}, Wanted(), "it")[:2]
    (('dog',), ('dog',))
    """
    texts: dict[str, Labels] = {}
    for name, array in arrays.items():
        is_text = array.dtype.kind in "US"
        is_list = array.ndim > 0 and max(array.shape) == array.size
        if name in wanted.label_arrays or (is_list and (is_text or _are_numbers(array, name))):
            texts[name] = label_text(array, name, source)
    sides = wanted.labels or ((), ())
    queries = wanted.label_arrays[0] or _best(texts, "queries", sides[0])
    documents = wanted.label_arrays[1] or _best(texts, "documents", sides[1])
    for asked in wanted.label_arrays:
        if asked is not None and asked not in texts:
            raise FormatError(
                f"{source} must hold the labels {asked!r}, and no file has that name: got "
                f"{', '.join(arrays)}"
            )
    used = frozenset(name for name in (queries, documents) if name is not None)
    return (
        None if queries is None else texts[queries],
        None if documents is None else texts[documents],
        used | frozenset(name for name in texts if arrays[name].dtype.kind in "US"),
    )


def _are_numbers(array: NDArray[Any], name: str) -> bool:
    """Return whether numbers are named as labels are: ids, or floats under a name of labels."""
    plain = name.lower()
    base = next((n for n in _NAMES_OF_NUMBERS if plain == n or plain.endswith(f"_{n}")), None)
    is_usual = base is not None and any(is_label_name(name, side) for side in (None, *_SIDES))
    is_whole_name = array.dtype.kind in "iu" and any(plain in names for names in _IDS.values())
    return array.ndim == 1 and (is_usual or is_whole_name)


def _best(texts: Mapping[str, Labels], side: str, wanted: Iterable[str]) -> str | None:
    """Return the name of the labels of a side: most of those wanted, then the usual names."""
    needed = frozenset(wanted)
    ranked = []
    for place, (name, labels) in enumerate(texts.items()):
        usual = 2 * is_label_name(name, side) or is_label_name(name)
        others = [other for other in _SIDES if other != side and is_label_name(name, other)]
        shared = len(needed.intersection(labels))
        if others or not (usual or shared):
            continue
        ranked.append((shared, int(usual), -place, name))
    return max(ranked)[-1] if ranked else None


def restored_labels(
    labels: Sequence[str] | None, side: str, numbered: Sequence[str] | None
) -> Labels | None:
    """Return labels of a file of hrgeom, told apart from mere numbers of the rows.

    Parameters
    ----------
    labels : sequence of str or None
        As they were written.
    side : {"queries", "documents"}
        Whose.
    numbered : sequence of str or None
        Sides without labels of their own as the file states them; None in files of earlier
        versions, whose labels "0", "1", ... may be labels or not.

    Examples
    --------
    >>> type(restored_labels(["0", "1"], "queries", None)).__name__
    'RowNumbers'
    >>> type(restored_labels(["0", "1"], "queries", [])).__name__
    'tuple'
    """
    if labels is None:
        return None
    are_numbers = tuple(labels) == tuple(map(str, range(len(labels))))
    if are_numbers and (numbered is None or side in numbered):
        return RowNumbers(labels)
    return tuple(labels)
