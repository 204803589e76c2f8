"""Exports: an embedding in the form that an engine reads, opened there and checked at once."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrgeom._base.atomic_files import dump, read_json
from hrgeom._base.optional import pip_install
from hrgeom._version import __version__
from hrgeom.core import DualEmbedding, Target
from hrgeom.errors import FormatError, HrgeomError
from hrgeom.export._check import Check, check
from hrgeom.export._handover import handed_over, own_relevance, with_threshold
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._registry import target_named
from hrgeom.export._texts import readme

__all__ = ["SAMPLE", "Exported", "export_embedding"]

SAMPLE = 2_000
"""Queries that are asked by default, if there are more."""
_RECORD = "export.json"
_FORMAT, _VERSION = "hrgeom-export", 1


@dataclass(frozen=True)
class Exported:
    """What `export_embedding` wrote, and what its check found.

    Attributes
    ----------
    path : Path
        The folder.
    target : str
        Name of the target.
    query : Query or None
        The query as text to paste, which also lies in the folder; None: nothing is queried.
    threshold : str
        What the numbers of the engine are compared with, such as "1 - s < 1.0".
    check : Check or None
        None: nothing was checked.
    is_written : bool
        False if the check failed and nothing was kept.
    settings : mapping of str to int
        Options of the target's index, as they were used.
    n_leaves_out : int
        Documents that were not written, each retrieved only by the query of its own label.

    Examples
    --------
    >>> Exported(Path("x"), "faiss", Query("sql", ""), "s > 0.0", None, True).holds
    True
    """

    path: Path
    target: str
    query: Query | None
    threshold: str
    check: Check | None
    is_written: bool
    settings: Mapping[str, int] = field(default_factory=dict)
    n_leaves_out: int = 0

    @property
    def holds(self) -> bool:
        """False if the check failed."""
        return self.check is None or self.check.holds

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "out": str(self.path),
            "target": self.target,
            "query": None if self.query is None else self.query.text,
            "threshold": self.threshold,
            "written": self.is_written,
            "settings": dict(self.settings),
            "leaves_left_out": self.n_leaves_out,
            "check": None if self.check is None else self.check.to_dict(),
        }


def export_embedding(
    embedding: DualEmbedding,
    path: str | os.PathLike[str],
    to: str | ExportTarget,
    *,
    target: Target | None = None,
    dtype: str | None = None,
    settings: Mapping[str, int] | None = None,
    leaves: bool = True,
    check_it: bool = True,
    sample: int | None = SAMPLE,
    keep: bool = False,
    overwrite: bool = False,
) -> Exported:
    """Write an embedding as an engine reads it, open it there, and compare its answers with S(q).

    Parameters
    ----------
    embedding : DualEmbedding
        Its numbers are rounded to `dtype`, its threshold to float32. Without a threshold, the one
        in the middle between worst match and best non-match is taken.
    path : str or path-like
        The folder to write; its parent must exist.
    to : str or ExportTarget
        Name of one of `export_targets()`, or an entry that need not be registered.
    target : Hierarchy, Relevance or Judgments, optional
        Which documents each query must retrieve. Default: those it retrieves by its own numbers.
    dtype : {"float32", "float16"}, optional
        Stored type in the engine. Default: the first that the target holds.
    settings : mapping of str to int, optional
        Options of the target's index.
    leaves : bool
        Whether to write documents that only the query of the same label retrieves, such as the
        leaves of a hierarchy. Without them the engine has less to look through, and the answer to
        a query is what the engine returns and, if it is one of them, its own document.
    check_it : bool
        Whether to check, where the engine runs here.
    sample : int, optional
        How many queries are asked, chosen at random. None: all. What the engine holds is certified
        over all pairs in any case.
    keep : bool
        Keep what was written even if the check fails.
    overwrite : bool
        Replace an export of that name; anything else is never replaced.

    Returns
    -------
    exported : Exported
        With the query to paste; `is_written` is False if the check failed.

    Raises
    ------
    FormatError
        If the target cannot hold the embedding, the folder may not be written, or the engine
        raises an error.
    HrgeomError
        If a package is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from hrgeom import Hierarchy, construct
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = export_embedding(construct(h).embedding, Path(folder, "x"), "csv", target=h)
    >>> done.holds, done.threshold
    (True, 's > 0.0')
    """
    entry = target_named(to) if isinstance(to, str) else to
    place = Path(path)
    _check_place(place, overwrite)
    rows = with_threshold(embedding if target is None else embedding.aligned_to(target), target)
    wanted = own_relevance(rows) if target is None else target
    handover = handed_over(entry, rows, wanted, dtype=dtype, options=settings, leaves=leaves)
    temporary = place.parent / f".{secrets.token_hex(4)}.{place.name}"
    temporary.mkdir()
    try:
        runs = _runs(entry, check_it)
        with _foreign_errors(entry):
            query = _write(entry, handover, temporary)
            found = check(entry, handover, temporary, sample=sample) if runs else None
        is_written = keep or found is None or found.holds
        if is_written:
            _describe(entry, handover, query, found, temporary)
            _put(temporary, place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    units = entry.units
    threshold = f"{units.name} {units.comparison} {units.threshold(handover.threshold)}"
    return Exported(
        place,
        entry.name,
        query,
        threshold,
        found,
        is_written,
        dict(handover.options),
        handover.n_leaves_out,
    )


@contextmanager
def _foreign_errors(entry: ExportTarget) -> Iterator[None]:
    """Turn whatever an engine raises into an error of hrgeom that names it."""
    try:
        yield
    except (HrgeomError, OSError, MemoryError):
        raise
    except Exception as error:  # engines raise anything
        raise FormatError(
            f"{entry.name} must hold and answer what is written: {type(error).__name__}: {error}"
        ) from error


def _runs(entry: ExportTarget, check_it: bool) -> bool:
    """Whether an engine is to be opened; what is missing is an error."""
    if not check_it or entry.open is None:
        return False
    if entry.missing:
        raise FormatError(
            f"checking an export to {entry.name} requires {', '.join(entry.missing)}; install with "
            f"{pip_install(entry.extra or ' '.join(entry.missing))}, or do without "
            "(--no-check, check_it=False)"
        )
    return True


def _write(entry: ExportTarget, handover: Handover, folder: Path) -> Query | None:
    entry.write(handover, folder)
    if entry.verify is not None:
        entry.verify(handover, folder)
    if entry.query is None:
        return None
    query = entry.query(handover)
    (folder / query.file_name).write_text(query.text, encoding="utf-8")
    return query


def _describe(
    entry: ExportTarget,
    handover: Handover,
    query: Query | None,
    found: Check | None,
    folder: Path,
) -> None:
    """Write `README.md` for people and `export.json` for programs."""
    text = readme(entry, handover, query, found)
    (folder / "README.md").write_text(text, encoding="utf-8")
    e = handover.embedding
    record = {
        "format": _FORMAT,
        "format_version": _VERSION,
        "version": __version__,
        "target": entry.name,
        "dtype": str(e.dtype),
        "dim": e.dim,
        "score_threshold": handover.score_threshold,
        "units": entry.units.name,
        "threshold": float(entry.units.threshold(handover.threshold)),
        "comparison": entry.units.comparison,
        "settings": dict(handover.options),
        "leaves_left_out": handover.n_leaves_out,
        "sha256": e.sha256,
        "check": None if found is None else found.to_dict(),
    }
    dump(record, folder / _RECORD)


def _check_place(place: Path, overwrite: bool) -> None:
    if not place.parent.is_dir():
        raise FormatError(f"the parent of the output must exist: got {str(place)!r}")
    if not place.exists() and not place.is_symlink():
        return
    if place.is_symlink() or not (place / _RECORD).is_file():
        raise FormatError(f"the output must be new, or an export to replace: got {str(place)!r}")
    if read_json(place / _RECORD).get("format") != _FORMAT:
        raise FormatError(f"the output must be new, or an export to replace: got {str(place)!r}")
    if not overwrite:
        raise FormatError(
            f"the output must not exist yet: got {str(place)!r}; say so to replace it "
            "(--force, or overwrite=True)"
        )


def _put(temporary: Path, place: Path) -> None:
    """Rename what was written to its place; an export of that name goes first."""
    temporary.chmod(0o755)
    if place.exists():
        old = place.parent / f".{secrets.token_hex(4)}.{place.name}.old"
        place.rename(old)
        temporary.rename(place)
        shutil.rmtree(old, ignore_errors=True)
    else:
        temporary.rename(place)
