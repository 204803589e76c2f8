"""Held-out leaves placed by their text: the locator beside votes, flat classes and cosine.

python benchmarks/locate.py [NAME ...]          # an hour of processor time; extra text
python benchmarks/locate.py --model minilm [NAME ...]
python benchmarks/locate.py --times [NAME ...] # what a fit takes, of rows that are there

Three splits of Disease Ontology, Shopify's product taxonomy and WordNet's nouns, the last by lemmas
and by lemmas with definitions. What is measured is in `hrgeom.locate.evaluate`. The text model is
wordllama, or all-MiniLM-L6-v2 as in `minilm.py`; with the latter vectors are left out, which have
no part in what the text model can do.
"""

import argparse
import gzip
import json
import time
from pathlib import Path

import minilm
from common import DATA, known_rows, write

import hrgeom
from hrgeom import Hierarchy
from hrgeom.io import read_texts
from hrgeom.locate import evaluate, fit
from hrgeom.models import text_encoder

MUST = {
    "disease-ontology": (0.825, 0.59),
    "shopify-product-taxonomy": (0.61, 0.44),
    "wordnet-lemmas": (0.56, 0.20),
    "wordnet-definitions": (0.725, 0.40),
}
"""F1 and share of exact sets that the locator is to reach."""


def with_labels(name):
    """A hierarchy of the test data, whose labels are its texts."""
    data = json.loads(gzip.decompress((DATA / f"{name}.json.gz").read_bytes()))
    edges = data["edges"]
    if isinstance(edges[0][0], str):
        place = {label: row for row, label in enumerate(data["nodes"])}
        edges = [(place[child], place[parent]) for child, parent in edges]
    return Hierarchy(data["nodes"], edges), {label: label for label in data["nodes"]}


def wordnet(parts):
    """WordNet's nouns with the texts that come with hrgeom: lemmas, and maybe definitions."""
    tree = hrgeom.read_hierarchy("wordnet")
    return tree, read_texts("wordnet", tree, parts=parts)


def cases():
    """Name to what gives hierarchy and texts, for the data that is here."""
    found = {
        name: lambda name=name: with_labels(name)
        for name in ("disease-ontology", "shopify-product-taxonomy")
        if (DATA / f"{name}.json.gz").exists()
    }
    found["wordnet-definitions"] = lambda: wordnet(("name", "synonym", "definition"))
    found["wordnet-lemmas"] = lambda: wordnet(("name", "synonym"))
    return found


def memory(what):
    """MB of this process now (VmRSS) or at most since the last reset (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(each for each in lines if each.startswith(what)).split()[1]) / 1024


def timed(tree, texts, encoder):
    """What a fit on all nodes takes, encoding included, and a text afterwards."""
    embedding = hrgeom.construct(tree, dim=64, threads=1).embedding
    encoder(["warm"])
    Path("/proc/self/clear_refs").write_text("5")
    before, started = memory("VmRSS"), time.process_time()
    clock = time.perf_counter()
    locator = fit(embedding, tree, texts, encoder)
    fitted, took = time.process_time(), time.perf_counter() - clock
    peak = memory("VmHWM")
    locator([texts[label] for label in tree.labels[:1000]])
    return {
        "fit_s": round(took, 1),
        "fit_cpu_s": round(fitted - started, 1),
        "text_cpu_ms": round(time.process_time() - fitted, 2),
        "fit_mb": round(peak - before),
    }


def of_wordllama(make, name):
    """What there is to say of one hold-out with the text model that comes as an extra."""
    tree, texts = make()
    encoder = text_encoder("wordllama")
    times = timed(tree, texts, encoder)
    started = time.process_time()
    found = evaluate(tree, texts, encoder, report=print)
    print(found)
    data = found.to_dict() | times
    data["evaluate_cpu_s"] = round(time.process_time() - started, 1)
    f1, exact = MUST[name]
    locator = found.methods["locator"]
    data["reaches"] = locator.f1 >= f1 and locator.exact >= exact
    return data


def of_minilm(make):
    """The same with a sentence model, without vectors."""
    tree, texts = make()
    found = evaluate(tree, texts, minilm.encode, dims=(), report=print)
    print(found)
    return found.to_dict()


def main():
    """Measure what is named, all without a name; other rows stay."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--model", choices=["wordllama", "minilm"], default="wordllama")
    parser.add_argument("--times", action="store_true")
    given = parser.parse_args()
    rows = known_rows("locate")
    for name, make in cases().items():
        if given.names and name not in given.names:
            continue
        if given.times:
            rows[name] |= timed(*make(), text_encoder("wordllama"))
        elif given.model == "wordllama":
            rows[name] = of_wordllama(make, name)
        else:
            rows[f"{name}, {minilm.NAME}"] = of_minilm(make)
        write("locate", {"must": MUST, "rows": rows})


if __name__ == "__main__":
    main()
