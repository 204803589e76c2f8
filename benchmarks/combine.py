"""Text beside a hierarchy: the largest weights on WordNet, and a planted pair that breaks more.

python benchmarks/combine.py     # three minutes of processor time; extra text
"""

import time
from dataclasses import replace

import numpy as np
from common import write

import hrgeom
from hrgeom.checker import certify
from hrgeom.derived import combine
from hrgeom.models import read_model

TEXT_DIM = 64
CASES = (
    ("wordnet-mammals", "trie", "global"),
    ("wordnet-mammals", "auto", "global"),
    ("wordnet-mammals", "auto", "row"),
    ("wordnet", "trie", "global"),
)


def planted(text, embedding, tree):
    """Return the text with the worst match at cosine -1 and the best other pair at 1."""
    found = certify(embedding, tree, threads=1)
    queries, documents = text.queries.copy(), text.documents.copy()
    place = {label: row for row, label in enumerate(tree.labels)}
    match, other = (
        (place[w.query], place[w.document]) for w in (found.worst_match, found.best_other)
    )
    first, second = np.eye(2, text.dim, dtype=text.dtype)
    queries[match[0]], documents[match[1]] = first, -first
    if match[0] == other[0]:
        documents[other[1]] = first
    elif match[1] == other[1]:
        queries[other[0]] = -first
    else:
        queries[other[0]] = documents[other[1]] = second
    pairs = [found.worst_match, found.best_other]
    return replace(text, queries=queries, documents=documents), [
        [p.query, p.document] for p in pairs
    ]


def row(name, method, notion):
    """Return what there is to say of one hierarchy and construction."""
    tree = hrgeom.read_hierarchy(name)
    text = read_model(f"wordllama,dim={TEXT_DIM},score=cosine", tree).embedding
    embedding = hrgeom.construct(tree, method=method, threads=1).embedding
    started = time.process_time()
    both = combine(text, embedding, tree, notion=notion, threads=1, report=print)
    data = {
        "tree": name,
        "construction": embedding.construction,
        "notion": notion,
        "dim": [text.dim, embedding.dim],
        "n_pairs": both.certificate.n_pairs,
        "limits": both.limits.to_dict(),
        "weight": both.weight,
        "verdict": both.certificate.verdict,
        "text_order": both.order.to_dict(),
        "cpu_seconds": round(time.process_time() - started, 1),
    }
    print(both, flush=True)
    if notion == "global":
        data["planted"] = with_planted(text, embedding, tree, both.limits.any_text)
    return data


def with_planted(text, embedding, tree, limit):
    """Return the verdicts for a planted pair just below the largest weight, and at 1.1 of it."""
    there, pairs = planted(text, embedding, tree)
    found = {"pairs": pairs}
    for factor in (0.99, 1.1):
        # Beyond the limit of all texts with the best threshold that these have.
        both = combine(there, embedding, tree, weight=factor * limit, look=False, threads=1)
        found[f"at {factor}"] = [both.certificate.verdict, both.certificate.n_violations]
    print(found, flush=True)
    return found


if __name__ == "__main__":
    rows = []
    for case in CASES:
        rows.append(row(*case))
        write("combine", {"rows": rows})  # of what is done, if it is interrupted
