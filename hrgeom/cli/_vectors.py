"""Vectors that a command is given: an embedding folder or a file, in the order of a target."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hrgeom.checker import Certificate
from hrgeom.cli import _inputs, _output
from hrgeom.core import ROW_RULES, DualEmbedding, Hierarchy, Remark, Target
from hrgeom.errors import ChangedError, FormatError
from hrgeom.io import vector_formats
from hrgeom.io.judgments import Judgments
from hrgeom.io.vectors import alignment_remarks, describe, load
from hrgeom.models import read_model

__all__ = [
    "GivenVectors",
    "add_rows",
    "add_vectors",
    "is_folder",
    "read_vectors",
    "said_of_failure",
    "tell",
]


@dataclass(frozen=True)
class GivenVectors:
    """What was read: rows in the order of the target, and as they are stored.

    Attributes
    ----------
    embedding : DualEmbedding
        In the order of the target.
    stored : DualEmbedding
        As it lies in the folder; of a file the same as `embedding`.
    remarks : tuple of Remark
        What was assumed, repaired or left out.
    sha256 : dict of str, optional
        Digests of the stored rows from before they were put in order, where they were.
    """

    embedding: DualEmbedding
    stored: DualEmbedding
    remarks: tuple[Remark, ...] = ()
    sha256: dict[str, str] | None = None

    def of_stored(self, certificate: Certificate) -> Certificate:
        """Return the certificate with the digests of the rows as they are stored."""
        if self.sha256 is None:  # the rows that were certified are these
            return certificate
        if self.stored.sha256 != self.sha256:
            raise ChangedError("vectors must not change while they are certified: their file did")
        return replace(certificate, sha256={**certificate.sha256, **self.sha256})

    def of_rows(self, certificate: Certificate) -> Certificate:
        """Return the certificate with digests of the rows in order, where the stored ones agree."""
        stored, in_order = self.stored.sha256, self.embedding.sha256
        moved = {
            name: in_order[name]
            for name, digest in certificate.sha256.items()
            if name in in_order and digest == stored.get(name)
        }
        return replace(certificate, sha256={**certificate.sha256, **moved})


def add_vectors(parser: argparse.ArgumentParser) -> None:
    """Add the argument that says which vectors, and --rows."""
    names = ", ".join(entry.name for entry in vector_formats() if entry.read)
    parser.add_argument(
        "folder",
        metavar="VECTORS",
        help=f"embedding folder, or a file of vectors ({names}) with options as for `hrgeom "
        "compare`, such as theirs.npz,queries=q,documents=d",
    )
    add_rows(parser)


def add_rows(parser: argparse.ArgumentParser) -> None:
    """Add --rows."""
    parser.add_argument(
        "--rows",
        choices=ROW_RULES,
        help="order: rows are in the order of the hierarchy, whatever their labels; labels: rows "
        "without labels are those of the nodes 0, 1, ... (default: labels where there are any, "
        "else the order, and an error where that is doubtful)",
    )


def is_folder(path: str) -> bool:
    """Return whether a path is an embedding folder, or is named like one and is not there."""
    place = Path(path)
    return (place / "embedding.json").is_file() or (place.suffix == ".emb" and not place.is_file())


def read_target(args: argparse.Namespace) -> Hierarchy | Judgments:
    """Read what --tree or --qrels says, or else what the embedding folder was made from.

    Raises
    ------
    FormatError
        If neither is given and the vectors do not record where they come from.
    """
    if args.tree is None and args.qrels is None and not is_folder(args.folder):
        if Path(args.folder).is_dir():
            describe(args.folder)  # says what it lacks
        found = f"a file, {args.folder!r}" if Path(args.folder).exists() else repr(args.folder)
        raise FormatError(
            "--tree or --qrels must be given for vectors that are no embedding folder, which "
            f"records its own: got {found}"
        )
    return _inputs.read_target(args, args.folder if is_folder(args.folder) else None)


def read_vectors(args: argparse.Namespace, target: Target) -> GivenVectors:
    """Return the vectors that a command is given, in the order of the target.

    Raises
    ------
    FormatError
        If a file is in no known format, or its scores are no inner products.
    ShapeError
        If rows do not fit the labels of the target.
    """
    if is_folder(args.folder):
        stored = load(args.folder, mmap=True)
        remarks = alignment_remarks(stored, target, args.rows)
        in_order = stored.aligned_to(target, rows=args.rows, name=args.folder)
        if np.may_share_memory(in_order.queries, stored.queries) and np.may_share_memory(
            in_order.documents, stored.documents
        ):
            return GivenVectors(in_order, stored, remarks)
        digests = stored.sha256
        in_order = stored.aligned_to(target, rows=args.rows, name=args.folder)
        return GivenVectors(in_order, stored, remarks, digests)
    rows = "" if args.rows is None else f",rows={args.rows}"
    model = read_model(args.folder + rows, target)
    if model.score != "dot":
        raise FormatError(
            f"score must be dot or cosine, whose scores are inner products: got {model.score!r}"
        )
    return GivenVectors(model.embedding, model.embedding, model.remarks)


def tell(args: argparse.Namespace, data: dict[str, Any], remarks: Sequence[Remark]) -> None:
    """Print remarks about vectors to standard error, and add them to the JSON data."""
    for remark in remarks:
        _output.remark(args, str(remark))
    if remarks:
        data["remarks"] = [*data.get("remarks", ()), *(remark.to_dict() for remark in remarks)]


def said_of_failure(text: str, certificate: Certificate, remarks: Sequence[Remark]) -> str:
    """Return the text of a certificate that fails with what the vectors lack."""
    lacking = [r for r in remarks if r.code == "words-without-vector"]
    if certificate.holds or not lacking:
        return text
    return "\n".join([text, *(f"  vectors: {remark}" for remark in lacking)])
