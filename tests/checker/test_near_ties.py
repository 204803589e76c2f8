"""Near ties against whole numbers: every stored type, kernel, filter and style of cancelling.

A few problems of every kind run here. More:
`python tests/checker/test_near_ties.py 800000` (pairs of every stored type in every way).
"""

import sys
import warnings
from dataclasses import replace
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from hrgeom import DualEmbedding, Relevance, available_kernels, certify
from hrgeom.checker import _certify as checking
from hrgeom.checker.filters import FILTERS
from hrgeom.checker.kernels import get_kernel
from hrgeom.checker.kernels._cuda import CUDA, CountingKernel
from hrgeom.checker.kernels._cuda_emulated import EmulatedDevice
from hrgeom.errors import ShapeError

FLOATS = {
    "float64": (np.float64, -1074, 500),
    "float32": (np.float32, -149, 127),
    "float16": (np.float16, -24, 15),
    "bfloat16": (ml_dtypes.bfloat16, -133, 127),
}
TYPES = [*FLOATS, "int8", "int8-scale", "int8-rows", "int8-rows24"]
STYLES = ["plain", "integers", "subnormal", "huge", "mixed", "zeros", "cancel", "permuted", "equal"]
SIZES = [1, 2, 5, 12, 13, 16, 17, 31, 33, 49]
DIMS = [1, 2, 7, 8, 9, 16, 17, 63, 64]
N_CASES = 2


def integers(values):
    """Whole numbers (of Python) and the exponent e with values = integers * 2^e."""
    fraction, exponent = np.frexp(values)
    mantissa, exponent = np.ldexp(fraction, 53).astype(np.int64), exponent.astype(np.int64) - 53
    least = int(exponent[mantissa != 0].min(initial=0))
    pairs = zip(mantissa.ravel().tolist(), exponent.ravel().tolist(), strict=True)
    whole = [m << (e - least) if m else 0 for m, e in pairs]
    return np.array(whole, dtype=object).reshape(values.shape), least


