"""Models of any origin as embeddings: files of vectors, text encoders, Python functions."""

from hrgeom.models._source import Model, read_model
from hrgeom.models._spec import OPTIONS
from hrgeom.models._text_encoder import TextEncoder, text_encoder
from hrgeom.models._texts import read_descriptions, text_of, texts_of
from hrgeom.models._wordllama import WordPieces, word_pieces

__all__ = [
    "OPTIONS",
    "Model",
    "TextEncoder",
    "WordPieces",
    "read_descriptions",
    "read_model",
    "text_encoder",
    "text_of",
    "texts_of",
    "word_pieces",
]
