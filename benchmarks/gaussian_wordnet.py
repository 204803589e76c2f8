"""Algorithm 1 (Gaussian centroid) on WordNet nouns: verdict for both notions, recall by distance.

Takes several minutes and 2 GB. With --dims 1024 2048 ... it looks for where the verdicts turn.
"""

import argparse
import resource

import common

import hrgeom


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", default="wordnet")
    parser.add_argument("--dims", type=int, nargs="+", default=[2048])
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    hierarchy = hrgeom.read_hierarchy(args.tree)
    rows = []
    for dim in args.dims:
        embedding = hrgeom.construct(
            hierarchy, method="gaussian", dim=dim, seed=args.seed, certify=False
        ).embedding
        row = {"dim": dim, "seed": args.seed}
        for notion in ("global", "row"):
            certificate = hrgeom.certify(embedding, hierarchy, notion=notion)
            print(certificate)
            row[notion] = certificate.to_dict()
            if not certificate.holds:
                recall = hrgeom.recall_by_distance(
                    embedding,
                    hierarchy,
                    notion=notion,
                    threshold=certificate.threshold,
                    n_queries=5000,
                )
                row[notion]["recall_by_distance"] = recall.recall.tolist()
                print("recall by distance, %:", *(f"{100 * r:.2f}" for r in recall.recall))
        rows.append(row)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(common.write("gaussian_wordnet", {"rows": rows, "peak_memory_mib": peak}))


if __name__ == "__main__":
    main()
