"""The constructions, in order of preference. A new one: a module of its own and an entry here."""

from __future__ import annotations

from hrgeom._base.nearest import meant
from hrgeom._base.plugins import with_plugins
from hrgeom.constructions._centroid_hubs import centroid_hubs
from hrgeom.constructions._construction import EFFORT, MINUTES, NOTION, Construction, Option
from hrgeom.constructions._descent import BITS, DEVICES, check_evening, descent
from hrgeom.constructions._kraft_trie import kraft_trie, trie_promise
from hrgeom.constructions._moment_curve import moment_curve, moment_curve_promise
from hrgeom.constructions._promise import Promise
from hrgeom.constructions._sdp import sdp
from hrgeom.constructions._treewidth import treewidth
from hrgeom.constructions._twins import distinct
from hrgeom.constructions.direct_sum import (
    block_code,
    block_code_promise,
    hybrid,
    hybrid_promise,
    mixed,
    mixed_promise,
)
from hrgeom.constructions.intervals import (
    CODES,
    COVERS,
    check_reserve,
    half_plane,
    half_plane_promise,
    interval,
    interval_promise,
)
from hrgeom.constructions.queries import (
    dual_frame,
    dual_frame_promise,
    gaussian_centroid,
    max_margin,
)
from hrgeom.core import Relevance
from hrgeom.errors import ConstructionError

__all__ = [
    "CONSTRUCTIONS",
    "all_constructions",
    "constructions_table",
    "find_construction",
    "promise_of",
]

GROUP = "hrgeom.constructions"  # of entry points

CONSTRUCTIONS: tuple[Construction, ...] = (
    Construction(
        name="interval",
        build=interval,
        guarantee="exact, d = 2k + 1, threshold 0",
        needs="k classes of intervals",
        options=(
            Option("code", choices=CODES, help="exact integers or unit rows (default: by type)"),
            Option("cover", choices=COVERS, help="kind of classes (default: of fewer classes)"),
            EFFORT,
            Option(
                "reserve",
                float,
                default=0.0,
                help="share of positions kept free for `hrgeom extend`, in exact integers",
                metavar="SHARE",
                check=check_reserve,
            ),
        ),
        promise=interval_promise,
        promise_kind="proved",
        is_quick=True,
        takes_forests=True,
        proof="interval_cover",
        page="theory/interval",
    ),
    Construction(
        name="half-plane",
        build=half_plane,
        guarantee="exact, d = 2k, threshold 1, rows of any length",
        needs="k classes of intervals",
        options=(EFFORT,),
        promise=half_plane_promise,
        promise_kind="proved",
        is_quick=True,
        by_name_only=True,
        takes_forests=True,
        proof="half_plane",
        page="theory/half-plane",
    ),
    Construction(
        name="trie",
        build=kraft_trie,
        guarantee="exact small integers, d = 1 + heights",
        needs="laminar classes",
        options=(EFFORT,),
        promise=trie_promise,
        promise_kind="proved",
        is_quick=True,
        proof="kraft_trie",
        page="theory/trie",
    ),
    Construction(
        name="hybrid",
        build=hybrid,
        guarantee="tries and intervals, margin by formula",
        needs="laminar classes",
        options=(EFFORT,),
        promise=hybrid_promise,
        promise_kind="proved",
        proof="direct_sum",
        page="theory/direct-sum",
    ),
    Construction(
        name="block-code",
        build=block_code,
        guarantee="spherical codes, margin 1/(2 sqrt Q + 2T)",
        needs="blocks that no query meets twice",
        promise=block_code_promise,
        promise_kind="proved",
        is_quick=True,
        proof="block_code",
        page="theory/direct-sum",
    ),
    Construction(
        name="mixed",
        build=mixed,
        guarantee="spherical codes below, tries above, margin by formula",
        needs="any relevance",
        options=(EFFORT,),
        promise=mixed_promise,
        promise_kind="proved",
        proof="direct_sum",
        page="theory/direct-sum",
    ),
    Construction(
        name="moment-curve",
        build=moment_curve,
        guarantee="d = 2 min(k, s) + 1, exact integers that grow fast",
        needs="small sets",
        options=(NOTION,),
        promise=moment_curve_promise,
        promise_kind="proved",
        proof="moment_curve",
        page="theory/moment-curve",
    ),
    Construction(
        name="dual-frame",
        build=dual_frame,
        guarantee="matches score exactly 1; non-matches are noise",
        needs="d >= s",
        promise=dual_frame_promise,
        promise_kind="predicted",
        is_quick=True,
        by_name_only=True,
        proof="dual_frame",
        page="theory/random",
    ),
    Construction(
        name="descent",
        build=descent,
        guarantee="the most margin in practice, and what its certificate says",
        needs="time: some two minutes for 100,000 nodes",
        options=(
            EFFORT,
            MINUTES,
            NOTION,
            Option("bits", int, choices=BITS, help="for int8: bits that a number uses"),
            Option("device", choices=DEVICES, default="cpu", help="cuda: a GPU, with torch"),
            Option(
                "even_scores",
                float,
                default=0.0,
                help="a last stage makes scores more even; scales its steps (0: none)",
                metavar="X",
                check=check_evening,
            ),
        ),
        by_name_only=True,
        is_iterative=True,
        takes_start=True,
        page="theory/descent",
    ),
    Construction(
        name="gaussian",
        build=gaussian_centroid,
        guarantee="d = O(s log m) with positive probability",
        needs="--dim",
        by_name_only=True,
        proof="theorem_3_1",
        page="theory/random",
    ),
    Construction(
        name="centroid-hubs",
        build=centroid_hubs,
        guarantee="margin 1/(2 log2 n + 3) for any depth, d = n + 1",
        needs="laminar classes; best on one forest",
        by_name_only=True,
        proof="centroid_hubs",
        page="theory/centroid-hubs",
    ),
    Construction(
        name="max-margin",
        build=max_margin,
        guarantee="best queries for random documents",
        needs="small hierarchies",
        by_name_only=True,
        proof="max_margin",
        page="theory/max-margin",
    ),
    Construction(
        name="treewidth",
        build=treewidth,
        guarantee="O(t log n) dimensions for treewidth t, and what its certificate says",
        needs="few levels of small separators",
        by_name_only=True,
        page="theory/interval",
    ),
    Construction(
        name="sdp",
        build=sdp,
        guarantee="the largest margin there is",
        needs="cvxpy and a small input",
        by_name_only=True,
        proof="sdp_weak_duality",
        page="theory/optimum",
    ),
)


