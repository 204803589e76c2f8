"""Certifying all pairs of WordNet against FAISS searching the same arrays.

The certificate looks at all 6.7e9 pairs and proves a verdict; FAISS `IndexFlatIP` finds the top
36 documents of every query (s = 35, and one more), in float32 with no bound. Same arrays (interval
cover, d = 63, float32), same process, same number of threads, in turn, several rounds.
"""

import argparse
import resource
import statistics
import time

import common
import faiss

import hrgeom


def timed(function):
    start = time.perf_counter()
    value = function()
    return time.perf_counter() - start, value


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", default="wordnet")
    parser.add_argument("--dim", type=int, default=63)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()

    hierarchy = hrgeom.read_hierarchy(args.tree)
    embedding = hrgeom.construct(
        hierarchy, method="interval", dim=args.dim, certify=False
    ).embedding
    top = hierarchy.relevance.max_matches + 1
    faiss.omp_set_num_threads(args.threads)
    index = faiss.IndexFlatIP(embedding.dim)
    index.add(embedding.documents)

    def certify():
        return hrgeom.certify(embedding, hierarchy, threads=args.threads)

    def search():
        return index.search(embedding.queries, top)

    # The answers first: the certificate holds, and FAISS agrees on the set above the threshold.
    certificate = certify()
    if not certificate.holds:
        raise SystemExit(f"the embedding must be exact before anything is timed:\n{certificate}")
    scores, _ = search()
    n_matches = int((scores > embedding.threshold).sum())
    if n_matches != hierarchy.relevance.n_pairs:
        print(f"note: in plain float32 FAISS sees {n_matches:,} scores above the threshold, "
              f"the exact number is {hierarchy.relevance.n_pairs:,}")  # fmt: skip

    ours, theirs = [], []
    for _ in range(args.rounds):
        ours.append(timed(certify)[0])
        theirs.append(timed(search)[0])
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    result = {
        "tree": args.tree,
        "dim": embedding.dim,
        "dtype": str(embedding.dtype),
        "threads": args.threads,
        "pairs": certificate.n_pairs,
        "faiss": faiss.__version__,
        "certify_seconds": ours,
        "faiss_seconds": theirs,
        "ratio_certify_to_faiss": {
            "min": min(ratios),
            "median": statistics.median(ratios),
            "max": max(ratios),
        },
        "scores_above_threshold": {"faiss": n_matches, "exact": hierarchy.relevance.n_pairs},
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    path = common.write("certify", result)
    print(
        f"certify {statistics.median(ours):.2f} s, FAISS {statistics.median(theirs):.2f} s, "
        f"ratio {min(ratios):.2f} / {statistics.median(ratios):.2f} / {max(ratios):.2f} "
        f"(min / median / max of {args.rounds}), peak {result['peak_memory_mib']:.0f} MiB; {path}"
    )


if __name__ == "__main__":
    main()
