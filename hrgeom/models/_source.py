"""Models as the command line names them, read and aligned with a hierarchy or judgments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from hrgeom._base.nearest import meant
from hrgeom.constructions import construct
from hrgeom.core import STORED_TYPES, DualEmbedding, Relevance, Remark, Target, as_relevance
from hrgeom.errors import FormatError
from hrgeom.io.vectors import (
    VectorFormat,
    Vectors,
    Wanted,
    aligned,
    alignment_remarks,
    format_of_vectors,
    in_stored_types,
    read_labels,
    vectors_of_words,
)
from hrgeom.models._encoding import Encoder, encoded, function_named
from hrgeom.models._sentence_transformers import sentence_encoders
from hrgeom.models._spec import parsed_spec, row_rule_of, score_of, whole_number
from hrgeom.models._texts import read_descriptions, texts_of
from hrgeom.models._wordllama import wordllama_encoder

__all__ = ["COMMON_OPTIONS", "FILE_OPTIONS", "SCHEME_OPTIONS", "Model", "read_model"]

Origin = str | VectorFormat
"""A scheme, or the format of a file or folder."""

COMMON_OPTIONS = frozenset({"name", "format", "score"})
"""Options of every model."""
FILE_OPTIONS = frozenset({"rows"})
"""Options of every file and folder, beside those of its format."""
SCHEME_OPTIONS: dict[str, frozenset[str]] = {
    "py": frozenset({"texts", "documents"}),
    "st": frozenset({"texts", "query_prompt", "document_prompt"}),
    "wordllama": frozenset({"texts", "dim"}),
    "construction": frozenset({"dim", "dtype", "seed"}),
}
"""Options of models that are no files."""


@dataclass(frozen=True)
class Model:
    """An embedding read from a model, and how the model scores with it.

    Attributes
    ----------
    name : str
        What reports call it.
    embedding : DualEmbedding
        The vectors as the model has them, rows in the order of the hierarchy.
    score : {"dot", "poincare"}
        How documents are ranked: by inner product, or by distance in the Poincare ball. For cosine
        the rows have been scaled.
    source : str
        The file, folder or encoder it comes from.
    remarks : tuple of Remark
        What was repaired, assumed or left out when it was read: rows without labels, words without
        a vector.
    """

    name: str
    embedding: DualEmbedding
    score: Literal["dot", "poincare"] = "dot"
    source: str = ""
    remarks: tuple[Remark, ...] = ()


def read_model(spec: str, target: Target) -> Model:
    """Return the model that a text names, its rows in the order of `target`.

    Parameters
    ----------
    spec : str
        SOURCE[,OPTION=VALUE]..., options of `OPTIONS`. A comma in a value is part of it unless an
        option follows. SOURCE is one of

        - a file or folder in one of the formats of `hrgeom.io.vector_formats()`, such as an
          embedding folder, .npy, .npz, safetensors, torch checkpoint, word2vec in text or binary,
          GloVe. Its content says which, or else `format`. Rows go by the labels that are there;
          `rows` says what counts where these leave a doubt;
        - a folder of sentence-transformers;
        - `st:MODEL`, a sentence-transformers model by name;
        - `py:MODULE:FUNCTION`, any callable from a list of texts to an array;
        - `wordllama`, the text model of the extra `text`;
        - `construction`, hrgeom's own for this hierarchy, by a theorem.
    target : Hierarchy, Relevance or Judgments
        Whose labels the rows are to have, in which order.

    Returns
    -------
    model : Model
        Its embedding has the labels of `target`.

    Raises
    ------
    FormatError
        If the text is malformed, or a file is in none of the formats.
    ShapeError
        If labels are missing or double, dimensions differ, or rows without labels could be in two
        orders.
    NotFiniteError
        If a number is not finite.
    HrgeomError
        If a package is not installed.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> read_model("construction,dtype=float64,name=ours", h).embedding
    DualEmbedding(mixed: 2 queries, 2 documents, d = 2, float64)
    """
    relevance = as_relevance(target)
    source, options = parsed_spec(spec)
    origin = _origin(source, options)
    _check_options(source, options, origin)
    score, rows = score_of(options), row_rule_of(options)
    found = _found(origin, source, options, target)
    remarks: tuple[Remark, ...] = ()
    if isinstance(found, DualEmbedding):
        if score == "cosine":
            raise FormatError(f"score of {source!r} must be dot or poincare: got 'cosine'")
        embedding = found
        if origin != "construction":
            remarks = alignment_remarks(found, relevance, rows)
            embedding = found.aligned_to(relevance, rows=rows, name=source)
    else:
        found = in_stored_types(found)
        remarks = (*found.remarks, *alignment_remarks(found, relevance, rows))
        embedding = replace(
            aligned(found, relevance, score=score, rows=rows), construction=_kind(origin)
        )
    name = options.get("name") or _default_name(origin, source, options)
    return Model(name, embedding, "poincare" if score == "poincare" else "dot", source, remarks)


def _kind(origin: Origin) -> str:
    return origin if isinstance(origin, str) else origin.kind


def _origin(source: str, options: Mapping[str, str]) -> Origin:
    """Return where vectors come from: a scheme, or the format of a file or folder."""
    scheme, colon, _ = source.partition(":")
    if colon and scheme in ("py", "st"):
        return scheme
    path = Path(source)
    if not path.exists():
        if source in ("wordllama", "construction"):
            return source
        raise FormatError(
            "a model must be a file, a folder, st:MODEL, py:MODULE:FUNCTION, wordllama or "
            f"construction: got {source!r}"
        )
    entry = format_of_vectors(path, None if path.is_dir() else options.get("format"))
    if entry is not None:
        return entry
    if (path / "modules.json").is_file() or (path / "config.json").is_file():
        return "st"
    raise FormatError(
        "a folder must be an embedding of hrgeom (embedding.json) or a model of "
        f"sentence-transformers (modules.json): got {source!r}"
    )


def _check_options(source: str, options: Mapping[str, str], origin: Origin) -> None:
    taken = (
        SCHEME_OPTIONS[origin] if isinstance(origin, str) else FILE_OPTIONS.union(origin.options)
    )
    unknown = sorted(options.keys() - taken - COMMON_OPTIONS)
    if unknown:
        raise FormatError(
            f"options of {source!r} ({_kind(origin)}) must be among "
            f"{', '.join(sorted(taken | COMMON_OPTIONS))}: got {unknown[0]!r}"
            f"{meant(unknown[0], taken | COMMON_OPTIONS)}"
        )


def _found(
    origin: Origin, source: str, options: Mapping[str, str], target: Target
) -> Vectors | DualEmbedding:
    """Return the vectors, not yet in the order of the target unless constructed for it."""
    if origin == "construction":
        return _constructed(target, options)
    if isinstance(origin, str):
        return _encoded(origin, source, options, as_relevance(target))
    return _read(origin, source, options, as_relevance(target))


def _read(
    entry: VectorFormat, source: str, options: Mapping[str, str], relevance: Relevance
) -> Vectors | DualEmbedding:
    """Read a file or folder, labels from files of their own where the options name them.

    They may name arrays of the file as well, where the format has names for its arrays.
    """
    has_names = "queries" in entry.options
    given = [
        options.get(name, options.get("labels")) for name in ("query_labels", "document_labels")
    ]
    in_file = [name if has_names and name and not os.path.exists(name) else None for name in given]
    of_queries, of_documents = (
        None if name is None or name == array else read_labels(name)
        for name, array in zip(given, in_file, strict=True)
    )
    wanted = Wanted(
        options.get("queries"),
        options.get("documents"),
        n_rows=(
            relevance.n_queries if of_queries is None else len(of_queries),
            relevance.n_documents if of_documents is None else len(of_documents),
        ),
        labels=(relevance.query_labels, relevance.document_labels),
        label_arrays=(in_file[0], in_file[1]),
    )
    assert entry.read is not None
    found = entry.read(source, wanted)
    if isinstance(found, DualEmbedding):
        return found
    if "texts" in entry.options:
        return _keyed(found, options, relevance)
    return replace(
        found,
        query_labels=found.query_labels if of_queries is None else of_queries,
        document_labels=found.document_labels if of_documents is None else of_documents,
    )


def _keyed(found: Vectors, options: Mapping[str, str], relevance: Relevance) -> Vectors:
    """Return vectors as they are if their keys are labels, else those of the words of texts."""
    keys = found.query_labels or ()
    descriptions = read_descriptions(options["texts"]) if "texts" in options else None
    if descriptions is None and not set(relevance.document_labels).isdisjoint(keys):
        return found
    texts = _texts(relevance, descriptions)
    means = vectors_of_words(keys, found.queries, texts, relevance, found.source)
    return replace(means, remarks=(*found.remarks, *means.remarks))


def _encoded(scheme: str, source: str, options: Mapping[str, str], relevance: Relevance) -> Vectors:
    """Return the vectors that a text encoder computes."""
    descriptions = read_descriptions(options["texts"]) if "texts" in options else None
    queries, documents = _encoders(scheme, source, options)
    of_queries, of_documents = _texts(relevance, descriptions)
    first = encoded(queries, of_queries, source)
    labels = relevance.query_labels, relevance.document_labels
    if documents is not queries or of_documents != of_queries:
        return Vectors(first, encoded(documents, of_documents, source), *labels, source)
    second = first if labels[0] == labels[1] else first.copy()
    return Vectors(first, second, *labels, source)


def _constructed(target: Target, options: Mapping[str, str]) -> DualEmbedding:
    dtype = options.get("dtype", "float32")
    if dtype not in STORED_TYPES:
        raise FormatError(f"dtype must be one of {', '.join(STORED_TYPES)}: got {dtype!r}")
    dim, seed = whole_number(options, "dim"), whole_number(options, "seed") or 0
    return construct(target, dim=dim, proved=True, dtype=dtype, seed=seed).embedding


def _texts(
    relevance: Relevance, descriptions: Mapping[str, str] | None
) -> tuple[list[str], list[str]]:
    of_queries = texts_of(relevance.query_labels, descriptions)
    if relevance.document_labels == relevance.query_labels:
        return of_queries, of_queries
    return of_queries, texts_of(relevance.document_labels, descriptions)


def _encoders(scheme: str, source: str, options: Mapping[str, str]) -> tuple[Encoder, Encoder]:
    if scheme == "wordllama":
        dim = whole_number(options, "dim")
        encoder = wordllama_encoder() if dim is None else wordllama_encoder(dim)
        return encoder, encoder
    if scheme == "py":
        queries = function_named(source.removeprefix("py:"))
        other = options.get("documents")
        return queries, queries if other is None else function_named(other.removeprefix("py:"))
    return sentence_encoders(
        source.removeprefix("st:"),
        query_prompt=options.get("query_prompt"),
        document_prompt=options.get("document_prompt"),
    )


def _default_name(origin: Origin, source: str, options: Mapping[str, str]) -> str:
    if origin in ("wordllama", "construction"):
        return " ".join([source, *(options[name] for name in ("dim", "dtype") if name in options)])
    return Path(source).name if os.path.exists(source) else source.partition(":")[2]
