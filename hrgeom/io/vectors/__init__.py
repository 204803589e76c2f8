"""Files of vectors: embedding folders, arrays, checkpoints and word vectors."""

from hrgeom.io.vectors._alignment import (
    SCORES,
    ModelScore,
    Vectors,
    aligned,
    read_labels,
    realigned,
)
from hrgeom.io.vectors._folder import describe, load, load_certificate, save, save_certificate
from hrgeom.io.vectors._numpy_files import read_npy, read_npz
from hrgeom.io.vectors._safetensors import read_safetensors
from hrgeom.io.vectors._torch_checkpoint import read_state_dict
from hrgeom.io.vectors._word2vec import read_word2vec, vectors_of_words

__all__ = [
    "SCORES",
    "ModelScore",
    "Vectors",
    "aligned",
    "describe",
    "load",
    "load_certificate",
    "read_labels",
    "read_npy",
    "read_npz",
    "read_safetensors",
    "read_state_dict",
    "read_word2vec",
    "realigned",
    "save",
    "save_certificate",
    "vectors_of_words",
]
