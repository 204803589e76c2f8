"""The words that hrgeom prints, each explained in a paragraph, with the page that says more.

`hrgeom explain` shows them; `python tests/glossary_page.py` writes docs/glossary.md from them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GLOSSARY", "GROUPS", "Entry"]


@dataclass(frozen=True)
class Entry:
    """A word and what it means here.

    Attributes
    ----------
    word : str
        As hrgeom prints it.
    text : str
        One paragraph.
    page : str
        Page that says more: a path below docs/, with the heading where there is one.
    others : tuple of str
        Other words for the same.
    """

    word: str
    text: str
    page: str
    others: tuple[str, ...] = ()


_BASICS = (
    Entry(
        "hierarchy",
        "Nodes with edges from each child to its parents, and no way round in a circle. A node may "
        "have several parents, and there may be several roots: a tree, a forest, or a directed "
        "acyclic graph such as an ontology.",
        "guide/your-data.md",
        ("taxonomy", "ontology", "dag", "tree"),
    ),
    Entry(
        "S(q)",
        "The documents that a query is to retrieve, and no others. In a hierarchy these are the "
        "ancestors of q and q itself; with judgments, the documents that were judged relevant to "
        "it. |S(q)| is how many they are, s the most that any query has.",
        "notation.md",
        ("ancestors", "matches", "s"),
    ),
    Entry(
        "query",
        "One side of an embedding. Every node of a hierarchy has a vector as a query, which asks "
        "for its ancestors, and another one as a document, which is found.",
        "notation.md",
        ("document", "queries", "documents"),
    ),
    Entry(
        "judgments",
        "Which documents are relevant to which queries, written down pair by pair (qrels), instead "
        "of a hierarchy from which that follows. A relevance is the same in memory.",
        "guide/formats.md",
        ("qrels", "relevance"),
    ),
    Entry(
        "threshold",
        "A document is retrieved if its score, the dot product of the two vectors, exceeds the "
        "threshold r. It is 0 for most constructions; descent and quantize choose another, which "
        "the last lines of a command say and the embedding keeps: a query stored elsewhere has to "
        "use the same number.",
        "notation.md",
        ("r", "level"),
    ),
    Entry(
        "margin",
        "Half the gap between the scores of what is to be retrieved and of everything else: "
        "matches score at least r + margin, others at most r - margin. The normalized margin is "
        "that of rows scaled to length 1, which makes embeddings comparable. It is what rounding, "
        "float16 or noise may use up before an answer changes; 1e-2 is enough for float16 copies.",
        "faq.md",
        ("normalized margin", "epsilon", "unit rows", "gap"),
    ),
    Entry(
        "notion",
        "What has to hold. Global: one threshold for all queries. Row: for every query by itself, "
        "each match scores above each other document, so that rankings are right though no single "
        "threshold need serve them all.",
        "notation.md",
        ("global", "row", "global notion", "row notion"),
    ),
    Entry(
        "dimension",
        "How many numbers a vector has, d. Fewer take less room and time; more allow a larger "
        "margin. hrgeom plan shows what each buys for a hierarchy at hand.",
        "frontier.md",
        ("d", "dim"),
    ),
    Entry(
        "stored type",
        "How the numbers of the vectors are stored: float64, float32, float16, bfloat16 or int8, "
        "with --bits fewer bits yet. The certificate is about the stored numbers, not about those "
        "they were rounded from.",
        "guide/fewer-bits.md",
        ("dtype", "float16", "int8", "bits", "quantize"),
    ),
    Entry(
        "effort",
        "How long searches go on, as a multiple of the usual. Numbers of commands that search with "
        "different effort differ: bounds uses 0 unless told otherwise, construct and plan use 1.",
        "frontier.md",
        ("--effort",),
    ),
    Entry(
        "recall by distance",
        "Of the ancestors so many steps above their query, which share is retrieved. Learned "
        "vectors tend to lose the far ones first.",
        "guide/compare.md",
        ("recall",),
    ),
)

_CHECKING = (
    Entry(
        "certificate",
        "The result of checking every pair of query and document in the numbers that are stored, "
        "with a proved bound on what rounding may do to a score; pairs nearer than that are "
        "decided in exact arithmetic. It does not depend on how the vectors were made.",
        "theory/certificate.md",
        ("certify", "certified"),
    ),
    Entry(
        "verdict",
        "holds: every pair is proved to be on the right side. fails: some pairs are proved to be "
        "on the wrong side, and are counted. undecided: none is proved wrong, but some were not "
        "checked, or are too near to decide without the exact arithmetic that was not allowed.",
        "theory/certificate.md",
        ("holds", "fails", "undecided"),
    ),
    Entry(
        "tightest call",
        "The pair that is nearest to the wrong side. The worst match is the document of S(q) with "
        "the lowest score against its level, the best non-match the other document with the "
        "highest.",
        "theory/certificate.md",
        ("worst match", "best non-match", "witness"),
    ),
    Entry(
        "rounding bound",
        "The most by which a computed score may differ from the exact one, by a theorem about "
        "sums of floating-point products. Pairs within it of their level are recomputed in "
        "fractions; these are the exact rechecks.",
        "theory/certificate.md",
        ("exact rechecks", "arithmetic", "float-with-bound"),
    ),
    Entry(
        "recheck",
        "A second opinion on a certificate: plain Python and fractions, sharing no code with the "
        "checker. It looks at a sample unless told --all; --verified runs a program that is proved "
        "in Rocq.",
        "theory/verified.md",
        ("verified",),
    ),
    Entry(
        "kernel",
        "The code that computes scores for the checker: avx512, avx2 or serial in C, numpy, cuda. "
        "All give the same verdict; they differ in speed.",
        "theory/certificate.md",
        ("avx512", "avx2", "serial"),
    ),
    Entry(
        "filter",
        "What decides pairs before any score is computed: a bound on a block of documents (tree), "
        "or scores of rows rounded to int8. It changes no verdict, only the time.",
        "theory/certificate.md",
        ("stages", "by blocks of documents"),
    ),
)

_CONSTRUCTIONS = (
    Entry(
        "hybrid",
        "Documents are covered by laminar classes; the large classes are coded as tries, the "
        "documents of the small ones as intervals, side by side in coordinates of their own. "
        "Dimensions are few, and the margin is known beforehand by a formula.",
        "theory/direct-sum.md",
    ),
    Entry(
        "treewidth",
        "The hierarchy is cut by small separators, and the pieces again; a document is coded by "
        "the separators that it meets. Dimensions grow with the treewidth times the logarithm of "
        "the number of nodes; weights fall from cut to cut, and margins with them.",
        "theory/limits.md",
    ),
    Entry(
        "mixed",
        "The lowest documents are coded as blocks (see block-code), those above them as a hybrid, "
        "and dimensions are shared out between the two. It takes any relevance, and most margins "
        "of middling dimensions are its own.",
        "theory/direct-sum.md",
        ("direct sum",),
    ),
    Entry(
        "block-code",
        "Documents are cut into blocks such that no query has two of one block, as the levels of a "
        "tree are. Every block has coordinates of its own, in which its documents are directions "
        "far apart (a spherical code).",
        "theory/direct-sum.md",
        ("spherical code",),
    ),
    Entry(
        "interval",
        "Every query is a point on a curve, every document an interval of it, and a query matches "
        "where its point lies inside. k classes of intervals take 2k + 1 dimensions at threshold "
        "0, so any tree takes three; the margin shrinks quickly with the number of nodes.",
        "theory/interval.md",
        ("arc", "parabola", "code"),
    ),
    Entry(
        "half-plane",
        "The interval construction in one dimension less: threshold 1, and rows of any length.",
        "theory/half-plane.md",
    ),
    Entry(
        "trie",
        "Children of a node get prefix codes, as bits in a tree of decisions, written as small "
        "whole numbers. Everything is exact in integers; there is one dimension per level of bits, "
        "and one more.",
        "theory/trie.md",
        ("prefix code", "heights"),
    ),
    Entry(
        "moment-curve",
        "Documents are points of the curve (t, t^2, t^3, ...), and a query is the polynomial that "
        "is positive at its own documents alone. Any sets of at most s documents take 2s + 1 "
        "dimensions, in whole numbers that grow fast.",
        "theory/moment-curve.md",
    ),
    Entry(
        "dual-frame",
        "Random documents, and for each query the vector whose scores with its own documents are "
        "exactly 1; the scores of all others are noise. It promises nothing for certain.",
        "theory/random.md",
    ),
    Entry(
        "descent",
        "Vectors found by steps that reduce a loss over all pairs, until a certificate holds. No "
        "theorem stands behind it; in practice it has the most margin in given dimensions.",
        "theory/descent.md",
        ("by descent",),
    ),
    Entry(
        "gaussian",
        "Random directions for documents, sums of those that match for queries: Algorithm 1 of You "
        "et al. 2025. It holds with positive probability where dimensions are many.",
        "theory/random.md",
        ("random", "chance"),
    ),
    Entry(
        "centroid-hubs",
        "A tree is taken apart at its centroids, again and again. A query lists the hubs on its "
        "way, a document those of its own, and both have one dimension per hub. The margin is "
        "about 1/log n however deep the tree.",
        "theory/centroid-hubs.md",
        ("hubs",),
    ),
    Entry(
        "max-margin",
        "Random documents, and for each query the vector with the largest margin against them. "
        "Made to compare with; it promises nothing.",
        "theory/max-margin.md",
    ),
    Entry(
        "sdp",
        "The largest margin there is, in any dimension, by a semidefinite program; for some "
        "hundred vectors.",
        "theory/optimum.md",
        ("optimum", "semidefinite program", "solver"),
    ),
    Entry(
        "class",
        "Documents that one code can serve. In a laminar class two documents that share a query "
        "are always one inside the other, as in a tree; a hierarchy with several parents is "
        "covered by several classes, k of them.",
        "theory/interval.md",
        ("laminar", "laminar classes", "cover", "k", "consecutive"),
    ),
    Entry(
        "crossing",
        "Two documents cross if some query matches both, and each has a query that the other does "
        "not. Trees have no crossing documents; every one that a hierarchy has makes it harder.",
        "notation.md",
        ("crossing documents", "crossing pairs"),
    ),
    Entry(
        "promise",
        "What a construction says of its result before building it: dimension, and margin of the "
        "stored numbers. It is a theorem (proved) or what is likely (predicted); the certificate "
        "decides in any case.",
        "constructions.md",
        ("promised", "predicted", "guarantee"),
    ),
    Entry(
        "basis",
        "What vectors rest on: theorem, a promise that was proved; chance, a random draw that is "
        "likely to do; descent, a search; certificate, nothing but the check afterwards.",
        "constructions.md",
        ("by theorem",),
    ),
)

_BOUNDS = (
    Entry(
        "bound",
        "A theorem applied to a hierarchy at hand. From below: no embedding has fewer dimensions. "
        "From above: some embedding has no more. Of the margin likewise, and a bound on it from "
        "above is called a ceiling.",
        "theory/limits.md",
        ("ceiling", "lower bound", "upper bound", "at least", "at most"),
    ),
    Entry(
        "setting",
        "Which embeddings a bound speaks of. row: a threshold for every query; global: one for "
        "all, rows of any length; unit: one for all, rows of length 1; zero: threshold 0. Each is "
        "harder to meet than the one before.",
        "theory/limits.md",
        ("unit", "zero"),
    ),
    Entry(
        "tight",
        "A bound that is met from the other side, so that the exact value is known.",
        "theory/limits.md",
    ),
    Entry(
        "machine-checked",
        "A statement whose proof a program has checked from the definitions on (Rocq).",
        "theory/machine-checked.md",
        ("rocq",),
    ),
    Entry(
        "proof on paper",
        "A statement whose argument is in words, in its proof file or page. With formulas checked: "
        "a program verified every number and formula in it (python -m proofs).",
        "theory/statements.md",
        ("formulas checked", "proved"),
    ),
    Entry("cited", "A statement taken from a publication, which is named.", "references.md"),
    Entry(
        "observed",
        "Measured or computed in floating point, without a bound on rounding: it may be expected, "
        "but nothing is proved.",
        "theory/statements.md",
    ),
    Entry(
        "contradiction",
        "Two results that cannot both be true, such as a bound from below above one from above. It "
        "would be a mistake in hrgeom, and bounds ends with status 1.",
        "theory/limits.md",
    ),
)

_DIAGNOSIS = (
    Entry(
        "training",
        "Of a model that fails, the queries for which a better vector exists for the same document "
        "vectors: other training could mend them. `compare` gives the vector and certifies it.",
        "theory/diagnosis.md",
        ("better query exists",),
    ),
    Entry(
        "documents forbid it",
        "A query for which no vector at all is exact, because document vectors are in the way: "
        "some that it must find lie between others that it must not. Only other document vectors, "
        "or more dimensions, help.",
        "theory/diagnosis.md",
        ("impossible", "by equal vectors"),
    ),
    Entry(
        "geometry",
        "What no training can change: how many dimensions any embedding of the hierarchy takes, "
        "and the largest margin that it can have.",
        "theory/diagnosis.md",
    ),
    Entry(
        "frontier",
        "How much margin each number of dimensions buys, by which construction.",
        "frontier.md",
        ("plan",),
    ),
    Entry(
        "exact scan",
        "A search of an engine that scores every document and keeps those above the threshold. "
        "Approximate indexes (HNSW, IVF) miss some, and LIMIT cuts some off: what was certified "
        "holds for a range query by an exact scan.",
        "guide/databases.md",
        ("hnsw", "ivf", "index", "range query", "faiss", "pgvector"),
    ),
)

GROUPS = {
    "What is embedded": _BASICS,
    "What is checked": _CHECKING,
    "How vectors are made": _CONSTRUCTIONS,
    "What is possible": _BOUNDS,
    "Why a model fails, and where vectors go": _DIAGNOSIS,
}
"""The entries by subject, in the order of the page."""

GLOSSARY = tuple(entry for entries in GROUPS.values() for entry in entries)
