"""Tensors of a torch checkpoint, read without running code from it."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.optional import imported
from hrgeom._base.regular_files import check_archive
from hrgeom.core import as_dtype
from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._format import NAMED_OPTIONS, VectorFormat, Wanted
from hrgeom.io.vectors._label_arrays import found_labels
from hrgeom.io.vectors._named_arrays import chosen_names

__all__ = ["TORCH", "read_state_dict"]

_PICKLE_SUFFIXES = (".pt", ".pth", ".bin", ".ckpt")


def read_state_dict(path: str, wanted: Wanted) -> Vectors:
    """Read the two tensors from a file of `torch.save`: a state dict, maybe inside other dicts.

    Names of nested dicts are joined by dots. Lists of text beside the tensors are labels if they
    have one of the usual names, such as "objects" in checkpoints of Poincare embeddings. The file
    is loaded with `weights_only=True`, which refuses everything that is not plain data.

    Raises
    ------
    FormatError
        If torch refuses the file, or it does not say which tensors are wanted.
    HrgeomError
        If torch is not installed.
    """
    torch = imported("torch", "reading a torch checkpoint", "torch")
    check_archive(path)
    refused = (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, TypeError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about pickle protocols, of files that are refused
            content = torch.load(path, map_location="cpu", weights_only=True)
    except refused as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise FormatError(
            f"{path} must be what torch.save writes of a state dict, tensors only: torch.load with "
            f"weights_only=True refused it ({reason}); save model.state_dict()"
        ) from None
    tensors = dict(_tensors(content, "", torch))
    of_queries, of_documents, used = found_labels(_label_arrays(content, torch), wanted, path)
    shapes = {name: tuple(t.shape) for name, t in tensors.items() if name not in used}
    n_rows = wanted.n_rows or (0, 0)
    needed = (
        n_rows[0] if of_queries is None else len(of_queries),
        n_rows[1] if of_documents is None else len(of_documents),
    )
    queries, documents = chosen_names(shapes, (wanted.queries, wanted.documents), needed, path)
    rows = _as_array(tensors[queries], torch)
    others = rows if documents == queries else _as_array(tensors[documents], torch)
    return Vectors(rows, others, of_queries, of_documents, path)


def _label_arrays(content: Any, torch: Any) -> dict[str, NDArray[Any]]:
    """Return what may be labels beside the tensors: lists of text, whole numbers on one axis."""
    found: dict[str, NDArray[Any]] = {}
    for name, value in content.items() if isinstance(content, Mapping) else ():
        if isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value):
            found[str(name)] = np.array(value, dtype=np.str_)
        elif isinstance(value, torch.Tensor) and value.ndim == 1 and not value.is_floating_point():
            found[str(name)] = value.numpy()
    return found


def _tensors(content: Any, prefix: str, torch: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(content, torch.Tensor):
        yield prefix.removesuffix(".") or "tensor", content
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from _tensors(value, f"{prefix}{name}.", torch)


def _as_array(tensor: Any, torch: Any) -> NDArray[Any]:
    plain = tensor.detach().to_dense() if tensor.is_sparse else tensor.detach()
    if plain.dtype == torch.bfloat16:
        bits: NDArray[Any] = plain.contiguous().view(torch.int16).numpy()
        return bits.view(as_dtype("bfloat16"))
    if plain.is_floating_point() and plain.element_size() == 1:
        plain = plain.to(torch.float32)  # NumPy has no floats of 8 bits
    return np.asarray(plain.numpy())


def _certainty(path: Path, start: bytes) -> float:
    if start.startswith(b"PK"):
        return 0.8
    # The old form is a pickle, too, of which weights_only reads the data. Other pickles are none.
    if start.startswith(b"\x80") and path.suffix.lower() in _PICKLE_SUFFIXES:
        return 0.6
    return 0.0


TORCH = VectorFormat(
    name="torch",
    suffixes=(".pt", ".pth", ".ckpt"),
    description="state dict of torch.save, read without running code from it",
    options=NAMED_OPTIONS,
    extra="torch",
    sniff=_certainty,
    read=read_state_dict,
)
