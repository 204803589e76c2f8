"""Ways to look for S(q): each is built on rows of documents and asked one query at a time."""

import faiss
import numpy as np

CANDIDATES = 40  # what an index without a range search is asked for; no S(q) of WordNet has more


def _built(index, documents):
    index.train(documents)
    index.add(documents)
    return index


def _by_range(index, threshold):
    def ask(query):
        _, scores, found = index.range_search(query[None], threshold)
        return scores, found

    return ask


def _by_top(index, k):
    k = min(k, index.ntotal)

    def ask(query):
        scores, found = index.search(query[None], k)
        return scores[0], found[0]

    return ask


def flat(documents, threshold):
    """Every document, in float32."""
    return _by_range(_built(faiss.IndexFlatIP(documents.shape[1]), documents), threshold)


def scalar(documents, kind):
    """Every document, in fewer bits per number: "fp16", "8bit", "4bit".

    The best CANDIDATES, since a search by range takes 60 times as long here (FAISS 1.15.1).
    """
    dim, bits = documents.shape[1], getattr(faiss.ScalarQuantizer, f"QT_{kind}")
    index = faiss.IndexScalarQuantizer(dim, bits, faiss.METRIC_INNER_PRODUCT)
    return _by_top(_built(index, documents), CANDIDATES)


def signs(documents, queries, threshold):
    """Every document of +1 and -1, as bits: the products are d - 2 Hamming distances."""
    dim = documents.shape[1]
    index = faiss.IndexBinaryFlat(dim)
    index.add(np.packbits(documents > 0, axis=1))
    packed = np.packbits(queries > 0, axis=1)
    # s > t is a distance of less than (d - t) / 2; FAISS returns distances below the radius.
    radius = int(np.ceil((dim - threshold) / 2))

    def ask(number):
        _, away, found = index.range_search(packed[[number]], radius)
        return dim - 2 * away, found

    return ask


def refined(documents, kind, k, factor):
    """Codes first, then the numbers themselves for `factor` times as many as are wanted."""
    base = faiss.index_factory(documents.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index = _built(faiss.IndexRefineFlat(base), documents)
    index.k_factor = factor
    return _by_top(index, k)


def hnsw(documents, m, ef_construction, metric=faiss.METRIC_INNER_PRODUCT):
    """A graph of FAISS."""
    index = faiss.IndexHNSWFlat(documents.shape[1], m, metric)
    index.hnsw.efConstruction = ef_construction
    index.add(documents)
    return index


def ask_hnsw(index, ef):
    """Ask a graph for all candidates that it keeps."""
    index.hnsw.efSearch = ef
    return _by_top(index, ef)


def links(index):
    """Return the bottom layer of a graph: neighbors, shape (n, 2 m), -1 where there is none."""
    graph = index.hnsw
    width = graph.nb_neighbors(0)
    starts = faiss.vector_to_array(graph.offsets)[: index.ntotal].astype(np.int64)
    return faiss.vector_to_array(graph.neighbors)[starts[:, None] + np.arange(width)]


def ivf(documents, n_lists):
    """Lists by k-means of FAISS."""
    base = faiss.IndexFlatIP(documents.shape[1])
    index = faiss.IndexIVFFlat(base, documents.shape[1], n_lists, faiss.METRIC_INNER_PRODUCT)
    return _built(index, documents)


def ask_ivf(index, probes, threshold):
    """Look through the lists whose centers score highest."""
    index.nprobe = probes
    return _by_range(index, threshold)


def hnswlib_graph(documents, m, ef_construction):
    """A graph of hnswlib: a function ef -> ask."""
    import hnswlib

    index = hnswlib.Index(space="ip", dim=documents.shape[1])
    index.init_index(len(documents), M=m, ef_construction=ef_construction, random_seed=0)
    index.add_items(documents, np.arange(len(documents)), num_threads=1)
    index.set_num_threads(1)

    def ask_with(ef):
        def ask(query):
            index.set_ef(ef)
            found, away = index.knn_query(query, k=min(ef, len(documents)))
            return 1 - away[0], found[0].astype(np.int64)

        return ask

    return ask_with


def usearch_graph(documents, m, ef_construction):
    """A graph of usearch: a function ef -> ask."""
    from usearch.index import Index

    dim, most = documents.shape[1], {"connectivity": m, "expansion_add": ef_construction}
    index = Index(ndim=dim, metric="ip", dtype="f32", **most)
    index.add(np.arange(len(documents)), documents, threads=1)

    def ask_with(ef):
        def ask(query):
            index.expansion_search = ef
            found = index.search(query, min(ef, len(documents)))
            return 1 - found.distances, found.keys.astype(np.int64)

        return ask

    return ask_with


def lifted(rows, largest=None):
    """Return rows with a coordinate more, so that nearest is what scores highest.

    Documents get sqrt(largest ** 2 - length ** 2), queries 0.
    """
    squares = (rows.astype(np.float64) ** 2).sum(axis=1)
    more = np.zeros(len(rows)) if largest is None else np.maximum(largest**2 - squares, 0) ** 0.5
    return np.column_stack([rows, more.astype(np.float32)])


def balanced(queries, documents):
    """Return both sides in coordinates in which their second moments are one matrix.

    Queries go by A, documents by its inverse, so that every product stays as it is; A squared is
    the geometric mean of the documents' moments and the inverse of the queries'.
    """
    q, x = queries.astype(np.float64), documents.astype(np.float64)
    root = _power(q.T @ q / len(q), 0.5)
    inverse = _power(root @ root, -0.5)
    a = _power(inverse @ _power(root @ (x.T @ x / len(x)) @ root, 0.5) @ inverse, 0.5)
    return (q @ a).astype(np.float32), (x @ np.linalg.inv(a)).astype(np.float32)


def _power(matrix, exponent):
    """A power of a symmetric matrix without negative eigenvalues; the least are raised a little."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-9 * values.max()) ** exponent) @ vectors.T


class Walk:
    """Down the hierarchy: the children of what is retrieved are the next to be scored.

    An ancestor of what a query retrieves is retrieved itself, so that nothing is missed.
    """

    def __init__(self, hierarchy, documents, threshold):
        self.starts, self.children = hierarchy.children
        self.roots, self.documents, self.threshold = hierarchy.roots, documents, threshold
        self.n_scored = 0

    def __call__(self, query):
        """Return scores and documents."""
        found, scores = [], []
        level, self.n_scored = self.roots, 0
        while len(level):
            near = self.documents[level] @ query
            self.n_scored += len(level)
            level, near = level[near > self.threshold], near[near > self.threshold]
            found.append(level)
            scores.append(near)
            parts = [self.children[self.starts[v] : self.starts[v + 1]] for v in level.tolist()]
            level = np.unique(np.concatenate(parts)) if parts else level
        return np.concatenate(scores), np.concatenate(found)
