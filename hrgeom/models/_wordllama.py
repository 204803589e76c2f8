"""The text model inside the package `wordllama` (extra `text`): 16 MB of weights, no download.

A table of 256-dimensional vectors of 32,000 word pieces; a text is the mean of its pieces'. Its
first 64 and 128 coordinates are a model of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hrgeom._base.optional import imported
from hrgeom.errors import FormatError
from hrgeom.models._encoding import Encoder

__all__ = ["WORDLLAMA_DIMS", "wordllama_encoder"]

WORDLLAMA_DIMS = (64, 128, 256)


def wordllama_encoder(dim: int = 256) -> Encoder:
    """Return the encoder of texts to float32 rows, not of unit length.

    Raises
    ------
    FormatError
        If the model has no such dimension.
    HrgeomError
        If the package is not installed.
    """
    if dim not in WORDLLAMA_DIMS:
        raise FormatError(f"dim of wordllama must be 64, 128 or 256: got {dim}")
    library = imported("wordllama", "the model wordllama", "'hrgeom[text]'")
    # The package finds its weights in its own folder, but its tokeniser only in that of the cache:
    # the one is made the other. Nothing is written there.
    model: Any = library.WordLlama.load(
        cache_dir=Path(library.__file__).parent, trunc_dim=dim, disable_download=True
    )
    return lambda texts: model.embed(texts)
