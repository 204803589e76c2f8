"""Do engines retrieve exactly S(q) by the query that an export writes? `engines.py [NAME ...]`

All queries of the bundled mammals and 2,000 sampled ones of WordNet, in every engine that is
installed; what each holds is certified over all pairs. A query that an engine answers otherwise is
a failure, not a number.
"""

import sys
import tempfile
import time
from pathlib import Path

from common import known_rows, write

from hrgeom import construct, read_hierarchy
from hrgeom.export import export_embedding, export_targets

SAMPLE = 2_000
SETS = {"wordnet-mammals": {}, "wordnet": {"effort": 0.1}}


def measured(entry, embedding, hierarchy, dtype):
    """Return a row of results: what the check found, and what the export took."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        done = export_embedding(
            embedding, Path(folder, "x"), entry, target=hierarchy, dtype=dtype, sample=SAMPLE
        )
        cpu = time.process_time() - started
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    row = done.check.to_dict()
    return {"dim": embedding.dim, "rule": done.threshold, "bytes": size, "cpu": cpu, **row}


def main(names):
    """Measure the engines of these names, or all that are installed."""
    rows = known_rows("engines")
    entries = [entry for entry in export_targets() if entry.open and entry.is_available]
    for tree, options in SETS.items():
        hierarchy = read_hierarchy(tree)
        embedding = construct(hierarchy, **options).embedding
        for entry in entries:
            for dtype in entry.types:
                key = f"{tree} {entry.name} {dtype}"
                if (names and entry.name not in names) or (not names and key in rows):
                    continue
                rows[key] = measured(entry, embedding, hierarchy, dtype)
                write("engines", {"sample": SAMPLE, "rows": rows})
                print(key, rows[key]["n_exact"], "of", rows[key]["n_asked"], flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
