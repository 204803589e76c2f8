"""Spherical codes: every size and inner product by a second route.

Exhaustive where the words are at most some 20,000; Walsh transforms over all words of the sign
codes; exact fractions for the slices of lattices; the rest by structure, as each test says.
"""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.constructions.codes.spherical import largest_inner, menu, slices
from hrgeom.constructions.codes.spherical._bases import complex_bases
from hrgeom.constructions.codes.spherical._classical import cross_polytope, polygon, signs, simplex
from hrgeom.constructions.codes.spherical._code import root_above, rounded_up
from hrgeom.constructions.codes.spherical._equiangular import (
    conference,
    paley_matrix,
    taylor_matrix,
    unitary,
)
from hrgeom.constructions.codes.spherical._found import found_codes
from hrgeom.constructions.codes.spherical._galois import field
from hrgeom.constructions.codes.spherical._generators import (
    binary_traces,
    quadratic_residue,
    quaternary_traces,
    systematic,
)
from hrgeom.constructions.codes.spherical._lattices import LATTICES, _basis, _of_square, shell
from hrgeom.constructions.codes.spherical._leech import ZEROS, golay
from hrgeom.constructions.codes.spherical._signs import FAMILIES
from hrgeom.errors import ConstructionError

_ROUNDING = 1e-12


def check(code, n=None):
    """The first n words: as many as promised, distinct, of one length, and no closer."""
    words = code.words(n)
    n = code.size if n is None else n
    assert words.shape == (n, code.dim)
    if code.is_integral:
        assert words.dtype == np.int16
        assert np.all(np.einsum("ij,ij->i", words, words, dtype=np.int64) == code.norm)
        assert np.abs(words).max() <= code.peak
    else:
        assert words.dtype == np.float64
        assert np.abs(np.linalg.norm(words, axis=1) - 1).max() < _ROUNDING
        assert code.norm == code.peak == 1
    if n == 1:
        return None
    largest = largest_inner(words)
    assert largest < 1 - 1e-9, "two words are the same"
    assert largest <= code.inner + (0 if code.is_integral else Fraction(1, 10**12))
    return largest


def check_sharply(code):
    """All words; and the largest inner product is the one that is stated."""
    largest = check(code)
    assert largest == code.inner or (
        not code.is_integral and abs(largest - code.inner) < Fraction(1, 10**11)
    )


# The checks themselves


@given(st.integers(2, 9), st.integers(1, 5), st.randoms(use_true_random=False))
def test_largest_inner_is_that_of_fractions(n, b, random):
    words = np.array([[random.choice((-2, 2)) for _ in range(b)] for _ in range(n)])
    pairs = itertools.combinations(words.tolist(), 2)
    exact = max(Fraction(sum(map(math.prod, zip(v, w, strict=True))), 4 * b) for v, w in pairs)
    assert largest_inner(words) == exact
    assert exact <= largest_inner(words / np.sqrt(4 * b)) <= exact + Fraction(1, 10**14)


def test_largest_inner_over_several_blocks(monkeypatch):
    words = np.random.default_rng(0).choice((-1, 1), (60, 30))
    words[57] = words[3]
    words[57, 0] *= -1
    monkeypatch.setattr("hrgeom.constructions.codes.spherical._inner._BLOCK", 7)
    assert largest_inner(words) == Fraction(28, 30)


def test_largest_inner_refuses():
    with pytest.raises(ConstructionError, match="two at least: got 1"):
        largest_inner(np.ones((1, 3)))
    with pytest.raises(ConstructionError, match=r"one squared length.*got 1 to 4"):
        largest_inner(np.array([[1, 0], [0, 2]]))


@given(st.fractions(0, 1, max_denominator=10**6))
def test_bounds_are_above_and_close(value):
    root = root_above(value)
    assert root * root >= value
    assert root == 0 or (root - Fraction(1, 2**40)) ** 2 <= value
    assert Fraction(1, 2**46) < rounded_up(float(value)) - value < Fraction(1, 2**39)


# Families


@pytest.mark.parametrize("b", [2, 3, 4, 7, 10, 15])
def test_classical(b):
    check_sharply(simplex(b))
    check_sharply(cross_polytope(b))
    check_sharply(polygon(b + 3))


def test_one_and_two_words():
    for n in (1, 2):
        (code,) = menu(n)
        assert (code.dim, code.size, code.inner) == (1, 2, -1)
        check(code, n)
    check_sharply(signs())


