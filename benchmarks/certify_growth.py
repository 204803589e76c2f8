"""How the certificate's time grows on random trees of 10^4 to 10^6 nodes, beside no filter.

Vectors of `interval` (d = 3, float64) and `trie` (int8). CPU seconds of the process and seconds by
the clock of `certify` in full (both passes, the second look of the margin, digests), the documents
that a query looks at on the average, and the process' peak memory so far. `--add` keeps the
committed rows of other sizes.
"""

import argparse
import resource
import time

import common

import hrgeom
from hrgeom.datasets import random_tree

METHODS = (("interval", "float64"), ("trie", "int8"))


def measured(embedding, tree, threads, **how):
    start, cpu = time.perf_counter(), time.process_time()
    certificate = hrgeom.certify(embedding, tree, threads=threads, **how)
    if not certificate.holds:
        raise SystemExit(f"the embedding must be exact:\n{certificate}")
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu,
        "looked_at_per_query": certificate.stages["score"] / certificate.n_queries,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10**4, 10**5, 10**6])
    parser.add_argument("--unfiltered", type=int, default=10**5, help="no filter up to this size")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--add", action="store_true", help="keep committed rows of other sizes")
    args = parser.parse_args()
    known = common.known_rows("certify_growth") if args.add else []
    rows = [row for row in known if row["nodes"] not in args.sizes]
    for n_nodes in args.sizes:
        tree = random_tree(n_nodes)
        for method, dtype in METHODS:
            embedding = hrgeom.construct(tree, method=method, dtype=dtype, certify=False).embedding
            row = {"nodes": n_nodes, "method": method, "dim": embedding.dim, "dtype": dtype}
            row["tree"] = measured(embedding, tree, args.threads, filter="tree")
            if n_nodes <= args.unfiltered:
                row["none"] = measured(embedding, tree, args.threads, filter="none")
            rows.append(row)
            print(row, flush=True)
    rows.sort(key=lambda row: row["nodes"])
    print(common.write("certify_growth", {"threads": args.threads, "rows": rows}))


if __name__ == "__main__":
    main()
