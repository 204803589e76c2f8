"""Titles of products within a real taxonomy, where it is at hand."""

import zlib

import numpy as np
from places import data_file

from hrgeom import DualEmbedding, construct, read_hierarchy
from hrgeom.derived import combine


def encoded(texts, dim=32):
    """Unit rows of hashed trigrams."""
    rows = np.zeros((len(texts), dim), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        padded = f" {text.lower()} "
        for i in range(len(padded) - 2):
            row[zlib.crc32(padded[i : i + 3].encode()) % dim] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_names_of_categories_beside_their_taxonomy():
    shop = read_hierarchy(str(data_file("shopify-product-taxonomy.json.gz")))
    rows = encoded([shop.name(label) for label in shop.labels])
    text = DualEmbedding(rows, rows, query_labels=shop.labels, document_labels=shop.labels)
    both = combine(text, construct(shop, method="trie").embedding, shop, look=False)
    assert both.certificate.holds
    assert both.order.matches == 1.0
    query = both.query(shop.labels[-1], encoded(["anything at all"])[0])
    found = np.flatnonzero(both.embedding.documents @ query > both.embedding.threshold)
    matches = shop.relevance.matches(shop.n_nodes - 1)
    assert found.tolist() == sorted(matches.tolist())
