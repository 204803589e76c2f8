"""Arrays of NumPy: a .npy file for both sides or one a side, or a .npz file with named arrays."""

from __future__ import annotations

import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._named_arrays import Wanted, chosen_names

__all__ = ["LABEL_ARRAYS", "read_npy", "read_npz"]

LABEL_ARRAYS = ("labels", "query_labels", "document_labels")
"""Arrays of text that a .npz file may hold its labels in."""


def read_npy(queries: str, documents: str | None = None) -> Vectors:
    """Read vectors from .npy files: one for both sides, or one each.

    Raises
    ------
    FormatError
        If a file is no .npy file, or holds objects (a pickle, which is not read).
    """
    rows = _loaded(queries)
    return Vectors(rows, rows if documents is None else _loaded(documents), source=queries)


def read_npz(path: str, wanted: Wanted, n_rows: tuple[int, int]) -> Vectors:
    """Read vectors from a .npz file, and labels if it holds them.

    Labels are arrays of text: `labels` for both sides, or `query_labels` and `document_labels`.

    Raises
    ------
    FormatError
        If it is no .npz file, holds objects, or does not say which arrays are wanted.
    """
    try:
        file: Any = np.load(path, allow_pickle=False)
        if isinstance(file, np.ndarray):
            raise FormatError(f"{path} must be a .npz file: got a .npy file")
        with file:
            arrays: dict[str, NDArray[Any]] = {name: file[name] for name in file.files}
    except FormatError:
        raise
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise FormatError(f"{path} must be a .npz file without objects: {error}") from None
    labels = {
        name: tuple(map(str, arrays.pop(name).ravel().tolist()))
        for name in LABEL_ARRAYS
        if name in arrays
    }
    both = labels.get("labels")
    of_queries = labels.get("query_labels", both)
    of_documents = labels.get("document_labels", both)
    needed = (
        n_rows[0] if of_queries is None else len(of_queries),
        n_rows[1] if of_documents is None else len(of_documents),
    )
    shapes = {name: array.shape for name, array in arrays.items()}
    queries, documents = chosen_names(shapes, wanted, needed, path)
    return Vectors(arrays[queries], arrays[documents], of_queries, of_documents, path)


def _loaded(path: str) -> NDArray[Any]:
    try:
        array: Any = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise FormatError(f"{path} must be a .npy file without objects: {error}") from None
    if not isinstance(array, np.ndarray):
        array.close()
        raise FormatError(f"{path} must be a .npy file: got a .npz file")
    rows: NDArray[Any] = array
    return rows
