"""Damage that files suffer or strangers do to them: flips, cuts, repeats, pieces of another."""

from hypothesis import strategies as st

PIECES = (
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n\n",
        b"\t",
        b'"',
        b"[" * 2000,
        b"}" * 9,
        b",",
    ),
    *(b"1e999", b"9" * 400, b"-1", b"NaN", b"null", b"\xed\xa0\x80", b"\x1f\x8b", b"PK\x03\x04"),
    *(b"\x93NUMPY\x01\x00", b"__proto__", b"../../etc/passwd", "é\u202e".encode(), b"a" * 5000),
)
"""What is put into a file at some place."""


def damaged(data):
    """Strategy of bytes that were `data` before one to four things happened to them."""
    n = len(data)
    place = st.integers(0, n)
    change = st.one_of(
        st.tuples(st.just("flip"), st.integers(0, 8 * n - 1)),
        st.tuples(st.just("cut"), place),
        st.tuples(st.just("drop"), place, place),
        st.tuples(st.just("repeat"), place, place),
        st.tuples(st.just("insert"), place, st.sampled_from(PIECES)),
    )
    return st.lists(change, min_size=1, max_size=4).map(lambda changes: _changed(data, changes))


def _changed(data, changes):
    for kind, *where in changes:
        if kind == "flip":
            at, bit = divmod(where[0], 8)
            if at < len(data):
                data = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        elif kind == "cut":
            data = data[: where[0]]
        elif kind == "insert":
            data = data[: where[0]] + where[1] + data[where[0] :]
        else:
            low, high = sorted(where)
            data = data[:low] + data[low:high] * 2 * (kind == "repeat") + data[high:]
    return data


VALUES = (
    *(None, True, False, 0, 1, -1, 2, 7, 127, 128, 2**31, 2**53 + 1, 2**63, 2**64, 10**30, 10**400),
    *(-(10**400), 0.0, -0.0, 0.5, -1.5, 1e-320, 1e308, float("inf"), float("-inf"), float("nan")),
    *("", "a", "global", "row", "holds", "fails", "float64", "int8", "bfloat16", "theorem", "\0"),
    *("\ud800", "../x", "/etc/passwd", "-", "queries.npy", "as queries", "x" * 10_000),
    *([], [1], [[]], ["a", "b"], ["a", 1], [0, 0], [2, 2], {}, {"a": 1}, {"queries": 1}),
    *({"queries": [2, 2], "documents": [2, 2]}, [None], ["queries"], [{}], [{"code": 1}]),
)
"""What JSON may hold where something else is expected."""


def places(value, depth=2):
    """Yield the paths of all fields of a JSON object, those of its objects too."""
    for name, held in value.items():
        yield (name,)
        if isinstance(held, dict) and depth > 1:
            yield from ((name, *path) for path in places(held, depth - 1))


def with_value(value, path, new, *, remove=False):
    """Return a JSON object with another value in one place, or nothing there."""
    name, *rest = path
    if rest:
        return {**value, name: with_value(value[name], rest, new, remove=remove)}
    if remove:
        return {key: held for key, held in value.items() if key != name}
    return {**value, name: new}
