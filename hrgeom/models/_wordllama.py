"""The text model inside the package `wordllama` (extra `text`): 16 MB of weights, no download.

A table of 256-dimensional vectors of 32,000 word pieces; a text is the mean of its pieces'. Its
first 64 and 128 coordinates are a model of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.optional import imported
from hrgeom.errors import FormatError
from hrgeom.models._encoding import Encoder

__all__ = ["WORDLLAMA_DIMS", "WordPieces", "word_pieces", "wordllama_encoder"]

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
    model = _loaded(dim)
    return lambda texts: model.embed(texts)


@dataclass(frozen=True, eq=False)
class WordPieces:
    """Word pieces of texts, and the rows of which a text's row is the mean.

    Attributes
    ----------
    table : ndarray of float32, shape (v, k)
        One row per piece.
    """

    table: NDArray[np.float32]
    _model: Any = field(repr=False)

    def weights(self, texts: Sequence[str]) -> Any:
        """Return how much of each text each piece is.

        Parameters
        ----------
        texts : sequence of str
            Texts; one without a piece has a row of zeros.

        Returns
        -------
        weights : sparse matrix (CSR) of float32, shape (n_texts, v)
            Rows sum to 1; `weights @ table` are the rows of `text_encoder("wordllama")`.
        """
        from scipy.sparse import csr_matrix

        found = self._model.tokenize(list(texts))
        pieces = [
            [
                piece
                for piece, is_there in zip(each.ids, each.attention_mask, strict=True)
                if is_there
            ]
            for each in found
        ]
        lengths = np.array([len(each) for each in pieces], dtype=np.int64)
        columns = np.array([piece for each in pieces for piece in each], dtype=np.int64)
        columns = np.clip(columns, 0, len(self.table) - 1)
        values = np.repeat(1 / np.maximum(lengths, 1), lengths).astype(np.float32)
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        weights = csr_matrix((values, columns, indptr), shape=(len(pieces), len(self.table)))
        weights.sum_duplicates()
        return weights


def word_pieces(dim: int = 256) -> WordPieces:
    """Return the word pieces of wordllama, for an encoder that is to be trained further.

    Parameters
    ----------
    dim : int
        64, 128 or 256.

    Returns
    -------
    pieces : WordPieces
        Its table has 32,000 rows of `dim` numbers.

    Raises
    ------
    FormatError
        If the model has no such dimension.
    HrgeomError
        If the package is not installed (extra `text`).

    Examples
    --------
    >>> pieces = word_pieces()                         # doctest: +SKIP
    >>> rows = pieces.weights(["dog"]) @ pieces.table  # doctest: +SKIP
    """
    model = _loaded(dim)
    return WordPieces(model.embedding, model)


def _loaded(dim: int) -> Any:
    if dim not in WORDLLAMA_DIMS:
        raise FormatError(f"dim of wordllama must be 64, 128 or 256: got {dim}")
    library = imported("wordllama", "the model wordllama", "'hrgeom[text]'")
    # The package finds its weights in its own folder, but its tokeniser only in that of the cache:
    # the one is made the other. Nothing is written there.
    return library.WordLlama.load(
        cache_dir=Path(library.__file__).parent, trunc_dim=dim, disable_download=True
    )
