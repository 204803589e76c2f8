"""Pairs at the bounds of the GPU's integer scores: verdicts are those of exact arithmetic.

A few thousand pairs of every kind run here. More:
`python tests/checker/test_gpu_near_ties.py 800000` (pairs per number of digits).
"""

import sys
from dataclasses import replace

import numpy as np
import pytest

from hrgeom.checker import rounding_bounds
from hrgeom.checker._digits import DocumentDigits, QueryDigits, ScoreUnits
from hrgeom.checker.kernels import Bounds, Level, Rows, available_kernels, get_kernel
from hrgeom.checker.kernels import _cuda as counting
from hrgeom.checker.kernels._cuda_emulated import EmulatedDevice
from hrgeom.core import Relevance

BASE = max(set(available_kernels()) - {"cuda"}, key=available_kernels().index)
DIGITS = (1, 2, 3)


def exact_products(queries, documents):
    """Scores as whole numbers (object arrays of int) and the exponent of their unit."""

    def whole(rows):
        fraction, exponent = np.frexp(rows.astype(np.float64))
        mantissa, exponent = np.ldexp(fraction, 53).astype(np.int64), exponent - 53
        least = int(exponent[mantissa != 0].min(initial=0))
        shifted = [
            int(a) << int(b - least) if a else 0
            for a, b in zip(mantissa.flat, exponent.flat, strict=True)
        ]
        return np.array(shifted, dtype=object).reshape(rows.shape), least

    (q, a), (x, b) = whole(queries), whole(documents)
    return q.dot(x.T), a + b


def as_float(number, exponent):
    """The float64 next to number * 2^exponent."""
    bits = max(0, abs(number).bit_length() - 900)
    return float(np.ldexp(float(number >> bits), exponent + bits))


def normal(rng, n, m, d):
    return rng.standard_normal((n, d)), rng.standard_normal((m, d))


def half(rng, n, m, d):
    return tuple(rows.astype(np.float16) for rows in normal(rng, n, m, d))


def whole(rng, n, m, d):
    high = rng.choice([2, 20, 128])
    return rng.integers(-high, high, (n, d)), rng.integers(-high, high, (m, d))


def scaled(rng, n, m, d):
    q, x = whole(rng, n, m, d)
    return q * float(np.float32(0.0123)), x * float(np.float32(0.37))


def wide(rng, n, m, d):
    """Whole numbers of two digits."""
    return rng.integers(-30000, 30001, (n, d)), rng.integers(-3000, 3001, (m, d))


def leaning(rng, n, m, d):
    """All that rounding takes away has one sign: errors come up to their bound."""
    unit = rng.choice([1.0, 2.0**-8, 2.0**-16])
    ends = rng.choice([0.499, -0.499]) * unit
    q = rng.integers(100, 126, (n, d)) + ends  # so that the scale is 1
    x = np.full((m, d), 100.0) - rng.integers(0, 3, (m, 1))
    return (q, x) if rng.random() < 0.5 else (x[:1] + np.zeros((n, 1)), q[rng.integers(0, n, m)])


def canceling(rng, n, m, d):
    """Scores vanish but for the last bits of a few entries."""
    q, x = normal(rng, n, m, 2 * d)
    q[:, d:] = q[:, :d]
    x[:, d:] = -x[:, :d] * (1 + 2.0**-30 * rng.integers(-1, 2, (m, d)))
    return q, x


def permuted(rng, n, m, d):
    """One row in many orders, against rows of one number: all documents tie or nearly do."""
    q, x = normal(rng, n, m, d)
    q[:] = q[:, :1]
    x[:] = [x[0][rng.permutation(d)] for _ in range(m)]
    return q, np.where(rng.random(x.shape) < 0.1, x * (1 + 2.0**-20), x)


def uneven(rng, n, m, d):
    """Rows of very different lengths."""
    q, x = normal(rng, n, m, d)
    return np.ldexp(q, rng.integers(-30, 31, (n, 1))), np.ldexp(x, rng.integers(-12, 1, (m, 1)))


def extreme(rng, n, m, d):
    """Products that leave the range in which units are used, or nearly."""
    q, x = normal(rng, n, m, d)
    high = int(rng.choice([20, 470, 490]))
    return np.ldexp(q, rng.integers(-high, high + 1, (n, 1))), np.ldexp(
        x, rng.choice([-high, high])
    )


KINDS = (normal, half, whole, scaled, wide, leaning, canceling, permuted, uneven, extreme)