@pytest.mark.parametrize("q", [5, 9, 13, 25, 49, 121, 125])
def test_fields(q):
    f = field(q)
    a, b, c = np.random.default_rng(0).integers(q, size=(3, 200))
    assert np.all(f.multiply(a, f.add(b, c)) == f.add(f.multiply(a, b), f.multiply(a, c)))
    assert np.all(f.add(a, f.negative(a)) == 0)
    assert len(set(f.powers.tolist())) == q - 1
    squares = set(f.multiply(np.arange(1, q), np.arange(1, q)).tolist())
    assert all((x in squares) == (s == 1) for x, s in enumerate(f.character(np.arange(q))) if x)
    assert np.all(f.power(a, f.p) == f.power(a, 1)) == (f.e == 1)


@pytest.mark.parametrize("q", [5, 9, 13, 25, 29, 49])
def test_conference_matrices(q):
    matrix = paley_matrix(q)
    assert np.array_equal(matrix, matrix.T)
    assert np.array_equal(matrix @ matrix, q * np.eye(q + 1))
    check_sharply(conference(q))


@pytest.mark.parametrize("q", [3, 5, 7, 9, 11, 13])
def test_unitary_two_graphs(q):
    matrix = taylor_matrix(q).astype(np.float32)  # all numbers below are integers under 2**24
    order = q**3 + 1
    assert np.array_equal(matrix, matrix.T)
    assert np.array_equal(matrix @ matrix, (q * q - q) * matrix + q**3 * np.eye(order))
    if q < 10:
        check_sharply(unitary(q))


@pytest.mark.parametrize("p", [3, 5, 7, 13, 31])
def test_complex_bases(p):
    check(complex_bases(p))


