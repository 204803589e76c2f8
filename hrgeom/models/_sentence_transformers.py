"""Models of sentence-transformers, from a folder or by name, with their prompts."""

from __future__ import annotations

from functools import partial

from hrgeom._base.optional import imported
from hrgeom.models._encoding import Encoder

__all__ = ["sentence_encoders"]


def sentence_encoders(
    model: str, *, query_prompt: str | None = None, document_prompt: str | None = None
) -> tuple[Encoder, Encoder]:
    """Return the encoders of queries and documents; the same object if they do the same.

    Without prompts of the user's, `encode_query` and `encode_document` use those of the model,
    which may treat both sides alike or not.

    Parameters
    ----------
    model : str
        A folder, or a name that sentence-transformers resolves (and may download).
    query_prompt, document_prompt : str, optional
        Put before every text.

    Raises
    ------
    HrgeomError
        If the package is not installed.
    """
    library = imported(
        "sentence_transformers", "a model of sentence-transformers", "sentence-transformers"
    )
    loaded = library.SentenceTransformer(model)
    sides = []
    for encode, prompt in (
        (loaded.encode_query, query_prompt),
        (loaded.encode_document, document_prompt),
    ):
        sides.append(partial(encode, prompt=prompt, show_progress_bar=False))
    own = {(loaded.prompts or {}).get(name) or "" for name in ("query", "document", "passage")}
    is_routed = any(type(module).__name__ in ("Router", "Asym") for module in loaded)
    if query_prompt == document_prompt and (query_prompt or own == {""}) and not is_routed:
        return sides[0], sides[0]
    return sides[0], sides[1]
