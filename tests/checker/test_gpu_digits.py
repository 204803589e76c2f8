"""Digits of rows, and the theorem on their integer scores, against fractions."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from hrgeom.checker._digits import (
    MOST_DIMENSIONS,
    DocumentDigits,
    QueryDigits,
    ScoreUnits,
)
from hrgeom.checker.kernels._cuda_emulated import EmulatedDevice


def fractions(rows):
    return [[Fraction(value) for value in row] for row in rows.tolist()]


def products(queries, documents):
    """Exact scores, as rows of fractions."""
    pairs = fractions(documents)
    return [
        [sum((a * b for a, b in zip(q, x, strict=True)), Fraction(0)) for x in pairs]
        for q in fractions(queries)
    ]


def padded(planes, n_digits):
    planes = planes[:n_digits]
    return np.pad(planes, ((0, n_digits - len(planes)), (0, 0), (0, 0)))


def integer_scores(queries, documents, n_digits):
    """A for all pairs, by the device's emulation."""
    device = EmulatedDevice()
    n, m = queries.planes.shape[1], documents.planes.shape[1]
    row, document = (part.ravel() for part in np.divmod(np.arange(n * m), m))
    q, x = (device.put(padded(one.planes, n_digits)) for one in (queries, documents))
    return device.pair_scores(q, x, row, document).reshape(n, m)


def enclosures(queries, documents, n_digits, units=None):
    """The interval that the theorem gives for every score of usable queries, as fractions."""
    q, x = QueryDigits.of(queries), DocumentDigits.of(documents)
    units = units or ScoreUnits.of(q, x, n_digits)
    for i, row in enumerate(integer_scores(q, x, n_digits).tolist()):
        if not units.usable[i]:
            yield [(-np.inf, np.inf)] * len(row)
            continue
        unit, error, below, above = (
            Fraction(float(values[i]))
            for values in (units.unit, units.error, units.below, units.above)
        )
        yield [(unit * (a - below) - error, unit * (a + above) + error) for a in row]


def rows_of(kind, n, d, rng):
    rows = rng.standard_normal((n, d))
    return {
        "normal": rows,
        "float32": rows.astype(np.float32),
        "whole": np.rint(30 * rows),
        "scaled int8": np.clip(np.rint(40 * rows), -128, 127) * float(np.float32(0.0123)),
        "two digits": np.rint(5000 * rows),
        "mixed": np.ldexp(rows, rng.integers(-300, 20, (n, d))),
        "tiny": np.ldexp(rows, -1050),
        "zero": 0.0 * rows,
        "leaning": np.full((n, d), 100.499),
        "opposite": np.where(np.arange(n)[:, None] % 2 == 0, -100.499, 100.0) + 0 * rows,
    }[kind]


KINDS = ("normal", "float32", "whole", "scaled int8", "two digits", "mixed", "tiny", "zero",
         "leaning", "opposite")  # fmt: skip


@pytest.mark.parametrize("d", [1, 3, 40, 500])
@pytest.mark.parametrize("kind", KINDS)
def test_every_score_is_within_its_bounds(kind, d):
    rng = np.random.default_rng(d)
    for other in ("normal", "whole", "leaning"):
        for left, right in ((kind, other), (other, kind)):
            queries, documents = rows_of(left, 3, d, rng), rows_of(right, 4, d, rng)
            for n_digits in (1, 2, 3):
                found = enclosures(queries, documents, n_digits)
                for row, intervals in zip(products(queries, documents), found, strict=True):
                    for score, (low, high) in zip(row, intervals, strict=True):
                        assert low <= score <= high, (left, right, n_digits)