def all_constructions() -> tuple[Construction, ...]:
    """Return the constructions of hrgeom, and those of plug-ins.

    Plug-ins are instances of `Construction` that an installed distribution names under the entry
    point group ``hrgeom.constructions``; they are loaded at the first call.

    Returns
    -------
    constructions : tuple of Construction
        In order of preference, plug-ins last.

    Raises
    ------
    HrgeomError
        If two of them have the same name.

    Examples
    --------
    >>> [c.name for c in all_constructions()][:3]
    ['interval', 'half-plane', 'trie']
    """
    return with_plugins(CONSTRUCTIONS, GROUP, Construction, key=lambda entry: entry.name)


def find_construction(name: str) -> Construction:
    """Return a construction by its name.

    Parameters
    ----------
    name : str
        Of a construction of hrgeom or of a plug-in.

    Returns
    -------
    construction : Construction
        Its entry.

    Raises
    ------
    ConstructionError
        If there is none of that name; the message lists those there are.

    Examples
    --------
    >>> find_construction("half-plane").page
    'theory/half-plane'
    """
    known = {entry.name: entry for entry in all_constructions()}
    if name not in known:
        raise ConstructionError(
            f"method must be auto or one of {', '.join(known)}: got {name!r}"
            f"{meant(name, ['auto', *known])}"
        )
    return known[name]


def promise_of(
    relevance: Relevance,
    construction: str | Construction,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
) -> Promise | None:
    """Return what a construction promises for a relevance, worked out once and kept with it.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    construction : str or Construction
        Or its name.
    dim : int, optional
        At most so many dimensions. Default: the fewest.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        For whatever is drawn at random.
    effort : float
        Scales how long a construction searches, if it does.

    Returns
    -------
    promise : Promise or None
        None where the construction does not apply, or never promises anything.

    Raises
    ------
    ConstructionError
        If there is no construction of that name.

    Examples
    --------
    >>> promise_of(Relevance.from_sets([{0}, {0, 1}], 2), "half-plane", dtype="float64")
    Promise(dim=2, margin=None)
    """
    if isinstance(construction, str):
        construction = find_construction(construction)
    return relevance.cached(_promise, construction, dim, dtype, seed, effort)


def _promise(
    relevance: Relevance,
    construction: Construction,
    dim: int | None,
    dtype: str,
    seed: int,
    effort: float,
) -> Promise | None:
    if construction.promise is None:
        return None
    searching = construction.accepted(effort=effort)
    one_of_each = distinct(relevance).relevance
    return construction.promise(one_of_each, dim=dim, dtype=dtype, seed=seed, **searching)


def constructions_table() -> str:
    """Return all constructions as a table in Markdown, one row per construction.

    Returns
    -------
    table : str
        Name (linked to its page, from the root of the documentation), guarantee, needs, options,
        and what is known of its promise.

    Examples
    --------
    >>> print("\\n".join(constructions_table().splitlines()[:3]))
    | construction | guarantees | needs | options | promises |
    | --- | --- | --- | --- | --- |
    | [interval](/theory/interval.md) | exact, d = 2k + 1, threshold 0 | k classes of intervals | \
code, cover, effort, reserve | proved |
    """
    rows = ["| construction | guarantees | needs | options | promises |", "| --- " * 5 + "|"]
    for entry in all_constructions():
        cells = (
            _linked(entry),
            entry.guarantee,
            entry.needs,
            ", ".join(option.name for option in entry.options),
            entry.promise_kind + (", by name only" if entry.by_name_only else ""),
        )
        rows.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
    return "\n".join(rows)


def _linked(entry: Construction) -> str:
    """The name, with a link where there is a page: of this documentation, or somewhere else."""
    if not entry.page:
        return entry.name
    return f"[{entry.name}]({entry.page if '://' in entry.page else f'/{entry.page}.md'})"
