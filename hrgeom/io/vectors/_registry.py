"""The registry of formats of vectors: one line per format, in order of preference."""

from __future__ import annotations

import os
from pathlib import Path

from hrgeom._base.regular_files import check_fits, open_regular
from hrgeom.errors import FormatError
from hrgeom.io._formats import most_certain, registered
from hrgeom.io.vectors._folder import FOLDER
from hrgeom.io.vectors._format import VectorFormat
from hrgeom.io.vectors._glove import GLOVE
from hrgeom.io.vectors._numpy import NPY, NPZ
from hrgeom.io.vectors._safetensors import SAFETENSORS
from hrgeom.io.vectors._torch_checkpoint import TORCH
from hrgeom.io.vectors._word2vec import WORD2VEC_BINARY, WORD2VEC_TEXT

__all__ = ["format_of_vectors", "vector_formats"]

_BUILT_IN: tuple[VectorFormat, ...] = (
    FOLDER,
    NPY,
    NPZ,
    SAFETENSORS,
    TORCH,
    WORD2VEC_TEXT,
    WORD2VEC_BINARY,
    GLOVE,
)
_PICKLE = (
    "{path} must not be a pickle, which can run any code: got one; of gensim write "
    "vectors.save_word2vec_format('vectors.bin', binary=True) and give that file"
)


def vector_formats() -> tuple[VectorFormat, ...]:
    """Return the formats of vectors: those of hrgeom, then those of installed plug-ins.

    Returns
    -------
    formats : tuple of VectorFormat
        In order of preference: of equal certainties the first counts.

    Raises
    ------
    HrgeomError
        If two of them share a name or a suffix; the message names both.

    Examples
    --------
    >>> [entry.name for entry in vector_formats() if entry.one_table][:3]
    ['npy', 'word2vec-text', 'word2vec-binary']
    """
    return registered(_BUILT_IN, VectorFormat)


def format_of_vectors(path: Path, given: str | None = None) -> VectorFormat | None:
    """Return the format of a file or folder by its content.

    Parameters
    ----------
    path : Path
        A file or folder that exists.
    given : str, optional
        Name of a format, or what several names begin with before a hyphen, such as "word2vec".
        Of several, the content decides.

    Returns
    -------
    format : VectorFormat or None
        None: a folder in none of the formats.

    Raises
    ------
    FormatError
        If a file is in none of the formats, or there is no format of the name given.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "words")
    ...     _ = path.write_text("1 2\\ndog 0.5 1\\n")
    ...     format_of_vectors(path).name
    'word2vec-text'
    """
    formats = [entry for entry in vector_formats() if entry.read is not None]
    names = list(dict.fromkeys(name for each in formats for name in (each.kind, each.name)))
    if given is not None and given not in names:
        raise FormatError(f"format must be one of {', '.join(names)}: got {given!r}")
    fitting = [entry for entry in formats if given in (None, entry.name, entry.kind)]
    start = b"" if path.is_dir() else _start(path)
    found = most_certain((entry.sniff(path, start), entry) for entry in fitting)
    if found is not None or path.is_dir():
        return found
    if given is not None:
        return fitting[0]
    if start.startswith(b"\x80"):
        raise FormatError(_PICKLE.format(path=path))
    raise FormatError(
        f"{path} must be in one of the formats {', '.join(names)}: its content is in none of them; "
        "say format=NAME"
    )


def _start(path: Path) -> bytes:
    with open_regular(path) as file:
        check_fits(os.fstat(file.fileno()).st_size, str(path))
        return file.read(64)
