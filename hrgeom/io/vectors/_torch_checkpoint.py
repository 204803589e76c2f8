"""Tensors of a torch checkpoint, read without running code from it."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.optional import imported
from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._named_arrays import Wanted, chosen_names

__all__ = ["read_state_dict"]


def read_state_dict(path: str, wanted: Wanted, n_rows: tuple[int, int]) -> Vectors:
    """Read the two tensors from a file of `torch.save`: a state dict, maybe inside other dicts.

    Names of nested dicts are joined by dots. The file is loaded with `weights_only=True`, which
    refuses everything that is not plain data.

    Raises
    ------
    FormatError
        If torch refuses the file, or it does not say which tensors are wanted.
    HrgeomError
        If torch is not installed.
    """
    torch = imported("torch", "a torch checkpoint", "torch")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about pickle protocols, of files that are refused
            content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise FormatError(
            f"{path} must be what torch.save writes of a state dict, tensors only: torch.load with "
            f"weights_only=True refused it ({reason}); save model.state_dict()"
        ) from None
    tensors = dict(_tensors(content, "", torch))
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    queries, documents = chosen_names(shapes, wanted, n_rows, path)
    rows = _as_array(tensors[queries], torch)
    others = rows if documents == queries else _as_array(tensors[documents], torch)
    return Vectors(rows, others, source=path)


def _tensors(content: Any, prefix: str, torch: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(content, torch.Tensor):
        yield prefix.removesuffix(".") or "tensor", content
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from _tensors(value, f"{prefix}{name}.", torch)


def _as_array(tensor: Any, torch: Any) -> NDArray[Any]:
    plain = tensor.detach().to_dense() if tensor.is_sparse else tensor.detach()
    if plain.dtype == torch.bfloat16:
        from hrgeom.core import as_dtype

        bits: NDArray[Any] = plain.contiguous().view(torch.int16).numpy()
        return bits.view(as_dtype("bfloat16"))
    return np.asarray(plain.numpy())
