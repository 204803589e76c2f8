r"""Margin ceilings from multipliers on a part of a hierarchy with twins, checked without a solver.

Terms as in `_part`. Let a node or class i stand for :math:`w_i` twins. Pairs of a query and a
document fall into groups: (i, j) for i other than j; (i, i), a twin and itself; and, where
:math:`w_i \ge 2`, a twin and another of its class, which do not match.

**Theorem.** Let weights :math:`\lambda_{ij}, \mu_i \ge 0` of the groups, :math:`\mu_i` for two of
a class, sum to a over groups that match and to b over the others. Let y be a number for every
query and every document of the part, and A the symmetric matrix over these with the entries
:math:`(\sigma_{ij}\lambda_{ij} - [i = j]\mu_i)/2` between query i and document j, sigma = 1 for
matches and -1 for others. If Diag(y) - A is positive semidefinite and, where :math:`w_i \ge 2`,

.. math:: 4\, y_i\, y'_i \ge \Bigl(\lambda_{ii} + \frac{\mu_i}{w_i - 1}\Bigr)^2,

for the y of query i and the y' of document i, then no embedding of the hierarchy, in any dimension,
has a normalized margin, global notion, above :math:`(\sum y + |a - b|)/(a + b)`.

*Proof.* Spread every weight evenly over the pairs of its group, and every y evenly over the twins.
The weighted constraints of all these pairs are those of weak duality
(`proofs/sdp_weak_duality.py`), with the same sums; what is to show is that the large matrix is
positive semidefinite. Take numbers f on queries and g on documents, and split each class into its
mean and the rest, which sums to 0. Means and rests do not mix: a group (i, j) of different classes
sees sums over classes only, and so does the group of two of a class, but for a multiple of the
identity. With means u and v the quadratic form is that of Diag(y) - A at (u, v). On the rests of
class i it is :math:`(y_i |f|^2 + y'_i |g|^2 - (\lambda_{ii} + \mu_i/(w_i - 1))\langle f, g\rangle)
/ w_i`, at least 0 by the other condition. A part has at least the margin of the whole.
∎ (`proofs/twins.py`)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.bounds.ceilings._part import Part, part_with
from hrgeom.constructions import is_positive_semidefinite
from hrgeom.core import Hierarchy
from hrgeom.errors import ConstructionError

__all__ = [
    "THEOREM",
    "PartCeiling",
    "bundled_ceilings",
    "multipliers_bound",
    "part_ceiling",
    "read_ceiling",
    "write_ceiling",
]

_EXACT = 2**52  # integers whose doubles are whole float64 numbers

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PartCeiling:
    """Multipliers that bound the margin of every hierarchy with a certain part.

    Attributes
    ----------
    labels : tuple of str
        Nodes of the part: those that stand for themselves, and one leaf of every class of twins.
    counts : ndarray of int64, shape (k,)
        How many twins each stands for.
    rows, columns, weights : ndarray of int64, shape (n,)
        Weights lambda of the theorem that are not 0: query, document, value in units of `step`.
    twins : ndarray of int64, shape (k,)
        Weights mu in the same unit; 0 for nodes that stand for themselves.
    diagonal : ndarray of int64, shape (2 k,)
        Numbers y, queries first, in units of 1.
    step : int
        The unit of weights, in units of 1.

    Examples
    --------
    >>> [ceiling.labels[0] for ceiling in bundled_ceilings().values()]
    ['entity.n.01', 'mammal.n.01']
    """

    labels: tuple[str, ...]
    counts: Whole
    rows: Whole
    columns: Whole
    weights: Whole
    twins: Whole
    diagonal: Whole
    step: int


def part_ceiling(hierarchy: Hierarchy, ceiling: PartCeiling) -> float:
    """Return the margin that a hierarchy does not exceed, after checking all that proves it.

    The part is looked up in the hierarchy, sums are exact, and the matrix is shown to be positive
    semidefinite by a factorization with a bound on its rounding. No solver takes part.

    Parameters
    ----------
    hierarchy : Hierarchy
        Every node a query and a document.
    ceiling : PartCeiling
        Multipliers, from wherever.

    Returns
    -------
    bound : float
        No embedding in any dimension has a larger normalized margin, global notion. Rounded up.

    Raises
    ------
    ConstructionError
        If the hierarchy does not have the part, or the multipliers prove nothing.

    References
    ----------
    The module's theorem; `proofs/twins.py`, `proofs/sdp_weak_duality.py`.

    Examples
    --------
    >>> from hrgeom.datasets import load
    >>> mammals = load("wordnet-mammals")
    >>> round(part_ceiling(mammals, bundled_ceilings()["wordnet-mammals"]), 3)
    0.258
    """
    part = part_with(hierarchy, ceiling.labels, ceiling.counts.tolist())
    bound = multipliers_bound(part, ceiling)
    if bound is None:
        raise ConstructionError(
            "multipliers must fit the part, not be negative and make the matrix of the theorem "
            "positive semidefinite: these do not, and prove nothing"
        )
    nearest = float(bound)
    return nearest if Fraction(nearest) >= bound else math.nextafter(nearest, math.inf)


def multipliers_bound(part: Part, ceiling: PartCeiling) -> Fraction | None:
    """Return the bound of the module's theorem, exactly; None if it does not apply.

    Parameters
    ----------
    part : Part
        The part in the hierarchy, whose counts are used.
    ceiling : PartCeiling
        Of which the numbers are used.

    Returns
    -------
    bound : Fraction or None
        None if numbers do not fit the part, a weight is negative, all are zero, or the conditions
        are not proved to hold.
    """
    if not _fits(part, ceiling):
        return None
    rows, columns, step = ceiling.rows, ceiling.columns, ceiling.step
    matches = part.matches[rows, columns]
    of_matches = step * int(ceiling.weights[matches].sum())
    of_others = step * (int(ceiling.weights[~matches].sum()) + int(ceiling.twins.sum()))
    own = np.zeros(part.size, dtype=np.int64)
    own[rows[rows == columns]] = ceiling.weights[rows == columns]
    if of_matches + of_others == 0 or not _rests_hold(part.counts, own, ceiling):
        return None
    # twice Diag(y) - A, in whole numbers that float64 has
    matrix = np.zeros((2 * part.size, 2 * part.size))
    between = matrix[: part.size, part.size :]
    between[rows, columns] = -step * np.where(matches, ceiling.weights, -ceiling.weights)
    places = np.arange(part.size)
    between[places, places] += step * ceiling.twins
    matrix[part.size :, : part.size] = between.T
    np.fill_diagonal(matrix, 2 * ceiling.diagonal)
    if not is_positive_semidefinite(matrix):
        return None
    total = sum(ceiling.diagonal.tolist()) + abs(of_matches - of_others)
    return Fraction(total, of_matches + of_others)


def _fits(part: Part, ceiling: PartCeiling) -> bool:
    """Return whether all numbers are of the shapes and ranges that the check relies on."""
    size, n_weights = part.size, len(ceiling.weights)
    pairs = ceiling.rows * size + ceiling.columns
    return bool(
        ceiling.twins.shape == part.counts.shape == (size,)
        and ceiling.diagonal.shape == (2 * size,)
        and ceiling.rows.shape == ceiling.columns.shape == (n_weights,)
        and n_weights > 0
        and ceiling.rows.min() >= 0
        and ceiling.columns.min() >= 0
        and max(ceiling.rows.max(), ceiling.columns.max()) < size
        and len(np.unique(pairs)) == n_weights
        and ceiling.step >= 1
        and ceiling.weights.min() >= 0
        and ceiling.twins.min() >= 0
        and not ceiling.twins[part.counts == 1].any()
        and ceiling.diagonal.min() >= 0
        # sums of two weights, and doubles of y, are exact
        and ceiling.step * int(max(ceiling.weights.max(), ceiling.twins.max())) < _EXACT // 2
        and int(ceiling.diagonal.max()) < _EXACT // 2
    )


def _rests_hold(counts: Whole, own: Whole, ceiling: PartCeiling) -> bool:
    """Return whether the theorem's condition on every class of twins holds, exactly."""
    size = len(counts)
    for i in np.flatnonzero(counts > 1).tolist():
        others = int(counts[i]) - 1
        weight = ceiling.step * (others * int(own[i]) + int(ceiling.twins[i]))
        product = int(ceiling.diagonal[i]) * int(ceiling.diagonal[size + i])
        if 4 * product * others**2 < weight**2:
            return False
    return True


