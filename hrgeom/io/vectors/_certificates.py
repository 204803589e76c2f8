"""Certificates in an embedding folder, each for its notion."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from hrgeom._base.atomic_files import clear_stale, dump, read_json, sync, temporary_beside
from hrgeom.checker import Certificate
from hrgeom.core import Notion
from hrgeom.errors import FormatError
from hrgeom.io.vectors._folder import describe

__all__ = ["load_certificate", "save_certificate"]


def save_certificate(certificate: Certificate, folder: str | os.PathLike[str]) -> Path:
    """Write a certificate into an embedding folder, in one step, and return its path.

    It is `certificate.json` for the notion the embedding is meant for, and
    `certificate-global.json` or `certificate-row.json` for the other one.

    Parameters
    ----------
    certificate : Certificate
        What to write.
    folder : path
        An embedding folder.

    Returns
    -------
    path : Path
        The file.

    Raises
    ------
    FormatError
        If it is no embedding folder.

    Examples
    --------
    >>> import os, tempfile
    >>> from hrgeom import certify
    >>> from hrgeom.core import DualEmbedding, Relevance
    >>> from hrgeom.io import save
    >>> r = Relevance.from_sets([{0}], n_documents=2)
    >>> e = DualEmbedding([[1.0]], [[3.0], [-3.0]], threshold=0.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(e, os.path.join(folder, "small.emb"))
    ...     written = save_certificate(certify(e, r), path)
    ...     load_certificate(path).verdict
    'holds'
    """
    target = _certificate_path(folder, certificate.notion)
    clear_stale(target)
    _clear_older(target.parent)
    temporary = temporary_beside(target)
    try:
        dump(certificate.to_dict(), temporary)
        sync(temporary)
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return target


def _clear_older(folder: Path) -> None:
    """Remove what an earlier version of hrgeom, killed while writing, left a day ago or before."""
    for path in folder.glob(".certificate.*"):
        if re.fullmatch(r"\.certificate\.[a-z0-9_]{8}", path.name):
            with suppress(OSError):
                if path.lstat().st_mtime < time.time() - 24 * 3600:
                    path.unlink()


def load_certificate(
    folder: str | os.PathLike[str], *, notion: Notion | None = None
) -> Certificate:
    """Read the certificate of an embedding folder.

    Parameters
    ----------
    folder : path
        An embedding folder.
    notion : {"global", "row"}, optional
        Default: the one the embedding is meant for.

    Returns
    -------
    certificate : Certificate
        As it was written.

    Raises
    ------
    FormatError
        If there is none, it is damaged, for the other notion, or of a newer version than this
        hrgeom reads.

    Examples
    --------
    >>> import os, tempfile
    >>> from hrgeom import certify
    >>> from hrgeom.core import DualEmbedding, Relevance
    >>> from hrgeom.io import save
    >>> r = Relevance.from_sets([{0}], n_documents=2)
    >>> e = DualEmbedding([[1.0]], [[3.0], [-3.0]], threshold=0.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(e, os.path.join(folder, "small.emb"))
    ...     written = save_certificate(certify(e, r), path)
    ...     load_certificate(path).verdict
    'holds'
    """
    wanted = notion or describe(folder)["notion"]
    path = _certificate_path(folder, notion)
    found = Certificate.from_dict(read_json(path))
    if found.notion != wanted:
        raise FormatError(f"{path} must be for the {wanted} notion: got {found.notion}")
    return found


def _certificate_path(folder: str | os.PathLike[str], notion: Notion | None) -> Path:
    own = describe(folder)["notion"]
    name = "certificate.json" if notion in (None, own) else f"certificate-{notion}.json"
    return Path(folder) / name
