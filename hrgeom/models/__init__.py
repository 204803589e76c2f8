"""Anybody's vectors as embeddings: files of arrays, trained models, text encoders; one module a
format."""

from hrgeom.adapters.align import SCORES, Vectors, aligned
from hrgeom.adapters.source import OPTIONS, Model, read_model
from hrgeom.adapters.text import read_texts, text_of, texts_of

__all__ = [
    "OPTIONS",
    "SCORES",
    "Model",
    "Vectors",
    "aligned",
    "read_model",
    "read_texts",
    "text_of",
    "texts_of",
]
