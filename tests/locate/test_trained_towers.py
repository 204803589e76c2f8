"""Trained text towers stand in the same table as the locator."""

import numpy as np
import pytest

from hrgeom.core import Hierarchy
from hrgeom.locate import evaluate, trained_towers

pytest.importorskip("torch")

KINDS = [f"kind{k}" for k in range(6)]


def hierarchy() -> Hierarchy:
    """A root, six kinds, and 20 leaves of each, whose labels say the kind."""
    labels = ["all", *KINDS, *(f"{KINDS[i % 6]} thing {i}" for i in range(120))]
    edges = [*((k, 0) for k in range(1, 7)), *((7 + i, 1 + i % 6) for i in range(120))]
    return Hierarchy(labels, edges)


def marks(texts: list[str]) -> np.ndarray:
    """Which kinds a text names."""
    return np.array([[kind in text for kind in KINDS] for text in texts], dtype=np.float32)


def test_towers_are_trained_and_found_by_name() -> None:
    methods = trained_towers(dim=8, steps=150)
    found = evaluate(hierarchy(), None, marks, splits=1, dims=(), methods=methods)
    assert {"locator", "in-batch", "pretrain-finetune", "masked"} <= set(found.methods)
    masked = found.methods["masked"]
    assert masked.recall is not None
    assert masked.recall > 0.9
