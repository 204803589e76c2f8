"""What do approximate indexes find of S(q), why not all of it, and what does?

`approximate_indexes.py [PART ...] [--rows FOLDER] [--queries N]`

Parts: `recall` (graphs and lists over constructions), `settings` (of graphs), `balanced` (graphs in
coordinates that queries and documents share), `why` (what the links of a graph lead to), `heights`
(of the scores of S(q)), `exact` (scans and walks), `codes` (fewer bits per number), `signs` (one),
`walks` (scores per query when the hierarchy itself is the index), `latency` (of scans and graphs by
number of documents, for a quiet machine), `recommended` (ten times as many queries of one setting).
Default: all. Every answer is compared with S(q); one thread, one query at a time.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import _indexes as ways
import faiss
import numpy as np
from common import DATA, known_rows, write

from hrgeom import construct, load, read_hierarchy, save
from hrgeom.metrics import sample

EMBEDDINGS = {
    "interval-77": {"effort": 0.1},
    "interval-63": {"method": "interval", "dim": 63},
    "trie-int8": {"method": "trie", "dtype": "int8"},
    "block-codes-510": {"dim": 512},
    "descent-64-short": {"method": "descent", "dim": 64, "effort": 0.25},
    "descent-32": {"method": "descent", "dim": 32},
    "descent-64": {"method": "descent", "dim": 64},
    "signs-128": {"method": "descent", "dim": 128, "dtype": "int8", "bits": 1},
}
EF = (16, 64, 256, 1_024)
PROBES = (1, 8, 64)
PARTS = (
    "recall",
    "settings",
    "balanced",
    "why",
    "heights",
    "exact",
    "codes",
    "signs",
    "walks",
    "latency",
    "recommended",
)
SIZES = (10_000, 100_000, 1_000_000)


class Study:
    """WordNet, sampled queries, and rows of results, written as they come."""

    def __init__(self, folder, n_queries, names, largest_graph):
        self.hierarchy = read_hierarchy("wordnet")
        self.folder, self.names = folder, names or list(EMBEDDINGS)
        self.largest_graph = largest_graph
        self.n_queries = n_queries
        self.numbers = sample(self.hierarchy.n_nodes, n_queries, 0)
        has_children = np.diff(self.hierarchy.children[0]) > 0
        self.documents = {
            "all": np.arange(self.hierarchy.n_nodes),
            "inner": np.flatnonzero(has_children),
        }

    def embedding(self, name):
        """Return one of EMBEDDINGS in float32: made, or read where a folder has it."""
        place = None if self.folder is None else self.folder / f"{name}.emb"
        if place is not None and place.exists():
            made = load(place)
        else:
            made = construct(self.hierarchy, **EMBEDDINGS[name]).embedding
            if place is not None:
                save(made, place)
        made = made.aligned_to(self.hierarchy)
        queries, documents = (np.ascontiguousarray(x, dtype=np.float32) for x in made.values())
        return replace(made, queries=queries, documents=documents, query_scale=1, document_scale=1)

    def put(self, key, row):
        """Keep a row."""
        rows = known_rows("approximate_indexes") | {key: row}  # parts may run beside each other
        write("approximate_indexes", {"n_queries": self.n_queries, "rows": rows})
        told = " ".join(f"{k}={v:.4g}" for k, v in row.items() if isinstance(v, float))
        print(key, told, flush=True)

    def measure(self, key, embedding, which, ask, by_number=False, **more):
        """Ask the sampled queries, compare with S(q), and keep what came back."""
        rows, threshold = self.documents[which], embedding.threshold
        counts, cpu, exact = _Counts(self.hierarchy), [], 0
        for number in self.numbers.tolist():
            query = number if by_number else embedding.queries[number]
            before = time.process_time()
            scores, found = ask(query)
            cpu.append(time.process_time() - before)
            answer = set(rows[found[(found >= 0) & (scores > threshold)]].tolist())
            if which == "inner":  # a leaf is in the answer to itself alone: no search is needed
                answer.add(number)
            exact += counts.add(number, answer)
        self.put(
            key,
            {
                "exact": exact / len(self.numbers),
                "recall": counts.hits.sum() / counts.total.sum(),
                "cpu_ms": 1e3 * float(np.median(cpu)),
                "recall_by_distance": (counts.hits / counts.total).round(4).tolist(),
                **more,
            },
        )


class _Counts:
    """Ancestors found, by distance."""

    def __init__(self, hierarchy):
        self.hierarchy = hierarchy
        self.hits = np.zeros(hierarchy.distances.max() + 1)
        self.total = np.zeros_like(self.hits)

    def add(self, number, answer):
        """Count one query; return whether its answer is S(q)."""
        r = self.hierarchy.relevance
        away = self.hierarchy.distances[r.indptr[number] : r.indptr[number + 1]]
        matches = r.matches(number).tolist()
        self.total += np.bincount(away, minlength=len(self.total))
        found = np.array([v in answer for v in matches])
        self.hits += np.bincount(away[found], minlength=len(self.total))
        return answer == set(matches)


def recall(study):
    """Graphs and lists, over constructions, with all documents and with inner nodes alone."""
    for name in study.names:
        e = study.embedding(name)
        for which, rows in study.documents.items():
            documents = np.ascontiguousarray(e.documents[rows])
            before = time.process_time()
            graph = ways.hnsw(documents, 32, 40)
            built = time.process_time() - before
            for ef in EF:
                key, ask = f"{name} {which} hnsw ef={ef}", ways.ask_hnsw(graph, ef)
                study.measure(key, e, which, ask, build_cpu=built, dim=e.dim)
            lists = ways.ivf(documents, 256)
            for probes in PROBES:
                key = f"{name} {which} ivf probes={probes}"
                ask = ways.ask_ivf(lists, probes, e.threshold)
                study.measure(key, e, which, ask, dim=e.dim)


def settings(study):
    """What the settings of a graph, its library and its metric change."""
    e = study.embedding("descent-64")
    x = e.documents
    for m, efc in ((64, 40), (32, 200)):
        graph = ways.hnsw(x, m, efc)
        for ef in EF:
            key = f"descent-64 all hnsw m={m} ef_construction={efc} ef={ef}"
            study.measure(key, e, "all", ways.ask_hnsw(graph, ef))
    inner = np.ascontiguousarray(x[study.documents["inner"]])
    for name, make in (("hnswlib", ways.hnswlib_graph), ("usearch", ways.usearch_graph)):
        ask_with = make(inner, 32, 100)
        for ef in EF:
            study.measure(f"descent-64 inner {name} ef={ef}", e, "inner", ask_with(ef))
    _with_queries(study, e)


def recommended(study):
    """The setting of a graph that is recommended, by ten times as many queries."""
    e, rows = study.embedding("descent-64"), study.documents["inner"]
    study.numbers = sample(study.hierarchy.n_nodes, 10 * study.n_queries, 0)
    graph = ways.hnsw(np.ascontiguousarray(e.documents[rows]), 32, 200)
    ask, n = ways.ask_hnsw(graph, 256), len(study.numbers)
    study.measure("recommended", e, "inner", ask, asked=n)


def balanced(study):
    """Graphs in coordinates that both sides share; then of nearest rows, with a coordinate more."""
    for name in study.names:
        e = study.embedding(name)
        for which, rows in study.documents.items():
            q, x = ways.balanced(e.queries, e.documents[rows])
            turned = replace(e, queries=q, documents=np.zeros_like(e.documents))
            graph = ways.hnsw(x, 32, 40)
            for ef in EF:
                key, ask = f"{name} {which} balanced hnsw ef={ef}", ways.ask_hnsw(graph, ef)
                study.measure(key, turned, which, ask)
            _lifted(study, f"{name} {which} balanced lifted", turned, which, x)
            if np.ptp(np.linalg.norm(e.documents, axis=1)) > 1e-3:  # else nothing changes
                _lifted(study, f"{name} {which} lifted", e, which, e.documents[rows])


def _lifted(study, name, e, which, documents):
    largest = float(np.linalg.norm(documents.astype(np.float64), axis=1).max())
    graph = ways.hnsw(ways.lifted(documents, largest), 32, 40, faiss.METRIC_L2)
    lengths = np.einsum("ij,ij->i", e.queries, e.queries)

    for ef in EF:
        graph_ask = ways.ask_hnsw(graph, ef)

        def ask(number, graph_ask=graph_ask):
            away, found = graph_ask(np.append(e.queries[number], np.float32(0)))
            return (largest**2 + lengths[number] - away) / 2, found

        study.measure(f"{name} hnsw ef={ef}", e, which, ask, by_number=True)


def _with_queries(study, e):
    """A graph that holds the queries beside the documents, so that its links lead from them."""
    n = e.n_documents
    graph = ways.hnsw(np.vstack([e.documents, e.queries]), 32, 40)
    for ef in EF:
        graph_ask = ways.ask_hnsw(graph, ef)

        def ask(query, graph_ask=graph_ask):
            scores, found = graph_ask(query)
            return scores[found < n], found[found < n]

        study.measure(f"descent-64 all hnsw with queries ef={ef}", e, "all", ask)


def exact(study):
    """Scans and walks."""
    for name in study.names:
        e = study.embedding(name)
        walk = ways.Walk(study.hierarchy, e.documents, e.threshold)
        study.measure(f"{name} all walk", e, "all", walk, dim=e.dim)
        for which, rows in study.documents.items():
            ask = ways.flat(np.ascontiguousarray(e.documents[rows]), e.threshold)
            study.measure(f"{name} {which} flat", e, which, ask, dim=e.dim)


def heights(study):
    """How far S(q) is above the threshold, in standard deviations of the other scores; medians."""
    for name in study.names:
        e = study.embedding(name)
        found = []
        for number in study.numbers.tolist():
            scores = e.documents @ e.queries[number] - e.threshold
            matches = study.hierarchy.relevance.matches(number)
            inside, others = scores[matches], np.delete(scores, matches)
            between = float((others > -inside.mean()).sum())
            found.append((inside.min() / others.std(), inside.max() / others.std(), between))
        lowest, highest, crowd = np.median(found, axis=0).tolist()
        study.put(f"height {name}", {"lowest": lowest, "highest": highest, "crowd": crowd})


def codes(study):
    """Fewer bits per number: scans of codes, and graphs of what they shortlist."""
    e = study.embedding("descent-64")
    for which, rows in study.documents.items():
        x = np.ascontiguousarray(e.documents[rows])
        for kind in ("fp16", "8bit", "4bit"):
            ask = ways.scalar(x, kind)
            study.measure(f"descent-64 {which} {kind}", e, which, ask)
        ask = ways.refined(x, "PQ16", ways.CANDIDATES, 1)
        study.measure(f"descent-64 {which} PQ16 refined", e, which, ask)


def signs(study):
    """Single bits: Hamming distances below a radius."""
    e = study.embedding("signs-128")
    for which, rows in study.documents.items():
        ask = ways.signs(e.documents[rows], e.queries, e.threshold)
        study.measure(f"signs-128 {which} hamming", e, which, ask, by_number=True)


def why(study):
    """Where the documents of S(q) are in a graph of documents."""
    for name in study.names:
        _why(study, name, study.embedding(name))


def _why(study, name, e):
    r, graph = study.hierarchy.relevance, ways.links(ways.hnsw(e.documents, 32, 40))
    is_inner = np.zeros(study.hierarchy.n_nodes, dtype=bool)
    is_inner[study.documents["inner"]] = True
    near = _nearest(e.documents, e.documents[study.numbers], 32)
    from_query = _nearest(e.documents, e.queries[study.numbers], 64)
    lengths = np.linalg.norm(e.documents, axis=1)
    study.put(
        f"why {name}",
        {
            "length_smallest": float(lengths.min()),
            "length_largest": float(lengths.max()),
            "matches_near_document": _share(r, study.numbers, near),
            "matches_near_query": _share(r, study.numbers, from_query),
            "matches_linked": _linked(r, study.numbers, from_query, graph),
            "leaves_near_document": float((~is_inner[near]).mean()),
            **_in_degrees(graph, is_inner),
        },
    )


def _nearest(documents, queries, k):
    index = faiss.IndexFlatIP(documents.shape[1])
    index.add(documents)
    return index.search(queries, k)[1]


def _share(relevance, numbers, near):
    """Mean share of S(q) among the neighbors of each query."""
    rows = zip(numbers.tolist(), near, strict=True)
    return float(np.mean([np.isin(relevance.matches(q), found).mean() for q, found in rows]))


def _linked(relevance, numbers, near, graph):
    """Mean share of S(q) that another of the documents nearest to the query has a link to."""
    shares = []
    for number, top in zip(numbers.tolist(), near, strict=True):
        shares.append(np.isin(relevance.matches(number), graph[top]).mean())
    return float(np.mean(shares))


def _in_degrees(graph, is_inner):
    """How many links lead to a document, and whether links lead out of leaves to inner nodes."""
    heads = graph[graph >= 0]
    degree = np.bincount(heads, minlength=len(graph))
    tails = np.repeat(np.arange(len(graph)), (graph >= 0).sum(axis=1))
    return {
        "links_to_inner": float(np.median(degree[is_inner])),
        "links_to_leaf": float(np.median(degree[~is_inner])),
        "links_to_most_linked": int(degree.max()),
        "without_links": float((degree == 0).mean()),
        "links_that_end_in_leaves": float((~is_inner[heads]).mean()),
        "links_of_leaves_that_end_in_leaves": float((~is_inner[heads[~is_inner[tails]]]).mean()),
    }


def walks(study):
    """How many documents a walk scores: the children of S(q), and the roots."""
    files = {"wordnet": "wordnet"}
    for name in ("disease-ontology", "shopify-product-taxonomy", "schema-org"):
        files[name] = str(DATA / f"{name}.json.gz")
    for name, source in files.items():
        if source != name and not Path(source).exists():
            continue
        h = read_hierarchy(source)
        fan_out = np.diff(h.children[0])
        scored = [
            len(h.roots) + int(fan_out[h.relevance.matches(q)].sum())
            for q in sample(h.n_nodes, 2_000, 0).tolist()
        ]
        study.put(
            f"walk {name}",
            {
                "n_nodes": h.n_nodes,
                "n_inner": int((fan_out > 0).sum()),
                "largest_fan_out": int(fan_out.max()),
                "median": float(np.median(scored)),
                "most": float(max(scored)),
            },
        )


def latency(study):
    """Wall milliseconds per query by number of documents: random unit rows, d = 64."""
    rng = np.random.default_rng(0)
    for n in SIZES:
        rows = rng.standard_normal((n, 64), dtype=np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        queries = rng.standard_normal((200, 64), dtype=np.float32)
        queries /= np.linalg.norm(queries, axis=1, keepdims=True)
        t = float(np.partition(queries[0] @ rows.T, -10)[-10])
        _time(study, f"latency {n} float32", ways.flat(rows, t), queries)
        _time(study, f"latency {n} 8bit", ways.scalar(rows, "8bit"), queries)
        _time(study, f"latency {n} fp16", ways.scalar(rows, "fp16"), queries)
        wide = 2 * rng.integers(0, 2, (n, 128), dtype=np.int8) - 1
        _time(study, f"latency {n} 128 signs", ways.signs(wide, wide[:200], 64), range(200))
        if n > study.largest_graph:
            continue
        graph = ways.hnsw(rows, 32, 40)
        for ef in (64, 256):
            _time(study, f"latency {n} hnsw ef={ef}", ways.ask_hnsw(graph, ef), queries)


def _time(study, key, ask, queries):
    """Keep the medians of one query at a time."""
    wall, cpu = [], []
    for query in queries:
        before = time.perf_counter(), time.process_time()
        ask(query)
        wall.append(time.perf_counter() - before[0])
        cpu.append(time.process_time() - before[1])
    study.put(key, {"ms": 1e3 * float(np.median(wall)), "cpu_ms": 1e3 * float(np.median(cpu))})


def main():
    """Measure the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rows", type=Path, help="folder of embeddings, read or made there")
    parser.add_argument("--queries", type=int, default=2_000, help="how many are asked")
    parser.add_argument("--only", nargs="*", choices=EMBEDDINGS, help="these embeddings")
    parser.add_argument(
        "--largest-graph", type=int, default=100_000, help="documents of a graph that is timed"
    )
    args = parser.parse_args()
    faiss.omp_set_num_threads(1)
    study = Study(args.rows, args.queries, args.only, args.largest_graph)
    for part in args.parts or PARTS:
        globals()[part](study)


if __name__ == "__main__":
    main()
