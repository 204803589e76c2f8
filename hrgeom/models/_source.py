"""Models as the command line names them: SOURCE[,OPTION=VALUE]..., read and aligned."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from hrgeom.constructions import construct
from hrgeom.core import STORED_TYPES, DualEmbedding, Hierarchy, Relevance, as_relevance
from hrgeom.errors import FormatError
from hrgeom.io.vectors import (
    SCORES,
    ModelScore,
    Vectors,
    aligned,
    load,
    read_labels,
    read_npy,
    read_npz,
    read_safetensors,
    read_state_dict,
    read_word2vec,
    realigned,
    vectors_of_words,
)
from hrgeom.models._encoding import Encoder, encoded, function_named
from hrgeom.models._sentence_transformers import sentence_encoders
from hrgeom.models._texts import read_texts, texts_of
from hrgeom.models._wordllama import wordllama_encoder

__all__ = ["FORMATS", "OPTIONS", "Model", "read_model"]

OPTIONS: dict[str, str] = {
    "name": "what to call the model",
    "format": "of a file, if its content does not tell",
    "score": "dot, cosine or poincare",
    "labels": "file of labels of the rows, one a line",
    "query_labels": "the same for the queries alone",
    "document_labels": "the same for the documents alone",
    "queries": "name of the array of the queries in the file",
    "documents": "name of the array of the documents; for .npy their file, for py: their encoder",
    "texts": "file of descriptions, label, tab, text",
    "query_prompt": "put before queries by st:",
    "document_prompt": "put before documents by st:",
    "dim": "dimensions, of wordllama and construction",
    "dtype": "stored type, of construction",
    "seed": "random seed, of construction",
}
FORMATS = ("npy", "npz", "safetensors", "torch", "word2vec", "word2vec-text", "word2vec-binary")
_SCHEMES = ("py", "st", "wordllama", "construction")
_ROWS = frozenset({"labels", "query_labels", "document_labels"})
_NAMED = _ROWS | {"queries", "documents"}
_TAKES: dict[str, frozenset[str]] = {
    "folder": frozenset(),
    "npy": _ROWS | {"documents"},
    "npz": _NAMED,
    "safetensors": _NAMED,
    "torch": _NAMED,
    "word2vec": frozenset({"texts"}),
    "py": frozenset({"texts", "documents"}),
    "st": frozenset({"texts", "query_prompt", "document_prompt"}),
    "wordllama": frozenset({"texts", "dim"}),
    "construction": frozenset({"dim", "dtype", "seed"}),
}
_ALWAYS = frozenset({"name", "format", "score"})
_SPLIT = re.compile(rf",(?=(?:{'|'.join(OPTIONS)})=)")
_PICKLE = (
    "{path} must not be a pickle, which can run any code: got one; of gensim write "
    "vectors.save_word2vec_format('vectors.bin', binary=True) and give that file"
)


@dataclass(frozen=True)
class Model:
    """A model, and how it means its scores.

    Attributes
    ----------
    name : str
    embedding : DualEmbedding
        The vectors as the model has them, rows in the order of the hierarchy.
    score : {"dot", "poincare"}
        How they are ranked: by inner product, or by distance in the Poincare ball. (For cosine
        the rows have been scaled.)
    source : str
    """

    name: str
    embedding: DualEmbedding
    score: Literal["dot", "poincare"] = "dot"
    source: str = ""


def read_model(spec: str, target: Hierarchy | Relevance) -> Model:
    """Return the model that a text names, its rows in the order of `target`.

    Parameters
    ----------
    spec : str
        SOURCE[,OPTION=VALUE]..., options of `OPTIONS`. A comma in a value is part of it unless an
        option follows. SOURCE is one of

        - an embedding folder of hrgeom, or a folder of sentence-transformers;
        - a file: .npy, .npz, safetensors, torch checkpoint, word2vec in text or binary. Its content
          says which, or else `format`;
        - `st:MODEL`, a sentence-transformers model by name;
        - `py:MODULE:FUNCTION`, any callable from a list of texts to an array;
        - `wordllama`, the text model of the extra `text`;
        - `construction`, hrgeom's own for this hierarchy.
    target : Hierarchy or Relevance

    Raises
    ------
    FormatError, ShapeError, NotFiniteError
        If the text is malformed, a file is in none of the forms, labels are missing or double,
        dimensions differ, or a number is not finite.
    HrgeomError
        If a package is not installed.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> read_model("construction,dtype=float64,name=ours", h).embedding
    DualEmbedding(trie: 2 queries, 2 documents, d = 2, float64)
    """
    relevance = as_relevance(target)
    source, options = _parsed(spec)
    kind = _kind(source, options)
    unknown = sorted(options.keys() - _TAKES[kind] - _ALWAYS)
    if unknown:
        raise FormatError(
            f"options of {source!r} ({kind}) must be among "
            f"{', '.join(sorted(_TAKES[kind] | _ALWAYS))}: got {unknown[0]!r}"
        )
    score = _score(options)
    if kind in ("folder", "construction"):
        if score == "cosine":
            raise FormatError(f"score of {source!r} must be dot or poincare: got 'cosine'")
        embedding = (
            _constructed(target, options)
            if kind == "construction"
            else realigned(load(source), relevance, source)
        )
    else:
        vectors = _vectors(kind, source, options, relevance)
        embedding = replace(aligned(vectors, relevance, score=score), construction=kind)
    name = options.get("name") or _default_name(kind, source, options)
    return Model(name, embedding, "poincare" if score == "poincare" else "dot", source)


def _parsed(spec: str) -> tuple[str, dict[str, str]]:
    source, *pairs = _SPLIT.split(spec)
    options: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name in options or not value:
            raise FormatError(f"an option must come once, with a value: got {pair!r} in {spec!r}")
        options[name] = value
    if not source:
        raise FormatError(f"a model must have a source before its options: got {spec!r}")
    if "=" in source and not os.path.exists(source):
        raise FormatError(f"options of a model must be among {', '.join(OPTIONS)}: got {source!r}")
    return source, options


def _kind(source: str, options: Mapping[str, str]) -> str:
    """Return the format of a source: by its scheme, by `format`, or by what is in it."""
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
    if path.is_dir():
        if (path / "embedding.json").is_file():
            return "folder"
        if (path / "modules.json").is_file() or (path / "config.json").is_file():
            return "st"
        raise FormatError(
            "a folder must be an embedding of hrgeom (embedding.json) or a model of "
            f"sentence-transformers (modules.json): got {source!r}"
        )
    given = options.get("format")
    if given is not None and given not in FORMATS:
        raise FormatError(f"format must be one of {', '.join(FORMATS)}: got {given!r}")
    return (given or _sniffed(path)).partition("-")[0]


def _sniffed(path: Path) -> str:
    """Return the format of a file by its first bytes."""
    with path.open("rb") as file:
        start = file.read(64)
    suffix = path.suffix.lower()
    if start.startswith(b"\x93NUMPY"):
        return "npy"
    if start.startswith(b"PK"):
        return "npz" if suffix == ".npz" else "torch"
    if suffix == ".safetensors" or start[8:9] == b"{":
        return "safetensors"
    if start.startswith(b"\x80"):
        if suffix in (".pt", ".pth", ".bin", ".ckpt"):
            return "torch"  # the old form is a pickle, too, of which weights_only reads the data
        raise FormatError(_PICKLE.format(path=path))
    if re.match(rb"\s*\d+[ \t]+\d+\s*\n", start):
        return "word2vec"
    raise FormatError(
        f"{path} must be in one of the formats {', '.join(FORMATS)}: got neither by its content; "
        "say format="
    )


def _score(options: Mapping[str, str]) -> ModelScore:
    given = options.get("score", "dot")
    for score in SCORES:
        if given == score:
            return score
    raise FormatError(f"score must be one of {', '.join(SCORES)}: got {given!r}")


def _whole(options: Mapping[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise FormatError(f"{name} must be a whole number: got {text!r}")
    return int(text)


def _constructed(target: Hierarchy | Relevance, options: Mapping[str, str]) -> DualEmbedding:
    dtype = options.get("dtype", "float32")
    if dtype not in STORED_TYPES:
        raise FormatError(f"dtype must be one of {', '.join(STORED_TYPES)}: got {dtype!r}")
    dim, seed = _whole(options, "dim"), _whole(options, "seed") or 0
    return construct(target, dim=dim, dtype=dtype, seed=seed).embedding


def _vectors(kind: str, source: str, options: Mapping[str, str], relevance: Relevance) -> Vectors:
    if kind in ("word2vec", *_SCHEMES):
        return _of_text(kind, source, options, relevance)
    of_queries, of_documents = (
        read_labels(options[name]) if name in options else None
        for name in (
            "query_labels" if "query_labels" in options else "labels",
            "document_labels" if "document_labels" in options else "labels",
        )
    )
    needed = (
        relevance.n_queries if of_queries is None else len(of_queries),
        relevance.n_documents if of_documents is None else len(of_documents),
    )
    wanted = options.get("queries"), options.get("documents")
    if kind == "npy":
        found = read_npy(source, options.get("documents"))
    elif kind == "npz":
        found = read_npz(source, wanted, needed)
    elif kind == "safetensors":
        found = read_safetensors(source, wanted, needed)
    else:
        found = read_state_dict(source, wanted, needed)
    return replace(
        found,
        query_labels=found.query_labels if of_queries is None else of_queries,
        document_labels=found.document_labels if of_documents is None else of_documents,
    )


def _of_text(kind: str, source: str, options: Mapping[str, str], relevance: Relevance) -> Vectors:
    """Vectors that are looked up or computed by label or text."""
    descriptions = read_texts(options["texts"]) if "texts" in options else None
    if kind == "word2vec":
        given = options.get("format", "word2vec")
        binary = None if given == "word2vec" else given == "word2vec-binary"
        keys, rows = read_word2vec(source, binary=binary)
        # Keys that are the labels themselves need no text.
        if descriptions is None and not set(relevance.document_labels).isdisjoint(keys):
            return Vectors(rows, rows, keys, keys, source)
        return vectors_of_words(keys, rows, _texts(relevance, descriptions), relevance, source)
    queries, documents = _encoders(kind, source, options)
    of_queries, of_documents = _texts(relevance, descriptions)
    first = encoded(queries, of_queries, source)
    if documents is queries and of_documents == of_queries:
        return Vectors(first, first, source=source)
    return Vectors(first, encoded(documents, of_documents, source), source=source)


def _texts(
    relevance: Relevance, descriptions: Mapping[str, str] | None
) -> tuple[list[str], list[str]]:
    of_queries = texts_of(relevance.query_labels, descriptions)
    if relevance.document_labels == relevance.query_labels:
        return of_queries, of_queries
    return of_queries, texts_of(relevance.document_labels, descriptions)


def _encoders(kind: str, source: str, options: Mapping[str, str]) -> tuple[Encoder, Encoder]:
    if kind == "wordllama":
        dim = _whole(options, "dim")
        encoder = wordllama_encoder() if dim is None else wordllama_encoder(dim)
        return encoder, encoder
    if kind == "py":
        queries = function_named(source.removeprefix("py:"))
        other = options.get("documents")
        return queries, queries if other is None else function_named(other.removeprefix("py:"))
    return sentence_encoders(
        source.removeprefix("st:"),
        query_prompt=options.get("query_prompt"),
        document_prompt=options.get("document_prompt"),
    )


def _default_name(kind: str, source: str, options: Mapping[str, str]) -> str:
    if kind in _SCHEMES and kind not in ("st", "py"):
        return " ".join([source, *(options[name] for name in ("dim", "dtype") if name in options)])
    return Path(source).name if os.path.exists(source) else source.partition(":")[2]
