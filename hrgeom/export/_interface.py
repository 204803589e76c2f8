"""The entry of the registry of export targets, and what an entry is given and gives back."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from hrgeom.core import DualEmbedding, Hierarchy, Target
from hrgeom.export._units import SCORE, Units
from hrgeom.io import Vectors

__all__ = ["Engine", "ExportTarget", "Handover", "Query"]

TARGET_GROUP = "hrgeom.targets"
"""Entry-point group under which other distributions add targets."""


@dataclass(frozen=True, eq=False)
class Handover:
    """What a target is given to write: the rows as the engine is to hold them.

    Attributes
    ----------
    embedding : DualEmbedding
        In a type that the target holds, float32 or float16, its threshold a float32 number.
    target : Hierarchy, Relevance or Judgments
        Which documents each query must retrieve, with the labels of the embedding in its order.
    options : mapping of str to int
        Values of the options of the target, all of them.
    lifted_from : float or None
        The threshold, where it has become a coordinate of the rows, and 0 the threshold.
    hierarchy : Hierarchy or None
        Where the documents are its nodes, or some of them.
    n_leaves_out : int
        Documents that are not written, each retrieved only by the query of its own label.

    Examples
    --------
    >>> from hrgeom.core import Relevance
    >>> r = Relevance.from_sets([{0}], n_documents=1)
    >>> Handover(DualEmbedding([[1.0]], [[1.0]], threshold=0.5), r).threshold
    0.5
    """

    embedding: DualEmbedding
    target: Target
    options: Mapping[str, int] = field(default_factory=dict)
    lifted_from: float | None = None
    hierarchy: Hierarchy | None = None
    n_leaves_out: int = 0

    @property
    def threshold(self) -> float:
        """The threshold of the scores, which float32 holds."""
        assert self.embedding.threshold is not None
        return self.embedding.threshold

    @property
    def score_threshold(self) -> float:
        """The threshold of the scores of the rows without a coordinate more."""
        return self.threshold if self.lifted_from is None else self.lifted_from


@dataclass(frozen=True)
class Query:
    """The query of an engine, as text to paste.

    Attributes
    ----------
    language : {"python", "sql", "json"}
        Python: a module that defines ``retrieve(label)``. SQL: statements that end in one for an
        example. JSON: the body of a request.
    text : str
        The whole file.

    Examples
    --------
    >>> Query("sql", "SELECT 1;").file_name
    'query.sql'
    """

    language: Literal["python", "sql", "json"]
    text: str

    @property
    def file_name(self) -> str:
        """Name of the file in the folder of an export."""
        return f"query.{'py' if self.language == 'python' else self.language}"


class Engine(Protocol):
    """An engine that holds an export, while it is open."""

    def retrieve(self, label: str, /) -> Mapping[str, float]:
        """Return the documents of a query by the pasted query, with the engine's own numbers.

        Parameters
        ----------
        label : str
            Label of a query.

        Returns
        -------
        found : mapping of str to float
            Label of every document retrieved -> what the engine returns for the pair.
        """
        ...

    def stored(self) -> Vectors:
        """Return the rows as the engine holds them, with their labels."""
        ...


@dataclass(frozen=True, kw_only=True)
class ExportTarget:
    """A place that an embedding can go to: how it is written, queried and checked.

    Parameters
    ----------
    name : str
        Lower case, without spaces; what `--to` takes.
    summary : str
        One line without a full stop, for help texts and the table of targets.
    write : callable
        Takes a `Handover` and the path of a new, empty folder; writes the files of the target into
        it. Raises FormatError if the target cannot hold the embedding.
    query : callable, optional
        Takes a `Handover`; returns the `Query` with its threshold in the engine's units. None:
        there are no vectors to query.
    verify : callable, optional
        Takes a `Handover` and the folder; reads back what has no vectors, and raises FormatError if
        it says anything else.
    open : callable, optional
        Takes the folder; returns a context manager of an `Engine` that has loaded it and runs
        `query.*` as it stands there. None: the engine does not run here, and nothing is checked.
    units : Units, optional
        What the engine returns for an inner product. Default: the inner product.
    types : tuple of str, optional
        Stored types that it holds, the default first.
    modules : tuple of str, optional
        Packages that must be there to write and to check.
    extra : str, optional
        What to install with pip: an extra such as `'hrgeom[parquet]'`, or packages.
    options : mapping of str to int, optional
        Names and defaults of the settings of its index, for `--set`.
    is_exact : bool, optional
        Whether the engine looks at every document. An approximate index is reported, not refused.
    needs_hierarchy : bool, optional
        Whether it goes by the edges of the hierarchy, so that there must be one.
    is_lifted : bool, optional
        Whether rows get one coordinate more, the threshold, where it is not 0: for engines that
        compare with 0 alone.
    in_float32 : tuple of str, optional
        Stored types whose scores are sums in float32 or wider, in whatever order, so that the
        rounding bound speaks of them.

    Examples
    --------
    >>> from hrgeom.export import export_targets
    >>> faiss = next(target for target in export_targets() if target.name == "faiss")
    >>> faiss.units.name, faiss.types
    ('s', ('float32', 'float16'))
    """

    name: str
    summary: str
    write: Callable[[Handover, Path], None]
    query: Callable[[Handover], Query] | None = None
    verify: Callable[[Handover, Path], None] | None = None
    open: Callable[[Path], AbstractContextManager[Engine]] | None = None
    units: Units = SCORE
    types: tuple[str, ...] = ("float32",)
    modules: tuple[str, ...] = ()
    extra: str | None = None
    options: Mapping[str, int] = field(default_factory=dict)
    is_exact: bool = True
    needs_hierarchy: bool = False
    is_lifted: bool = False
    in_float32: tuple[str, ...] = ("float32", "float16")

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages that it needs and that are not installed."""
        return tuple(name for name in self.modules if importlib.util.find_spec(name) is None)

    @property
    def is_available(self) -> bool:
        """Whether it can be written and checked on this machine."""
        return not self.missing
