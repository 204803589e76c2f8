"""The embedding's own checks."""

import numpy as np
import pytest

from hrgeom import DualEmbedding
from hrgeom.errors import NotFiniteError, ShapeError

ROWS = np.ones((2, 3), dtype=np.float32)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"documents": np.ones((2, 4), np.float32)}, r"share dimension d: got queries \(2, 3\)"),
        ({"documents": np.ones((2, 3))}, "share a stored type: got float32 and float64"),
        ({"queries": np.ones(3, np.float32)}, r"queries must be a matrix.*shape \(3,\)"),
        ({"queries": np.ones((0, 3), np.float32)}, r"at least one row.*shape \(0, 3\)"),
        (
            {"queries": np.ones((2, 3), int), "documents": np.ones((2, 3), int)},
            "must be of float64",
        ),
        ({"notion": "both"}, "notion must be 'global' or 'row': got 'both'"),
        ({"query_scale": 0.5}, "query_scale must be 1 for float32: got 0.5"),
        ({"document_scale": 0.1}, "document_scale must be a positive number that float32 holds"),
        ({"query_labels": ("a",)}, "query_labels must have one entry per row, 2: got 1"),
    ],
)
def test_misuse_is_refused(change, message):
    with pytest.raises(ShapeError, match=message):
        DualEmbedding(**{"queries": ROWS, "documents": ROWS, **change})


def test_a_threshold_must_be_finite():
    with pytest.raises(NotFiniteError, match="threshold must be finite: got nan"):
        DualEmbedding(ROWS, ROWS, threshold=float("nan"))


def test_values_are_what_the_numbers_stand_for():
    rows = np.array([[-128, 127]], dtype=np.int8)
    scale = float(np.float32(1 / 3))
    q, x = DualEmbedding(rows, rows, query_scale=scale).values()
    assert q.dtype == x.dtype == np.float64
    assert q.tolist() == [[-128 * scale, 127 * scale]]
    assert x.tolist() == [[-128, 127]]
    half = ROWS.astype(np.float16)
    assert DualEmbedding(half, half).values()[0].dtype == np.float32
    assert DualEmbedding(ROWS, ROWS).bits_per_vector == 96


def test_digests_depend_on_type_shape_and_numbers():
    rows = np.zeros((2, 2))
    digests = {
        DualEmbedding(a, a).sha256["queries"]
        for a in (rows, rows.astype(np.float32), rows.reshape(1, 4), rows + 1)
    }
    assert len(digests) == 4
    assert DualEmbedding(rows, rows).sha256["queries"] in digests
