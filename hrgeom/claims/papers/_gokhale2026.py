"""Claims of Gokhale et al. 2026, compact geometric representations (arXiv:2606.18520)."""

from __future__ import annotations

from hrgeom.bounds.lower import counting_dim, rainbows, signed_identity, worst_hierarchy_dim
from hrgeom.checker import certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, equal, fact
from hrgeom.claims._instances import holding, trees
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.core import Relevance
from hrgeom.datasets import load

__all__ = ["CLAIMS"]

_PAPER = "Gokhale, Indyk, Liu, Silwal, Wang, Xu 2026, arXiv:2606.18520 (COLT 2026)"
_READ = "The abstract and the first page were at hand, not the full text."


def _trees() -> list[Evidence]:
    whole = [tree.relevance for tree in trees(60)]
    covers = [(relevance, interval(relevance, dtype="float64")) for relevance in whole]
    planes = [(relevance, half_plane(relevance)) for relevance in whole]
    branching = [r for r in whole if signed_identity(r).threshold_zero == 3]
    return [
        fact("trees certified at threshold 0 in at most 3 dimensions, integers", *holding(covers)),
        equal("the largest of their dimensions", 3, max(e.dim for _, e in covers)),
        fact(
            "those of three leaves or more that take 3 at threshold 0, by a lower bound",
            len(branching),
            sum(len(tree.leaves) >= 3 for tree in trees(60)),
        ),
        fact("the same trees certified at threshold 1 in 2 dimensions", *holding(planes)),
        equal("the largest of their dimensions, 2", 2, max(e.dim for _, e in planes)),
    ]


def _general() -> list[Evidence]:
    bounds = [rainbows(_all_rainbows(k)).threshold_zero for k in (1, 2, 3)]
    sizes = (100, 1_000, 10_000, 100_000)
    least = min(worst_hierarchy_dim(n, setting="global") / n for n in sizes)
    return [
        at_least("of n nodes some takes, over n, n = 100 to 100,000", 1 / 32, least),
        equal("rainbows of k = 1, 2, 3 classes, 4^k queries: 2k + 1", [3, 5, 7], bounds),
    ]


def _widths() -> list[Evidence]:
    widths = [(t, n) for t in (16, 100, 1_000) for n in (2 * t, 10 * t, 1_000_000)]
    least = min(worst_hierarchy_dim(n, t) / t for t, n in widths)
    sides = range(1, 20)
    too_many = [counting_dim(a, b) > min(a, b) for a in sides for b in sides]
    return [
        at_least("of treewidth t some takes, over t, t = 16 to 1,000", 1 / 16, least),
        fact(
            "sizes a x b at which it asks for no more than min(a, b), which is enough",
            too_many.count(False),
            len(too_many),
        ),
    ]


def _all_rainbows(k: int) -> Relevance:
    sets: list[set[int]] = [set()]
    for c in range(k):
        sets = [s | extra for s in sets for extra in (set(), {3 * c}, {3 * c + 1}, {3 * c + 2})]
    return Relevance.from_sets(sets, 3 * k)


def _cross_edges() -> list[Evidence]:
    wordnet = load("wordnet")
    beyond = wordnet.n_edges - (wordnet.n_nodes - len(wordnet.roots))
    cover = interval(wordnet.relevance, dtype="float64")
    return [
        equal("WordNet's edges beyond a forest", 2313, beyond),
        equal("dimensions of its interval cover, five classes", 11, cover.dim),
        equal("certified", "holds", certify(cover, wordnet.relevance).verdict),
    ]


def _none() -> list[Evidence]:
    return []


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="gokhale-trees",
        title="Every directed tree has a reachability embedding in three dimensions",
        kind="theorem",
        statement="For any directed tree there are vectors of dimension 3 such that a score is "
        "positive if and only if one node is reached from the other, whatever the tree's size or "
        "depth.",
        source=f"{_PAPER}, abstract",
        verdict="confirmed",
        evidence=_trees,
        proofs=("interval-cover", "three-dimensions", "half-plane"),
        page="theory/interval.md",
        remark=f"{_READ} hrgeom's interval covers came about without knowledge of it and have the "
        "same dimension; beyond it are two dimensions at threshold 1, which is least, integers, "
        "margins and certificates of stored numbers.",
    ),
    Claim(
        id="gokhale-treewidth",
        title="Treewidth t: O(t log n) dimensions; 3(t + 1)(⌈log₂ n⌉ + 1) in a formal proof",
        kind="theorem",
        statement="A graph of $n$ nodes whose underlying undirected graph has treewidth $t$ has a "
        "reachability embedding of dimension $O(t \\log n)$.",
        source=f"{_PAPER}, abstract; the constant from a third party's formalisation in Lean 4",
        verdict="open",
        evidence=_none,
        page="theory/limits.md",
        remark=f"{_READ} The formal proof takes separators one after the other, three "
        "coordinates for each of their nodes, and weights so that earlier levels outweigh all "
        "later ones: its margin falls exponentially in the number of levels squared. "
        "`benchmarks/treewidth.py` builds it in integers, with no wrong pair up to 2,000 nodes; "
        "docs/theory/interval.md has what it takes. No proof of it is kept here.",
    ),
    Claim(
        id="gokhale-general-lower",
        title="General DAGs take Ω(n) dimensions",
        kind="theorem",
        statement="There are directed acyclic graphs of $n$ nodes of which every reachability "
        "embedding has dimension $\\Omega(n)$.",
        source=f"{_PAPER}, abstract",
        verdict="confirmed",
        evidence=_general,
        proofs=("counting",),
        page="theory/limits.md",
        remark=f"{_READ} The proof here counts signs by Warren's theorem, which is cited, and "
        "names no graph: more than n/32. Of graphs at hand, rainbows of k classes take 2k + 1 "
        "dimensions, about log₂ n.",
    ),
    Claim(
        id="gokhale-treewidth-lower",
        title="Treewidth t takes Ω(t/log(n/t)) dimensions",
        kind="theorem",
        statement="There are graphs of treewidth $t$ of which every reachability embedding has "
        "dimension $\\Omega(t/\\log(n/t))$.",
        source=f"{_PAPER}, abstract",
        verdict="confirmed",
        evidence=_widths,
        proofs=("counting",),
        page="theory/limits.md",
        remark=f"{_READ} The proof here counts signs between t nodes and all others only, and has "
        "more than t/16, without the logarithm. It names no graph.",
    ),
    Claim(
        id="gokhale-cross-edges",
        title="Upper and lower bounds by the number of cross edges",
        kind="theorem",
        statement="There are upper and lower bounds on the dimension in the number of edges beyond "
        "a tree.",
        source=f"{_PAPER}, abstract",
        verdict="open",
        evidence=_cross_edges,
        page="theory/interval.md",
        remark=f"{_READ} The number of classes is the better parameter where edges beyond a tree "
        "are many and local: WordNet has 2,313 of them and takes five classes.",
    ),
    Claim(
        id="gokhale-experiments",
        title="On real data, much smaller dimensions in regimes of high recall",
        kind="empirical",
        statement="The embeddings can be constructed on real data and have much smaller dimensions "
        "at high recall than earlier ones with guarantees.",
        source=f"{_PAPER}, abstract",
        verdict="open",
        evidence=_none,
        page="frontier.md",
        remark=f"{_READ} No code was found. Constructions of hrgeom have recall 1 in 11 dimensions "
        "on WordNet.",
    ),
)
