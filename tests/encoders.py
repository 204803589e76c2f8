"""Hashed trigrams as text encoder, `py:encoders:trigrams` for commands; and a shop to place in."""

import zlib

import numpy as np


def trigrams(texts, dim=64):
    """Unit rows of hashed trigrams."""
    rows = np.zeros((len(texts), dim), np.float32)
    for row, text in zip(rows, texts, strict=True):
        padded = f" {text.lower()} "
        for start in range(len(padded) - 2):
            row[zlib.crc32(padded[start : start + 3].encode("utf-8")) % dim] += 1
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def shop():
    """Lines child, parent of a small shop: 3 departments, 4 shelves each, 6 products on each."""
    rows = []
    for department in ("garden", "kitchen", "office"):
        rows.append((department, "shop"))
        for shelf in ("chairs", "lamps", "knives", "gloves"):
            rows.append((f"{department} {shelf}", department))
            rows += [
                (f"{size} {department} {shelf}", f"{department} {shelf}")
                for size in ("small", "large", "folding", "red", "wooden", "cheap")
            ]
    return "".join(f"{child},{parent}\n" for child, parent in rows)