def test_found_codes_in_exact_arithmetic():
    codes = list(found_codes(1))
    assert len(codes) > 50
    for code in codes:
        check(code)
        (row,) = [
            line
            for line in _lines("spherical-found.txt")
            if (int(line[0]), (len(line) - 1) // int(line[0])) == (code.dim, code.size)
        ]
        words = np.array(row[1:], dtype=object).astype(int).reshape(code.size, code.dim)
        products = (words @ words.T).tolist()
        squares = [products[i][i] for i in range(code.size)]
        worst = max(
            Fraction(products[i][j] * abs(products[i][j]), squares[i] * squares[j])
            for i, j in itertools.combinations(range(code.size), 2)
        )
        assert worst > 0
        assert worst < code.inner**2 < worst + Fraction(1, 10**11)


def _lines(name):
    from importlib import resources

    text = (resources.files("hrgeom") / "_data" / name).read_text()
    return [line.split() for line in text.splitlines() if not line.startswith("#")]


# Codes of signs

_TRACES = [f for f in FAMILIES if f.name not in ("Golay", "quadratic residue")]
_SMALL = [f.code(t) for f in FAMILIES for t in range(f.most_fixed + 1) if f.log_size - t <= 12]
_MIDDLE = [c for c in (f.code(1) for f in FAMILIES) if 4096 < c.size <= 16384]


@pytest.mark.parametrize("m", [3, 5, 7, 9])
def test_recurring_sequences(m):
    """The rows span a module that a shift of the nonzero elements maps to itself, with all columns
    mod 2 different: so the columns stand for the powers of a primitive element."""
    binary, quaternary = binary_traces(m), quaternary_traces(m)
    assert len(np.unique(binary, axis=1).T) == 2**m
    assert np.array_equal(quaternary % 2, binary)
    for rows, modulus in ((binary, 2), (quaternary, 4)):
        shifted = np.pad(np.roll(rows[:, 1:], -1, axis=1), ((0, 0), (1, 0)))
        assert np.array_equal(rows[:, 1 : m + 1], np.eye(m))
        assert np.array_equal(shifted, shifted[:, 1 : m + 1] @ rows % modulus)
    assert np.array_equal(binary_traces(m, 3)[:, 2], binary[:, 4])


def _span(rows, coefficients):
    combinations = np.array(list(itertools.product(coefficients, repeat=len(rows))))
    return combinations @ rows.astype(np.int64)


def _transform(values):
    """Sums of values(x) (-1)^(a.x) over all x, for all a, along the last axis."""
    n = values.shape[-1]
    for k in range(n.bit_length() - 1):
        values = values.reshape(*values.shape[:1], -1, 2, 2**k)
        values = np.stack(
            (values[:, :, 0] + values[:, :, 1], values[:, :, 0] - values[:, :, 1]), axis=2
        ).reshape(len(values), n)
    return values


def _largest_sum(family):
    """The largest sum of a word other than all ones, over all words of a family of traces.

    Words are a constant, a linear form of x and others: a transform for each of the others.
    """
    terms = _terms(family)
    m = (family.log_size - family.modulus // 2) // terms
    place = 2 ** np.arange(m) @ binary_traces(m).astype(np.int64)  # x as the vector of its traces
    order = np.argsort(place)
    assert np.array_equal(place[order], np.arange(2**m))
    if family.modulus == 4:
        # a = a_0 + 2 a_1: the part in a_1 is a linear form mod 2
        outer = [_span(quaternary_traces(m), (0, 1)), _span(binary_traces(m, 3), (0, 2))]
        constants = np.array([1, 1j, -1, -1j])
    else:
        outer = [_span(binary_traces(m, step), (0, 1)) for step in (3, 5)]
        constants = np.array([1, -1])
    first, second = outer[0][:, order], outer[1][: None if terms == 3 else 1, order]
    largest = 0.0
    for k, form in enumerate(first):
        sums = _transform(constants[(form + second) % len(constants)])
        if k == 0:
            assert sums[0, 0] == 2**m
            sums[0, 0] = 0
        largest = max(largest, np.abs(sums.real).max(), np.abs(sums.imag).max())
    return largest * family.modulus / 2


def _terms(family):
    """Forms in the trace that take 2^m values each."""
    root = math.isqrt(family.length if family.modulus == 4 else 2 * family.length)
    return 1 + family.largest // root


@pytest.mark.parametrize("family", _TRACES, ids=lambda f: f"{f.name} {f.length} {f.log_size}")
def test_sign_codes_by_transforms_of_all_words(family):
    assert _largest_sum(family) == family.largest


@pytest.mark.parametrize(("p", "weight", "n"), [(23, 8, 4096), (47, 12, 2**24)])
def test_weights_of_quadratic_residue_codes(p, weight, n):
    rows, order = systematic(quadratic_residue(p), modulus=2)
    assert order == len(rows) == (p + 1) // 2
    numbers = [int("".join(map(str, row)), 2) for row in rows.tolist()]
    half = len(numbers) // 2
    low, high = (_xors(part) for part in (numbers[:half], numbers[half:]))
    bits = np.array([bin(i).count("1") for i in range(2**16)], dtype=np.uint8)
    histogram = np.zeros(p + 2, dtype=np.int64)
    for word in high:
        words = low ^ word
        weights = sum(bits[words >> np.uint64(k) & np.uint64(0xFFFF)] for k in (0, 16, 32))
        histogram += np.bincount(weights, minlength=p + 2)
    assert histogram.sum() == n
    assert np.flatnonzero(histogram)[1] == weight


def _xors(numbers):
    words = np.zeros(1, dtype=np.uint64)
    for number in numbers:
        words = np.concatenate((words, words ^ np.uint64(number)))
    return words


@pytest.mark.parametrize("code", _SMALL, ids=lambda c: c.name)
def test_small_sign_codes_exhaustively(code):
    check_sharply(code)


@pytest.mark.parametrize("code", _MIDDLE, ids=lambda c: c.name)
def test_sign_codes_exhaustively(code):
    check_sharply(code)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f"{f.name} {f.length} {f.log_size}")
@pytest.mark.parametrize("fixed", [0, 1, 2, 3])
def test_words_belong_to_the_code(family, fixed):
    """Put the fixed coordinates back, and encode the information symbols anew."""
    words = family.code(fixed).words(min(3000, 2 ** (family.log_size - fixed)))
    assert len(np.unique(words, axis=0)) == len(words)
    whole = np.concatenate((np.ones((len(words), fixed), dtype=np.int16), words), axis=1)
    rows, order = systematic(*family.rows(), modulus=family.modulus)
    if family.modulus == 2:
        symbols = (1 - whole) // 2
    else:
        pairs = {(1, 1): 0, (1, -1): 1, (-1, -1): 2, (-1, 1): 3}
        table = np.array([[pairs.get((a, b), -1) for b in (-1, 0, 1)] for a in (-1, 0, 1)])
        symbols = table[whole[:, 0::2] + 1, whole[:, 1::2] + 1]
    left = (symbols - symbols[:, :order].astype(np.int64) @ rows[:order]) % family.modulus
    if len(rows) == order:
        assert not left.any()
    else:
        rank = systematic(rows[order:] // 2, modulus=2)[1]
        assert rank == len(rows) - order
        assert not (left % 2).any()
        together = systematic(np.concatenate((rows[order:] // 2, left // 2)), modulus=2)[1]
        assert together == rank


def test_kerdock_codes_with_their_frames():
    for family in FAMILIES:
        if family.has_frame and family.length <= 64:
            check_sharply(family.code())


# Lattices


_SIZES = {
    ("E8", 2): 240,
    ("E8", 4): 2160,
    ("E8", 14): 82560,
    ("K12", 4): 756,
    ("K12", 6): 4032,
    ("K12", 8): 20412,
    ("BW16", 4): 4320,
    ("BW16", 6): 61440,
    ("BW16", 8): 522720,
    ("Leech", 4): 196560,
    # 280 words of weight 12 and 210 of weight 8 of the Golay code avoid three places
    ("Leech", 6): 280 * 2**11 + 210 * 13 * 2**8,
}


@pytest.mark.parametrize(("name", "norm"), _SIZES)
def test_shells(name, norm):
    """Sizes as in the theta series (Conway and Sloane, chapter 4); E8: 240 sigma_3(norm/2)."""
    vectors = shell(name, norm)
    assert len(vectors) == _SIZES[name, norm]
    if name == "E8":
        half = norm // 2
        assert len(vectors) == 240 * sum(d**3 for d in range(1, half + 1) if half % d == 0)
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.int64)
    assert np.all(squares == norm * LATTICES[name].scale)
    if len(vectors) < 200_000:
        assert len(np.unique(vectors, axis=0)) == len(vectors)


@pytest.mark.parametrize("name", ["E8", "K12", "BW16"])
def test_least_norms(name):
    """No vector of the lattice is shorter, whatever its square in these coordinates."""
    lattice = LATTICES[name]
    basis = _basis(lattice.generators())
    for square in range(1, lattice.least * lattice.scale):
        assert len(_of_square(basis, square)) == 0
    assert np.all(basis @ shell(name, lattice.least)[:50].T.astype(int) % lattice.scale == 0)


def test_vectors_of_the_leech_lattice():
    """Those of norm 6, and every tenth of norm 4, meet the definition; and the least norm is 4:
    the proof is in the module, here one row in 4,000 against all minimal vectors."""
    code = {bytes(word) for word in golay()}
    six = np.pad(shell("Leech", 6)[::25], ((0, 0), (0, ZEROS)))
    for vectors in (shell("Leech", 4)[::10], six):
        x = vectors.astype(np.int64)
        m = x[:, :1] % 2
        assert np.all(x % 2 == m)
        assert np.all(x.sum(axis=1) % 8 == 4 * m[:, 0])
        for k in range(4):
            assert all(bytes(w) in code for w in (x % 4 == k).astype(np.int8))
    everything = shell("Leech", 4).astype(np.float32)
    products = everything[::4000] @ everything.T
    assert set(np.unique(products).tolist()) == {-32.0, -16.0, -8.0, 0.0, 8.0, 16.0, 32.0}
    assert np.all((products == 32).sum(axis=1) == 1)


def _determinant(rows):
    """Of integers, without fractions (Bareiss 1968)."""
    rows, previous, sign = [list(row) for row in rows], 1, 1
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return 0
        if pivot != k:
            rows[k], rows[pivot], sign = rows[pivot], rows[k], -sign
        top = rows[k]
        for i in range(k + 1, len(rows)):
            row = rows[i]
            rows[i] = [(top[k] * x - row[k] * y) // previous for x, y in zip(row, top, strict=True)]
        previous = top[k]
    return sign * previous


def _squared_distance(points):
    """Of the origin from the affine span of integer points: the volumes' quotient, squared."""
    differences = points[1:] - points[0]
    high, low = (_determinant((rows @ rows.T).tolist()) for rows in (points, differences))
    return Fraction(high, low)


_SLICES = [row for row in slices() if row.points]


@pytest.mark.parametrize("lattice", LATTICES)
def test_numbers_of_the_slices(lattice):
    for row in (r for r in _SLICES if r.lattice == lattice):
        points = shell(row.lattice, row.norm)[list(row.points)].astype(np.int64)
        assert len(points) == row.dim + 1
        distance = _squared_distance(points) / LATTICES[lattice].scale
        assert row.inner == 1 - Fraction(LATTICES[lattice].least) / (2 * (row.norm - distance))
        assert len(row.vectors()) == row.size


@pytest.mark.parametrize("step", range(4))
def test_small_slices_exhaustively(step):
    """Up to 1,500 words each."""
    for row in [r for r in _SLICES if r.size <= 1500][step::4]:
        check_sharply(row.code())


def test_large_slices_exhaustively():
    """Every twentieth of those up to 20,000 words."""
    for row in [r for r in slices() if 1500 < r.size <= 20_000][::20]:
        check_sharply(row.code())


@pytest.mark.parametrize("row", [r for r in slices() if not r.points], ids=str)
def test_whole_shells(row):
    check(row.code(), min(row.size, 3000))
    vectors = shell(row.lattice, row.norm)
    assert row.size == len(vectors)
    assert row.dim == np.linalg.matrix_rank(vectors[:: max(1, len(vectors) // 500)].astype(float))
    assert row.inner == 1 - Fraction(LATTICES[row.lattice].least, 2 * row.norm)


@pytest.mark.parametrize(
    ("dim", "n", "inner"),
    [
        (2, 5, None),
        (4, 10, "1/6"),
        (5, 16, "1/5"),
        (6, 27, "1/4"),
        (7, 56, "1/3"),
        (7, 126, "1/2"),
        (8, 240, "1/2"),
        (12, 756, "1/2"),
        (16, 288, "1/4"),
        (16, 4320, "1/2"),
        (21, 162, "1/7"),
        (22, 100, "1/11"),
        (22, 275, "1/6"),
        (22, 891, "1/4"),
        (23, 552, "1/5"),
        (23, 4600, "1/3"),
        (24, 196560, "1/2"),
        (64, 4224, "1/8"),
        (256, 66048, "1/16"),
    ],
)
def test_famous_codes_are_on_the_menu(dim, n, inner):
    (code,) = [c for c in menu(n) if c.dim == dim]
    assert code.size == n
    assert inner is None or code.inner == Fraction(inner)


# The menu


@share(5 / 3)
@given(st.one_of(st.integers(1, 300), st.integers(1, 10**6)), st.booleans(), st.integers(1, 300))
def test_menu_is_ordered_and_has_enough_words(n, integral, most):
    codes = menu(n, integral=integral)
    assert codes
    for better, code in itertools.pairwise(codes):
        assert better.dim < code.dim
        assert better.inner > code.inner
    for code in codes:
        assert code.size >= n
        assert code.is_integral or not integral
        assert code.mu == float(code.inner)
        assert code.known in ("proof", "exhaustive")
        assert code.name
        assert code.source
    assert menu(n, integral=integral, max_dim=most) == [c for c in codes if c.dim <= most]


def test_nothing_off_the_menu_beats_it():
    """Of all codes, one by one."""
    everything = [row.code() for row in slices()] + [
        family.code(t) for family in FAMILIES for t in range(family.most_fixed + 1)
    ]
    everything += list(found_codes(1))
    for n in (3, 10, 40, 200, 1000, 10_000, 64_958):
        codes = menu(n)
        for code in everything:
            if code.size >= n:
                assert any(c.dim <= code.dim and c.inner <= code.inner for c in codes)


@share(1 / 4)
@given(st.integers(1, 2500), st.data())
def test_words_from_the_menu(n, data):
    code = data.draw(st.sampled_from(menu(n, max_dim=160)))
    check(code, n)


@pytest.mark.parametrize("dim", [8, 23, 40, 63, 256])
def test_words_for_a_block_of_wordnet(dim):
    """The largest block of WordNet nouns: every 100th row against all."""
    (code,) = [c for c in menu(64_958) if c.dim == dim]
    words = code.words(64_958)
    assert words.shape == (64_958, dim)
    rows = words.astype(np.float32)
    products = rows[::100] @ rows.T
    products[np.arange(len(products)), np.arange(len(products)) * 100] = -1
    assert products.max() <= code.inner * code.norm


def test_refusals():
    with pytest.raises(ConstructionError, match="at least 1: got 0"):
        menu(0)
    with pytest.raises(ConstructionError, match=r"1 to 6 for the cross-polytope: got 7"):
        cross_polytope(3).words(7)
    with pytest.raises(ConstructionError, match="got 0"):
        cross_polytope(3).words(0)