def rows_of_floats(rng, style, kind, n, m, d):
    dtype, low, high = FLOATS[kind]
    q, x = rng.standard_normal((n, d)), rng.standard_normal((m, d))
    if style == "integers":
        q, x = np.rint(3 * q), np.rint(3 * x)
    elif style == "subnormal":
        q = np.ldexp(q, low // 2 + rng.integers(-4, 4, (n, 1)))
        x = np.ldexp(x, low // 2 + rng.integers(-4, 4, (m, 1)))
    elif style == "huge":
        q, x = np.ldexp(q, high - 4), np.ldexp(x, high - 4 - int(np.log2(d)))
    elif style == "mixed":
        a = min(-low, high, 300) - 3
        q = np.ldexp(q, rng.integers(-a, a + 1, (n, d)))
        x = np.ldexp(x, rng.integers(-a, a + 1, (m, d)))
    elif style == "zeros":
        q[rng.random((n, d)) < 0.5], x[rng.random((m, d)) < 0.5] = -0.0, 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        q, x = q.astype(dtype), x.astype(dtype)
    for rows in (q, x):
        rows[~np.isfinite(rows.astype(np.float64))] = 1
    return q, x


def nudged(rng, rows, share):
    """Some numbers moved by their last bit."""
    word = {8: np.int64, 4: np.int32, 2: np.int16}[rows.dtype.itemsize]
    bits = np.ascontiguousarray(rows).view(word)
    moved = bits + ((rng.random(bits.shape) < share) * rng.choice([-1, 1], bits.shape)).astype(word)
    found = moved.astype(word).view(rows.dtype)
    return np.where(np.isfinite(found.astype(np.float64)), found, rows)


def problem(rng, kind, style):
    n, m, d = int(rng.choice(SIZES)), int(rng.choice(SIZES)), int(rng.choice(DIMS))
    is_int8 = kind.startswith("int8")
    if is_int8:
        most = int(rng.choice([1, 3, 20, 127]))
        q, x = (rng.integers(-most, most + 1, (k, d)).astype(np.int8) for k in (n, m))
    else:
        q, x = rows_of_floats(rng, style, kind, n, m, d)
    half = d // 2
    if style == "cancel":
        q[:, half : 2 * half] = q[:, :half]
        x[:, half : 2 * half] = -x[:, :half] if is_int8 else nudged(rng, -x[:, :half], 1.5 / d)
    elif style == "permuted":
        q[:] = q[:, :1]
        x[:] = np.array([x[0][rng.permutation(d)] for _ in range(m)])
        if not is_int8:
            x[:] = nudged(rng, x, 0.5 / d)
    elif style == "equal":
        x[:] = x[:1]
    return q, x, *(scales(rng, kind, k) for k in (n, m))


def scales(rng, kind, n):
    if kind == "int8-scale":
        return float(np.float32(rng.choice([0.1, 2.0**-140, 3e-5, 1e30 / 3])))
    if not kind.startswith("int8-rows"):
        return 1.0
    found = (np.exp2(rng.integers(-8, 8, n)) * rng.uniform(1, 2, n)).astype(np.float32)
    if kind == "int8-rows":  # 17 bits
        found = (found.view(np.uint32) & np.uint32(0xFFFFFF80)).view(np.float32)
    return found


def exact_scores(q, x, query_scale, document_scale):
    """Whole numbers and the exponent they share."""
    sides = (
        rows.astype(np.float64) * np.asarray(scale, dtype=np.float64)[..., None]
        for rows, scale in ((q, query_scale), (x, document_scale))
    )
    (a, e), (b, f) = map(integers, sides)
    return a.dot(b.T), e + f


def relevance_of(rng, scores, limit, notion):
    n, m = scores.shape
    if rng.random() < 0.3:
        own = rng.random((n, m)) < rng.choice([0.05, 0.5, 0.95])
    elif notion == "global":
        own = (scores > limit).astype(bool)
    else:
        cuts = [sorted(row)[-int(rng.integers(1, m + 1))] for row in scores]
        own = (scores >= np.array(cuts, dtype=object)[:, None]).astype(bool)
    if rng.random() < 0.3:
        own[rng.integers(n), rng.integers(m)] ^= True
    return own


def violations(scores, own, limit, notion):
    if notion == "global":
        return np.where(own, (scores <= limit).astype(bool), (scores >= limit).astype(bool))
    wrong = np.zeros(own.shape, dtype=bool)
    for i in np.flatnonzero(own.any(axis=1)):
        wrong[i] = (scores[i] >= min(scores[i][own[i]])).astype(bool) & ~own[i]
    return wrong


def ways():
    """Every kernel alone and behind every filter that can go around it; the GPU's, emulated."""
    for name in available_kernels():
        kernel = get_kernel(name)
        yield name, "none"
        yield from ((name, entry.name) for entry in FILTERS if entry.around(kernel) is not None)
    if name != "numpy":
        yield "cuda", "none"


WAYS = tuple(ways())


def emulated(select):
    """Return a choice of kernels that has the one of the GPU, on a device in NumPy."""
    base = max(set(available_kernels()) - {"cuda"}, key=available_kernels().index)

    def selected(name=None):
        if name != "cuda":
            return select(name)
        make = lambda: CountingKernel(get_kernel(base), EmulatedDevice(part_size=16))  # noqa: E731
        return replace(CUDA, is_available=lambda: True, make=make)

    return selected


@pytest.fixture(autouse=True)
def gpu(monkeypatch):
    monkeypatch.setattr(checking, "select_kernel", emulated(checking.select_kernel))


def checked(rng, kind, style):
    """Check one problem in both notions in every way; the pairs that each way has decided."""
    q, x, query_scale, document_scale = problem(rng, kind, style)
    scores, exponent = exact_scores(q, x, query_scale, document_scale)
    unit = Fraction(2) ** exponent
    near = int(rng.choice(scores.ravel())) * unit
    threshold = float(near) if abs(near) < 2**1000 else 0.0
    threshold = float(np.nextafter(threshold, rng.choice([-np.inf, threshold, np.inf])))
    n_pairs = 0
    for notion in ("global", "row"):
        limit = Fraction(threshold) / unit
        own = relevance_of(rng, scores, limit, notion)
        wrong = violations(scores, own, limit, notion)
        embedding = DualEmbedding(
            q, x, threshold=threshold, notion=notion, query_scale=query_scale,
            document_scale=document_scale,
        )  # fmt: skip
        relevance = Relevance.from_sets([np.flatnonzero(row) for row in own], len(x))
        memory = int(rng.choice([2**28, 4096, 1]))
        want = ("fails" if wrong.any() else "holds", wrong.sum(), wrong.any(axis=1).sum())
        for kernel, name in WAYS:
            try:
                c = certify(
                    embedding, relevance, kernel=kernel, filter=name, threads=1, memory=memory
                )
            except ShapeError as error:
                if "must fit in float64" not in str(error):
                    raise
                break
            found = (c.verdict, c.n_violations, c.n_violating_queries)
            assert found == want, (notion, kernel, name, q.shape, x.shape, threshold)
            assert sum(c.stages.values()) == c.n_pairs
            check_margin(c, scores, own, unit)
        else:
            n_pairs += scores.size
    return n_pairs


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", TYPES)
def test_near_ties_are_decided_as_whole_numbers_are(kind, style):
    rng = np.random.default_rng([TYPES.index(kind), STYLES.index(style)])
    assert sum(checked(rng, kind, style) for _ in range(N_CASES))


def check_margin(certificate, scores, own, unit):
    gaps = []
    for row, mine in zip(scores, own, strict=True):
        low, high = min(row[mine], default=None), max(row[~mine], default=None)
        if certificate.notion == "row":
            gaps += [Fraction(low - high, 2) * unit] if None not in (low, high) else []
            continue
        threshold = Fraction(certificate.threshold)
        gaps += [low * unit - threshold] if low is not None else []
        gaps += [threshold - high * unit] if high is not None else []
    if certificate.margin_lower_bound is not None:
        assert Fraction(certificate.margin_lower_bound) <= min(gaps)


def main(n_pairs):
    """Check so many pairs of every stored type in every way."""
    checking.select_kernel = emulated(checking.select_kernel)
    sys.stdout.write(f"{WAYS}\n")
    for kind in TYPES:
        rng, done = np.random.default_rng([2, TYPES.index(kind)]), 0
        while done < n_pairs:
            done += checked(rng, kind, str(rng.choice(STYLES)))
        sys.stdout.write(f"{kind}: {done} pairs in each way, 0 wrong\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