def write_ceiling(path: Path, ceiling: PartCeiling) -> None:
    """Write multipliers to a file of NumPy arrays.

    Parameters
    ----------
    path : Path
        Name of the file, ending in `.npz`.
    ceiling : PartCeiling
        What `read_ceiling` returns again.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mammals.npz")
    ...     write_ceiling(path, bundled_ceilings()["wordnet-mammals"])
    ...     read_ceiling(path).labels[0]
    'mammal.n.01'
    """
    size = len(ceiling.counts)
    order = np.lexsort((ceiling.columns, ceiling.rows))
    present = np.zeros((size, size), dtype=bool)
    present[ceiling.rows, ceiling.columns] = True
    np.savez_compressed(
        path,
        labels=np.frombuffer("\n".join(ceiling.labels).encode(), dtype=np.uint8),
        counts=ceiling.counts.astype(np.uint32),
        present=np.packbits(present),
        weights=ceiling.weights[order].astype(np.uint16),
        twins=ceiling.twins.astype(np.uint32),
        diagonal=ceiling.diagonal,
        step=np.int64(ceiling.step),
    )


def read_ceiling(path: Any) -> PartCeiling:
    """Read multipliers that `write_ceiling` wrote.

    Parameters
    ----------
    path : path-like
        Name of the file.

    Returns
    -------
    ceiling : PartCeiling
        Nothing about it is checked: `part_ceiling` does that.

    Examples
    --------
    As for `write_ceiling`, with a file from wherever:

    >>> with (resources.files("hrgeom") / "_data" / "ceiling-wordnet.npz").open("rb") as file:
    ...     len(read_ceiling(file).labels)
    1200
    """
    with np.load(path, allow_pickle=False) as file:
        whole = {
            name: file[name].astype(np.int64) for name in ("counts", "weights", "twins", "diagonal")
        }
        size = len(whole["counts"])
        present = np.unpackbits(file["present"], count=size**2).reshape(size, size)
        rows, columns = np.nonzero(present)
        labels = tuple(file["labels"].tobytes().decode().split("\n"))
        step = int(file["step"])
    return PartCeiling(labels=labels, rows=rows, columns=columns, step=step, **whole)


