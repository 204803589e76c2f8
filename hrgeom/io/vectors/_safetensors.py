"""Tensors of a safetensors file (package `safetensors`, extra `models`)."""

from __future__ import annotations

from hrgeom._base.optional import imported
from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._named_arrays import Wanted, chosen_names

__all__ = ["read_safetensors"]


def read_safetensors(path: str, wanted: Wanted, n_rows: tuple[int, int]) -> Vectors:
    """Read the two tensors from a safetensors file; no others are loaded.

    Raises
    ------
    FormatError
        If it is no safetensors file, or does not say which tensors are wanted.
    HrgeomError
        If the package is not installed.
    """
    library = imported("safetensors", "safetensors files", "'hrgeom[models]'")
    try:
        imported("ml_dtypes", "bfloat16", "ml_dtypes")  # the library then knows the type
        with library.safe_open(path, framework="np") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            queries, documents = chosen_names(shapes, wanted, n_rows, path)
            rows = file.get_tensor(queries)
            others = rows if documents == queries else file.get_tensor(documents)
            return Vectors(rows, others, source=path)
    except library.SafetensorError as error:
        raise FormatError(f"{path} must be a safetensors file: {error}") from None
