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
from hrgeom.checker import Certificate, Earlier, certify_extension
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.errors import FormatError, ShapeError
from hrgeom.io.vectors._numpy import read_archive

__all__ = ["check_chain", "linked", "links_of", "read_link"]

_FORMAT, _VERSION = "hrgeom-link", 1
_SIDES = ("query", "document")
_ROWS = {"query": "queries", "document": "documents"}


def links_of(earlier: Earlier, folder: str | os.PathLike[str] | None = None) -> dict[str, bytes]:
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

    Examples
    --------
    >>> from hrgeom import certify
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[-1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, -0.5]], threshold=0.0)
    >>> earlier = Earlier(e, h, certify(e, h), np.arange(2), np.arange(2))
    >>> list(links_of(earlier))
    ['link-1.npz']
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

    Returns
    -------
    certificate : Certificate
        The same with a chain.

    Examples
    --------
    >>> from hrgeom import certify
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[-1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, -0.5]], threshold=0.0)
    >>> earlier = Earlier(e, h, certify(e, h), np.arange(2), np.arange(2))
    >>> list(linked(earlier.certificate, links_of(earlier)).chain)
    ['link-1.npz']
    """
    return replace(
        certificate, chain={name: sha256(data).hexdigest() for name, data in links.items()}
    )


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

    Examples
    --------
    >>> from hrgeom import certify
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[-1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, -0.5]], threshold=0.0)
    >>> earlier = Earlier(e, h, certify(e, h), np.arange(2), np.arange(2))
    >>> import tempfile
    >>> [(name, data)] = links_of(earlier).items()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, name)
    ...     _ = path.write_bytes(data)
    ...     read_link(path, sha256(data).hexdigest(), e).certificate.verdict
    'holds'
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


_SAME = (
    *("verdict", "threshold", "n_queries", "n_documents", "dim", "dtype", "n_pairs", "n_matches"),
    *("n_violations", "n_violating_queries", "n_undecided", "worst_match", "best_other", "sha256"),
)
_BOUNDS = ("margin_lower_bound", "normalized_margin_lower_bound")
_SLACK = 1e-12  # kernels may round these in different ways


def check_chain(
    folder: str | os.PathLike[str],
    embedding: DualEmbedding,
    target: Hierarchy,
    certificate: Certificate,
    **options: Any,
) -> Earlier | None:
    """Check link by link what a certificate builds on, and return what the first link stands on.

    Every link is put together again and its digests are compared; the pairs with a row that is new
    or changed are certified anew, and what was stated is compared with what is found. The first
    certificate of all is not checked: it speaks of all pairs of the embedding that is returned with
    it, which `certify` can check again.

    Parameters
    ----------
    folder : path
        The folder with the link files.
    embedding : DualEmbedding
        Its embedding.
    target : Hierarchy
        What the certificate was made against.
    certificate : Certificate
        The certificate of the folder.
    **options
        Keywords of `certify`, such as `threads`.

    Returns
    -------
    earlier : Earlier or None
        The embedding at the start of the chain, its hierarchy and its certificate; None if the
        certificate builds on no other.

    Raises
    ------
    FormatError
        If a link file is missing or another one, an earlier certificate does not fit, or a
        certificate of the chain states what is not so.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[-1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, -0.5]], threshold=0.0)
    >>> from hrgeom import certify
    >>> check_chain(".", e, h, certify(e, h)) is None
    True
    """
    earlier: Earlier | None = None
    while certificate.chain:
        name, digest = list(certificate.chain.items())[-1]
        path = Path(folder) / name
        try:
            earlier = read_link(path, digest, embedding)
            found = certify_extension(embedding, target, earlier, **options)
        except ShapeError as error:
            raise FormatError(
                f"{path} must fit the certificate that builds on it: {error}"
            ) from None
        before = earlier.certificate.chain or {}
        _compare(path, certificate, found, list(before.items()))
        embedding, target, certificate = earlier.embedding, earlier.target, earlier.certificate
    return earlier


def _compare(
    path: Path, stated: Certificate, found: Certificate, before: list[tuple[str, str]]
) -> None:
    """Raise FormatError where a certificate states what is not so, or more than is so."""
    wrong = [name for name in _SAME if getattr(stated, name) != getattr(found, name)]
    for name in _BOUNDS:
        bound, most = getattr(stated, name), getattr(found, name)
        if bound is not None and (most is None or bound > most + _SLACK * abs(most)):
            wrong.append(name)
    if list((stated.chain or {}).items())[:-1] != before:
        wrong.append("chain")
    if wrong:
        raise FormatError(
            f"the certificate that builds on {path} must state what is found: got another "
            f"{', '.join(wrong)}"
        )
