"""The tables of approximate indexes on the page of engines, from committed results.

python docs/examples/index_tables.py
"""

from _pictures import read

EF = (16, 64, 256, 1024)
VECTORS = {
    "descent-64": "descent, d = 64",
    "descent-64-short": "the same, a quarter of the effort",
    "descent-32": "descent, d = 32",
    "interval-77": "default, d = 77",
    "trie-int8": "Kraft trie, d = 82",
}
SETTINGS = {
    "descent-64 all hnsw": "M = 32",
    "descent-64 all hnsw m=64 ef_construction=40": "M = 64",
    "descent-64 all hnsw m=32 ef_construction=200": "M = 32, ef_construction = 200",
    "descent-64 all hnsw with queries": "M = 32, all queries in the graph",
    "descent-64 inner hnswlib": "inner nodes, hnswlib",
    "descent-64 inner usearch": "inner nodes, usearch",
    "descent-64 inner balanced lifted hnsw": "inner nodes, balanced and lifted",
    "interval-77 inner hnsw": "default vectors, inner nodes",
    "interval-77 inner balanced hnsw": "the same, balanced",
    "interval-77 inner balanced lifted hnsw": "the same, balanced and lifted",
    "trie-int8 all hnsw": "Kraft trie",
    "trie-int8 all lifted hnsw": "the same, lifted",
    "trie-int8 all balanced lifted hnsw": "the same, balanced and lifted",
    "trie-int8 inner balanced lifted hnsw": "the same, inner nodes",
}
CODES = {
    "flat": ("float32, FAISS", 256),
    "fp16": ("float16, FAISS", 128),
    "8bit": ("8 bits per number, FAISS", 64),
    "4bit": ("4 bits per number, FAISS", 32),
    "PQ16 refined": ("16 bytes by PQ, best 40 in float32", 16),
}
HIERARCHIES = {
    "wordnet": "WordNet's nouns",
    "disease-ontology": "Disease Ontology",
    "shopify-product-taxonomy": "Shopify's taxonomy",
    "schema-org": "schema.org",
}
WAYS = {
    "float32": "scan, float32",
    "8bit": "scan, 8 bits per number",
    "128 signs": "scan, 128 single bits",
    "hnsw ef=64": "HNSW, ef 64",
    "hnsw ef=256": "HNSW, ef 256",
}


def line(cells):
    """Return a line of a table."""
    return "| " + " | ".join(cells) + " |"


def percent(row):
    """Return the share of queries whose answer is S(q)."""
    return f"{100 * row['exact']:.1f}"


def recall_table(rows):
    """Return exact sets of graphs and lists: all documents, then inner nodes alone."""
    ways = [*(f"hnsw ef={ef}" for ef in EF), "ivf probes=64"]
    for name, text in VECTORS.items():
        cells = [
            " / ".join(percent(rows[f"{name} {which} {way}"]) for which in ("all", "inner"))
            for way in ways
        ]
        yield line([text, *cells])


def settings_table(rows):
    """Return exact sets by settings of a graph."""
    for key, text in SETTINGS.items():
        yield line([text, *(percent(rows[f"{key} ef={ef}"]) for ef in EF)])


def codes_table(rows):
    """Return exact sets and milliseconds of scans: all documents, then inner nodes alone."""
    for key, (text, size) in CODES.items():
        both = [rows[f"descent-64 {which} {key}"] for which in ("all", "inner")]
        cells = [" / ".join(map(percent, both)), " / ".join(f"{r['cpu_ms']:.2g}" for r in both)]
        yield line([text, str(size), *cells])
    walk = rows["descent-64 all walk"]
    yield line(["walk, NumPy", "256", percent(walk), f"{walk['cpu_ms']:.2g}"])


def latency_table(rows):
    """Return milliseconds by number of documents."""
    for key, text in WAYS.items():
        found = [rows.get(f"latency {n} {key}") for n in (10_000, 100_000, 1_000_000)]
        yield line([text, *("" if row is None else f"{row['cpu_ms']:.2g}" for row in found)])


def why_table(rows):
    """Return where the scores of S(q) are, and what graphs find."""
    for name, text in VECTORS.items():
        height, graph = rows[f"height {name}"], rows[f"{name} all hnsw ef=256"]
        cells = [f"{height['lowest']:.2f}", f"{height['highest']:.2f}", f"{height['crowd']:,.0f}"]
        yield line([text, *cells, percent(graph)])


def walks_table(rows):
    """Return how many documents a walk scores."""
    for name, text in HIERARCHIES.items():
        row = rows[f"walk {name}"]
        keys = ("n_nodes", "n_inner", "largest_fan_out", "median", "most")
        yield line([text, *(f"{row[key]:,.0f}" for key in keys)])


def facts(rows):
    """Return what the text says in numbers."""
    walk, why = rows["walk wordnet"], rows["why descent-64"]
    yield f"{walk['n_inner']:,} of WordNet's {walk['n_nodes']:,}"
    yield f"A scan of them takes {rows['descent-64 inner flat']['cpu_ms']:.2f} ms"
    yield f"one of all documents takes {rows['descent-64 all flat']['cpu_ms']:.2f}"
    yield f"{walk['median']:.0f} documents per query instead of {walk['n_nodes']:,}"
    best = rows["recommended"]
    yield f"by which {best['exact'] * best['asked']:,.0f} of {best['asked']:,} sampled queries"
    yield f"({why['links_to_inner']:.0f} and {why['links_to_leaf']:.0f} in the median)"
    yield f"only {100 * why['matches_near_document']:.0f} % is among the 32 documents"
    yield f"{100 * why['links_that_end_in_leaves']:.0f} % of the links end in leaves"
    trie = rows["why trie-int8"]
    yield f"{100 * why['matches_linked']:.0f} % of S(q) have one from another of the 64"
    yield f"lengths from 1 to {trie['length_largest']:.0f}, "
    yield f"{100 * trie['matches_linked']:.0f} % of S(q) have one from where"
    both = [percent(rows[f"descent-64 {which} hnsw ef=64"]) for which in ("all", "inner")]
    yield f"goes from {both[0]} to {both[1]} %"


TABLES = (recall_table, why_table, settings_table, codes_table, walks_table, latency_table)


if __name__ == "__main__":
    for table in TABLES:
        print(*table(read("approximate_indexes")["rows"]), "", sep="\n")