class Case:
    """Rows with their exact scores, and levels at the bounds of integer scores."""

    def __init__(self, rng, kind):
        n, m, d = (int(rng.integers(1, top)) for top in (16, 60, 70))
        dtype = rng.choice([np.float32, np.float64]) if kind in (normal, whole) else np.float64
        q, x = kind(rng, n, m, d)
        self.queries, self.documents = np.asarray(q, dtype=dtype), np.asarray(x, dtype=dtype)
        self.scores, self.exponent = exact_products(self.queries, self.documents)
        found = rounding_bounds(self.queries, self.documents)
        self.bounds = Bounds(found.filter, found.score, True)
        self.level = self._level(rng, int(rng.integers(1, 4)))
        self.relevance = self._relevance(rng)
        self.rows = Rows(self.queries, self.relevance.indptr, self.relevance.indices)

    def _level(self, rng, n_digits):
        """A level per query: a score, moved by its bounds or a little more or less."""
        units = ScoreUnits.of(
            QueryDigits.of(self.queries), DocumentDigits.of(self.documents), n_digits
        )
        n, m = self.scores.shape
        value = np.empty(n)
        # few documents are near the highest score
        highest = self.scores.argmax(axis=1)
        self.near = np.where(rng.random(n) < 0.5, highest, rng.integers(0, m, n))
        for i, v in enumerate(self.near):
            size = rng.choice([units.error[i], units.error[i] + 2 * self.bounds.score[i],
                               units.unit[i], self.bounds.score[i]])  # fmt: skip
            factor = rng.choice([0, 0, 1, -1, 0.5, 2]) * rng.choice([1, 1 - 1e-7, 1 + 1e-7])
            value[i] = as_float(self.scores[i, v], self.exponent) + factor * size
            value[i] = np.nextafter(value[i], value[i] + rng.integers(-1, 2))
        return Level(value, np.full(n, -1, dtype=np.int32))

    def _relevance(self, rng):
        above = np.array(
            [[self.sign(i, v) > 0 for v in range(self.scores.shape[1])]
             for i in range(len(self.scores))]
        )  # fmt: skip
        if rng.random() < 0.3:
            above ^= rng.random(above.shape) < 0.02
        at = rng.random(len(above)) < 0.5
        above[at, self.near[at]] = False  # a violation, if it reaches the level at all
        return Relevance.from_sets([np.flatnonzero(row) for row in above], above.shape[1])

    def sign(self, i, v):
        """The sign of score - level, by whole numbers."""
        top, bottom = float(self.level.value[i]).as_integer_ratio()
        left, right = int(self.scores[i, v]) * bottom, top
        if self.exponent >= 0:
            left <<= self.exponent
        else:
            right <<= -self.exponent
        return (left > right) - (left < right)

    def violations(self):
        n, m = self.scores.shape
        sets = [set(self.relevance.matches(i).tolist()) for i in range(n)]
        return [sum(self.sign(i, v) >= 0 for v in range(m) if v not in sets[i]) for i in range(n)]

    def sweep(self, kernel):
        packed = kernel.pack(self.documents, self.documents.dtype)
        return kernel.sweep(packed, len(self.documents), self.rows, self.level, self.bounds)


def wrong(case, n_digits):
    """What a sweep by counting gets wrong, and how many pairs the integer scores decided."""
    base = get_kernel(BASE)
    found = case.sweep(counting.CountingKernel(base, EmulatedDevice(16), (n_digits,)))
    expected = case.sweep(base)
    faults = []
    if found.n_violations.tolist() != case.violations():
        faults.append("verdict")
    same = ["n_exact", "n_undecided"]
    if BASE != "numpy":  # whose reference scores depend on BLAS
        same.append("extreme_score")
    faults += [
        name for name in same if getattr(found, name).tobytes() != getattr(expected, name).tobytes()
    ]
    return faults, int(found.n_by_int8.sum())


def sample(n_pairs, seed=0, n_digits=DIGITS):
    """Faults, pairs looked at and pairs decided, over random cases of every kind."""
    rng = np.random.default_rng(seed)
    faults, looked, decided = [], 0, 0
    while looked < n_pairs:
        for kind in KINDS:
            case = Case(rng, kind)
            looked += case.scores.size
            for k in n_digits:
                found, by_int8 = wrong(case, k)
                decided += by_int8
                faults += [(kind.__name__, k, fault) for fault in found]
    return faults, looked, decided


def test_no_verdict_is_wrong_at_the_bounds():
    faults, looked, decided = sample(25_000)
    assert faults == []
    assert decided > looked / 4  # most levels are where the scores crowd


def test_levels_are_infinite_too():
    rng = np.random.default_rng(1)
    for kind in KINDS:
        case = Case(rng, kind)
        for value in (np.inf, -np.inf):
            case.level = replace(case.level, value=np.full(len(case.queries), value))
            kernel = counting.CountingKernel(get_kernel(BASE), EmulatedDevice(16))
            n_matches = np.diff(case.relevance.indptr)
            expected = 0 * n_matches if value > 0 else len(case.documents) - n_matches
            assert case.sweep(kernel).n_violations.tolist() == expected.tolist()


def smaller_errors(units):
    return replace(units, error=0.8 * units.error)


def no_floor(units):
    return replace(units, above=np.zeros_like(units.above))


BROKEN_UNITS = [(smaller_errors, (1, 2), "verdict"), (no_floor, (2,), "verdict")]


@pytest.mark.parametrize(("spoil", "n_digits", "fault"), BROKEN_UNITS)
def test_a_bound_that_is_too_small_is_found_out(monkeypatch, spoil, n_digits, fault):
    true = ScoreUnits.of
    monkeypatch.setattr(counting.ScoreUnits, "of", lambda *given: spoil(true(*given)))
    faults, _, _ = sample(20_000, n_digits=n_digits)
    assert fault in {name for *_, name in faults}


@pytest.mark.parametrize(
    ("name", "spoiled", "fault"),
    [
        ("level_cut", lambda true: lambda *given: true(*given) + 1, "verdict"),
        ("window", lambda true: lambda *given: 0 * true(*given), "extreme_score"),
    ],
)
def test_a_cut_or_window_that_is_off_is_found_out(monkeypatch, name, spoiled, fault):
    if fault == "extreme_score" and BASE == "numpy":
        pytest.skip("extreme scores of the NumPy kernel depend on BLAS")
    monkeypatch.setattr(counting, name, spoiled(getattr(counting, name)))
    faults, _, _ = sample(20_000)
    assert fault in {name for *_, name in faults}


def main(n_pairs):
    """Look at so many pairs for each number of digits, and say what was found."""
    for k in DIGITS:
        faults, looked, decided = sample(n_pairs, seed=k, n_digits=(k,))
        sys.stdout.write(f"{k} digits: {len(faults)} faults in {looked:,} pairs, ")
        sys.stdout.write(f"{decided:,} decided by integer scores\n")
        if faults:
            sys.exit(str(faults[:9]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