@pytest.mark.parametrize("n_digits", [1, 2, 3])
@pytest.mark.parametrize("name", ["error", "above"])
def test_bounds_are_met_nearly(n_digits, name):
    """So a smaller bound is wrong, and the test before finds that out."""
    if (name, n_digits) == ("above", 1):
        pytest.skip("one digit has no floor")
    rest = 0.499 / 256 ** (n_digits - 1)
    # what is left of a query has one sign; what the floor takes away is nearly 1
    queries, documents = np.full((1, 9), 100 + rest), np.full((2, 9), 100.0)
    documents[1] = 99
    if name == "above":
        queries = np.array([[100 + 255 / 256, 99 + 255 / 256]])
        documents = np.array([[100 + 1 / 256, 0.0], [99.0, 0.0]])
    q, x = QueryDigits.of(queries), DocumentDigits.of(documents)
    units = ScoreUnits.of(q, x, n_digits)
    share = 0.9 if n_digits == 1 else 0.3  # the floor has room for less than a unit
    smaller = replace(units, **{name: share * getattr(units, name)})
    assert any(
        not low <= score <= high
        for row, intervals in zip(
            products(queries, documents),
            enclosures(queries, documents, n_digits, smaller),
            strict=True,
        )
        for score, (low, high) in zip(row, intervals, strict=True)
    )


@pytest.mark.parametrize("scale", [1.0, 0.0123, 3e-5, 2.0**-140, 1e30])
def test_stored_int8_needs_one_digit_and_leaves_nothing(scale):
    rng = np.random.default_rng(0)
    scale = float(np.float32(scale))
    queries, documents = (rng.integers(-128, 128, (n, 33)) * scale for n in (20, 300))
    documents[:70] = 0  # the sample that tells first sees nothing
    q, x = QueryDigits.of(queries), DocumentDigits.of(documents)
    assert (len(q.planes), len(x.planes)) == (1, 1)
    units = ScoreUnits.of(q, x, 1)
    assert not units.error.any()
    assert not units.below.any()
    assert not units.above.any()
    exact = products(queries[:2], documents)
    scores = integer_scores(q, x, 1)[:2].tolist()
    unit = Fraction(float(q.scale[0])) * Fraction(x.scale)
    assert exact == [[unit * a for a in row] for row in scores]


def test_rows_of_their_own_scale_need_one_digit_as_queries():
    rng = np.random.default_rng(0)
    scales = (1 + rng.random((90, 1))).astype(np.float32).astype(np.float64)
    rows = rng.integers(-127, 128, (90, 20)) * scales
    assert len(QueryDigits.of(rows).planes) == 1
    assert len(DocumentDigits.of(rows).planes) == 3


def test_a_late_row_that_is_finer_is_seen():
    documents = np.full((5000, 3), 4.0)
    documents[4999, 1] = 1.0
    assert DocumentDigits.of(documents).scale == 1.0
    documents[4999, 1] = 1 + 2.0**-9
    assert len(DocumentDigits.of(documents).planes) == 2
    documents[4999, 1] = 0.1
    assert len(DocumentDigits.of(documents).planes) == 3


def test_scores_that_would_leave_int32_are_not_usable():
    long, short = np.full((1, MOST_DIMENSIONS), 127.0), np.full((1, 400), 127.0)
    long[0, 0] = short[0, 0] = 126
    for rows, usable in ((long, False), (short, True)):
        q, x = QueryDigits.of(rows), DocumentDigits.of(rows)
        assert ScoreUnits.of(q, x, 2).usable.tolist() == [usable]


@pytest.mark.parametrize("d", [1, 400, MOST_DIMENSIONS])
def test_parts_of_a_usable_score_fit_in_int32(d):
    """The worst rows there are: all entries as large as scales allow."""
    rows = np.full((1, d), 0.3) + 1e-3 * np.arange(d) / d
    q, x = QueryDigits.of(rows), DocumentDigits.of(rows)
    assert ScoreUnits.of(q, x, 3).usable.all()
    q0, q1, q2 = (plane[0].astype(np.int64) for plane in padded(q.planes, 3))
    x0, x1, x2 = (plane[0].astype(np.int64) for plane in padded(x.planes, 3))
    sums = [abs(a) @ abs(b) for a, b in ((q0, x0), (q0, x1), (q1, x0))]
    last = sum(abs(a) @ abs(b) for a, b in ((q0, x2), (q1, x1), (q2, x0)))
    assert max(last, 256 * sums[0] + sums[1] + sums[2] + last // 256 + 1) < 2**31


@pytest.mark.parametrize("scale", [2.0**-600, 2.0**600])
def test_units_beyond_float64_are_not_usable(scale):
    rows = scale * np.random.default_rng(0).standard_normal((3, 5))
    q, x = QueryDigits.of(rows), DocumentDigits.of(rows)
    assert not ScoreUnits.of(q, x, 2).usable.any()
