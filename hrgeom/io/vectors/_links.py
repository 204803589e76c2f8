"""The links of a chain of certificates: what an extended embedding keeps of the earlier one.

A certificate that builds on an earlier one holds as far as the earlier one does, and that one
speaks of an embedding which is no longer there. Its rows are: those that were kept are in the
extended embedding, and the link holds the others, with the labels and edges of the earlier
hierarchy and the earlier certificate. So the earlier embedding can be put together again, number by
number, and its digests compared with those that the earlier certificate states. The extended
certificate states the digests of all link files.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.json_text import parse_json
from hrgeom._base.regular_files import read_regular
from hrgeom._base.stored_types import disk_dtype, from_disk, to_disk
from hrgeom._base.versions import check_version
from hrgeom.checker import Certificate, Earlier
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.vectors._numpy import read_archive

__all__ = ["linked", "links_of", "read_link"]

_FORMAT, _VERSION = "hrgeom-link", 1
_SIDES = ("query", "document")
_ROWS = {"query": "queries", "document": "documents"}


def links_of(
    earlier: Earlier, folder: str | os.PathLike[str] | None = None
) -> dict[str, bytes]:
    """Return the link files of an embedding that extends another one.

    Parameters
    ----------
    earlier : Earlier
        The embedding that was extended, and where its rows are now.
    folder : path, optional
        Its folder, whose own links are kept where its certificate builds on them.

    Returns
    -------
    links : dict of bytes
        Content by name, the oldest first, for `save`.

    Raises
    ------
    FormatError
        If a link of the folder is missing, or is not the one that its certificate states.
    """
    chain = earlier.certificate.chain or {}
    if chain and folder is None:
        raise FormatError("the folder must be given whose certificate builds on link files")
    links = {name: _read_file(Path(folder or "") / name, digest) for name, digest in chain.items()}
    links[f"link-{len(links) + 1}.npz"] = _content(earlier)
    return links


def linked(certificate: Certificate, links: Mapping[str, bytes]) -> Certificate:
    """Return a certificate that states the digests of the link files it builds on.

    Parameters
    ----------
    certificate : Certificate
        Of the extended embedding.
    links : mapping of str to bytes
        As `links_of` returns them.
    """
    return replace(certificate, chain={name: sha256(data).hexdigest() for name, data in links.items()})


def _read_file(path: Path, digest: str) -> bytes:
    try:
        data = read_regular(path)
    except OSError as error:
        raise FormatError(f"{path} must be there, which a certificate builds on: {error}") from None
    if sha256(data).hexdigest() != digest:
        raise FormatError(
            f"{path} must be the link that the certificate states, sha256 {digest}: got "
            f"{sha256(data).hexdigest()}"
        )
    return data


def _content(earlier: Earlier) -> bytes:
    e, places = earlier.embedding, (earlier.query_places, earlier.document_places)
    record = {
        "format": _FORMAT,
        "format_version": _VERSION,
        "certificate": earlier.certificate.to_dict(),
        "labels": earlier.target.labels,
        "basis": e.basis,
    }
    arrays: dict[str, NDArray[Any]] = {
        "record": np.frombuffer(json.dumps(record).encode(), dtype=np.uint8),
        "edges": np.asarray(earlier.target.edges, dtype=np.int32),
    }
    for side, at in zip(_SIDES, places, strict=True):
        gone = at < 0
        scale = getattr(e, f"{side}_scale")
        arrays[f"{side}_places"] = at.astype(np.int32)
        arrays[_ROWS[side]] = to_disk(getattr(e, _ROWS[side])[gone])
        arrays[f"{side}_scale"] = np.asarray(scale[gone] if np.ndim(scale) else scale)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def read_link(path: str | os.PathLike[str], digest: str, embedding: DualEmbedding) -> Earlier:
    """Return what a link file says of the embedding before, put together again.

    Parameters
    ----------
    path : path
        The file.
    digest : str
        Its digest, as the certificate states it.
    embedding : DualEmbedding
        The embedding that extends the earlier one.

    Returns
    -------
    earlier : Earlier
        Nothing of it is checked yet but its form; `certify_extension` does that.

    Raises
    ------
    FormatError
        If the file is another one, or has not the form of a link.
    """
    _read_file(Path(path), digest)
    arrays = read_archive(os.fspath(path))
    try:
        record = parse_json(bytes(arrays["record"]).decode())
        check_version(
            record.get("format"), record.get("format_version"),
            expected=(_FORMAT, _VERSION), what=str(path),
        )  # fmt: skip
        target = Hierarchy(record["labels"], arrays["edges"])
        certificate = Certificate.from_dict(record["certificate"])
        fields: dict[str, Any] = {}
        for side in _SIDES:
            fields |= _side(side, arrays, embedding)
        before = DualEmbedding(
            **fields,
            threshold=certificate.threshold,
            query_labels=target.labels,
            document_labels=target.labels,
            basis=record["basis"],
        )
        places = [arrays[f"{side}_places"].astype(np.int64) for side in _SIDES]
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise FormatError(f"{path} must be a link as hrgeom writes it: {error}") from None
    return Earlier(before, target, certificate, *places)


def _side(
    side: str, arrays: Mapping[str, NDArray[Any]], embedding: DualEmbedding
) -> dict[str, Any]:
    """Return rows and scale of one side: those that were kept, and those that the link holds."""
    now, scale = getattr(embedding, _ROWS[side]), getattr(embedding, f"{side}_scale")
    places, rest = arrays[f"{side}_places"], arrays[_ROWS[side]]
    if rest.dtype != disk_dtype(str(embedding.dtype)):
        raise ValueError(f"rows must be {embedding.dtype}: got {rest.dtype}")
    gone = places < 0
    rows = np.empty((len(places), embedding.dim), dtype=now.dtype)
    rows[~gone] = now[places[~gone]]
    rows[gone] = from_disk(rest, str(embedding.dtype))
    if not np.ndim(scale):
        return {_ROWS[side]: rows, f"{side}_scale": float(arrays[f"{side}_scale"])}
    scales = np.empty(len(places), dtype=np.float32)
    scales[~gone] = scale[places[~gone]]
    scales[gone] = arrays[f"{side}_scale"]
    return {_ROWS[side]: rows, f"{side}_scale": scales}
