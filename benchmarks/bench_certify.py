"""Certifying all pairs of WordNet against FAISS and against a product of matrices alone.

The certificate looks at all 6.7e9 pairs and proves a verdict. FAISS `IndexFlatIP` finds the top 36
documents of every query (s = 35, and one more), in float32 with no bound; sgemm and dgemm compute
all scores block by block, in float32 and in float64, and throw them away. Same arrays, same
process, same number of threads, in turn, several rounds; wall-clock and processor time of each.

The default is the interval cover (d = 63, float32); `--embedding DIR` takes a saved one, such as

    hrgeom construct --tree wordnet --method descent --dim 64 --out w64.emb

The intervals of WordNet in its fewest dimensions, whose margin asks for float64:

    python benchmarks/bench_certify.py --dim 11 --dtype float64 --rivals dgemm --result certify-11
"""

import argparse
import resource
import statistics
import time

import common
import faiss
import numpy as np
from threadpoolctl import threadpool_limits

import hrgeom

PRODUCT_ROWS = 480


def timed(function):
    """Return seconds of wall clock, seconds of all processors, and the value."""
    start, cpu = time.perf_counter(), time.process_time()
    value = function()
    return time.perf_counter() - start, time.process_time() - cpu, value


def search(embedding, top, threads):
    """Return a search of FAISS for the best documents of all queries."""
    faiss.omp_set_num_threads(threads)
    index = faiss.IndexFlatIP(embedding.dim)
    index.add(np.asarray(embedding.documents, dtype=np.float32))
    queries = np.asarray(embedding.queries, dtype=np.float32)
    return lambda: index.search(queries, top)


def product(embedding, dtype):
    """Return a product of all queries with all documents, whose scores are thrown away."""
    queries = np.asarray(embedding.queries, dtype=dtype)
    transposed = np.asarray(embedding.documents, dtype=dtype).T
    scores = np.empty((PRODUCT_ROWS, len(embedding.documents)), dtype=dtype)

    def multiply():
        for start in range(0, len(queries), PRODUCT_ROWS):
            block = queries[start : start + PRODUCT_ROWS]
            np.dot(block, transposed, out=scores[: len(block)])

    return multiply


RIVALS = {
    "faiss": search,
    "sgemm": lambda embedding, top, threads: product(embedding, np.float32),
    "dgemm": lambda embedding, top, threads: product(embedding, np.float64),
}


def certified(embedding, hierarchy, threads, name):
    """Return a function that certifies with a filter, after the certificate has been checked."""

    def certify():
        return hrgeom.certify(embedding, hierarchy, threads=threads, filter=name)

    certificate = certify()
    if not certificate.holds:
        raise SystemExit(f"the embedding must be exact before anything is timed:\n{certificate}")
    return certify, certificate


def same_numbers(one, other):
    """Whether two certificates state the same verdict, counts and margins."""
    names = ("verdict", "n_violations", "margin_lower_bound", "normalized_margin_lower_bound")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", default="wordnet")
    parser.add_argument("--embedding", help="a saved embedding instead of the interval cover")
    parser.add_argument("--dim", type=int, default=63)
    parser.add_argument("--dtype", default="float32", help="of the interval cover")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--filters", default="none,auto", help="names, the last one is compared")
    parser.add_argument("--rivals", default="faiss,sgemm", help=f"of {', '.join(RIVALS)}")
    parser.add_argument("--result", default="certify", help="name of the result")
    args = parser.parse_args()

    hierarchy = hrgeom.read_hierarchy(args.tree)
    if args.embedding:
        embedding = hrgeom.load(args.embedding)
    else:
        embedding = hrgeom.construct(
            hierarchy, method="interval", dim=args.dim, dtype=args.dtype, certify=False
        ).embedding
    top = hierarchy.relevance.max_matches + 1
    # The answers first: the certificate holds, and with every filter says the same.
    runs, certificates = {}, {}
    for name in args.filters.split(","):
        runs[f"certify, filter {name}"], certificates[name] = certified(
            embedding, hierarchy, args.threads, name
        )
    first, *others = certificates.values()
    if not all(same_numbers(first, other) for other in others):
        raise SystemExit("certificates must not depend on the filter")
    for name in args.rivals.split(","):
        runs[name] = RIVALS[name](embedding, top, args.threads)

    seconds = {name: [] for name in runs}
    cpu = {name: [] for name in runs}
    with threadpool_limits(args.threads):
        for _ in range(args.rounds):
            for name, function in runs.items():
                wall, processors, _ = timed(function)
                seconds[name].append(wall)
                cpu[name].append(processors)
    ours = f"certify, filter {args.filters.split(',')[-1]}"
    ratios = {
        name: {
            "wall": spread([a / b for a, b in zip(seconds[ours], seconds[name], strict=True)]),
            "cpu": spread([a / b for a, b in zip(cpu[ours], cpu[name], strict=True)]),
        }
        for name in runs
        if name != ours
    }
    result = {
        "tree": args.tree,
        "construction": embedding.construction,
        "dim": embedding.dim,
        "dtype": str(embedding.dtype),
        "margin": first.margin_lower_bound,
        "threads": args.threads,
        "pairs": first.n_pairs,
        "stages": {name: certificate.stages for name, certificate in certificates.items()},
        "faiss": faiss.__version__,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "ratio_of_the_last_filter_to": ratios,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    path = common.write(args.result, result)
    for name in runs:
        print(
            f"{name}: {statistics.median(seconds[name]):.2f} s, "
            f"{statistics.median(cpu[name]):.2f} processor seconds"
        )
    for name, ratio in ratios.items():
        wall, processors = ratio["wall"], ratio["cpu"]
        print(
            f"{ours} to {name}: wall {wall['min']:.3f} / {wall['median']:.3f} / {wall['max']:.3f}, "
            f"processors {processors['min']:.3f} / {processors['median']:.3f} / "
            f"{processors['max']:.3f} (min / median / max of {args.rounds})"
        )
    print(path)


if __name__ == "__main__":
    main()