@cache
def bundled_ceilings() -> dict[str, PartCeiling]:
    """Return the multipliers that come with hrgeom, by the hierarchy they were found for.

    Returns
    -------
    ceilings : dict
        From names of bundled hierarchies to multipliers, found by `benchmarks/part_ceiling.py`.
    """
    found = {}
    for name in ("wordnet", "wordnet-mammals"):
        with (resources.files("hrgeom") / "_data" / f"ceiling-{name}.npz").open("rb") as file:
            found[name] = read_ceiling(file)
    return found


def _bounds(hierarchy: Hierarchy) -> Iterator[tuple[float, str]]:
    """Yield the bounds of the bundled multipliers whose part a hierarchy has."""
    for ceiling in bundled_ceilings().values():
        try:
            bound = part_ceiling(hierarchy, ceiling)
        except ConstructionError:
            continue
        n_twins = int(ceiling.counts.sum())
        yield bound, f"stored multipliers on a part of {n_twins:,} nodes in it, checked"


def _statements(problem: BoundsProblem) -> list[Statement]:
    assert problem.hierarchy is not None  # the theorem needs one
    bounds = sorted(_bounds(problem.hierarchy))
    if not bounds:
        raise NotApplicableError("it has no part that multipliers are stored for")
    return [Statement("global", *bounds[0])]


THEOREM = Theorem(
    name="multipliers",
    quantity="margin",
    side="upper",
    statement="Multipliers stored for a part with twins bound the margin by weak duality",
    says=_statements,
    status="certified",
    proof="twins",
    page="theory/ceiling.md",
    needs=("hierarchy",),
)
