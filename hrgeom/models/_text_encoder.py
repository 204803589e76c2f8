"""Text encoders that know their name, so that what was fitted with one can find it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import FormatError
from hrgeom.models._encoding import Encoder, encoded, function_named
from hrgeom.models._sentence_transformers import sentence_encoders
from hrgeom.models._spec import parsed_spec, whole_number
from hrgeom.models._wordllama import wordllama_encoder

__all__ = ["TextEncoder", "text_encoder"]

_OPTIONS = {
    "wordllama": frozenset({"dim"}),
    "py": frozenset[str](),
    "st": frozenset({"query_prompt", "document_prompt"}),
}


@dataclass(frozen=True)
class TextEncoder:
    """A function from texts to rows, with the name that makes it again.

    Attributes
    ----------
    model_name : str
        What `text_encoder` takes to return this encoder.
    encode : callable
        From a list of texts to an array with one row per text.

    Examples
    --------
    >>> lengths = TextEncoder("lengths", lambda texts: [[float(len(text))] for text in texts])
    >>> lengths(["dog", "horse", "dog"]).tolist()
    [[3.0], [5.0], [3.0]]
    """

    model_name: str
    encode: Encoder = field(repr=False, compare=False)

    def __call__(self, texts: Sequence[str]) -> NDArray[Any]:
        """Return one row per text; equal texts have equal rows.

        Parameters
        ----------
        texts : sequence of str
            What to encode, possibly empty texts.

        Returns
        -------
        rows : ndarray of floats, shape (n_texts, k)
            Not of unit length.

        Raises
        ------
        ShapeError
            If the encoder does not return a matrix of floats with a row for each text.
        """
        return encoded(lambda distinct: np.asarray(self.encode(distinct)), texts, self.model_name)


def text_encoder(spec: str) -> TextEncoder:
    """Return the text encoder that a text names, as models are named on the command line.

    Parameters
    ----------
    spec : str
        `wordllama`, with `,dim=64` for fewer dimensions (extra `text`), `st:MODEL` for a model or
        folder of sentence-transformers, or `py:MODULE:FUNCTION` for any callable from a list of
        texts to an array.

    Returns
    -------
    encoder : TextEncoder
        Its `model_name` is `spec`. Of a model with prompts it is the encoder of queries.

    Raises
    ------
    FormatError
        If the text names no encoder, or an option that it does not take.
    HrgeomError
        If a package is not installed.

    Examples
    --------
    >>> text_encoder("py:numpy:char.str_len").model_name
    'py:numpy:char.str_len'
    """
    source, options = parsed_spec(spec)
    scheme = source.partition(":")[0]
    if scheme not in _OPTIONS or (scheme == "wordllama") != (source == scheme):
        raise FormatError(
            f"a text encoder must be wordllama, st:MODEL or py:MODULE:FUNCTION: got {source!r}"
        )
    unknown = sorted(options.keys() - _OPTIONS[scheme])
    if unknown:
        taken = ", ".join(sorted(_OPTIONS[scheme])) or "none"
        raise FormatError(f"options of {source!r} must be among {taken}: got {unknown[0]!r}")
    if scheme == "wordllama":
        return TextEncoder(spec, wordllama_encoder(whole_number(options, "dim") or 256))
    if scheme == "py":
        return TextEncoder(spec, function_named(source.removeprefix("py:")))
    return TextEncoder(
        spec,
        sentence_encoders(
            source.removeprefix("st:"),
            query_prompt=options.get("query_prompt"),
            document_prompt=options.get("document_prompt"),
        )[0],
    )
