"""Vectors as people have them: names, labels, types and text that are read right or refused."""

import io
import json
import struct
import zipfile

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Hierarchy, Relevance, certify
from hrgeom.errors import HrgeomError, ShapeError
from hrgeom.io.vectors import Vectors, aligned, in_stored_types
from hrgeom.io.vectors._named_arrays import side_of_name
from hrgeom.models import read_model

LABELS = ("dog", "animal", "cat", "puppy")
TREE = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
ORDER = [2, 0, 3, 1]
MOVED = [LABELS[i] for i in ORDER]
NUMBERED = Hierarchy.from_edges([("30", "10"), ("10", "0"), ("20", "0")])
assert TREE.labels == LABELS
assert NUMBERED.labels == ("30", "10", "0", "20")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def rows():
    rng = np.random.default_rng(5)
    return tuple(rng.integers(-50, 50, (4, 3)).astype(np.float32) / 4 for _ in range(2))


def codes(model):
    return [remark.code for remark in model.remarks]


def refusal(spec, target=TREE):
    with pytest.raises(HrgeomError) as caught:
        read_model(spec, target)
    return str(caught.value)


# Labels among named arrays


@pytest.mark.parametrize(
    "name",
    ["labels", "ids", "names", "words", "Labels", "index_to_key", "node-ids", "index", "anything"],
)
def test_labels_of_both_sides(here, rows, name):
    np.savez("v.npz", queries=rows[0][ORDER], documents=rows[1][ORDER], **{name: MOVED})
    model = read_model("v.npz", TREE)
    np.testing.assert_array_equal(model.embedding.queries, rows[0])
    np.testing.assert_array_equal(model.embedding.documents, rows[1])
    assert model.remarks == ()


@pytest.mark.parametrize(
    ("of_queries", "of_documents"),
    [
        ("query_labels", "document_labels"),
        ("query_ids", "doc_ids"),
        ("qids", "docids"),
        ("q_names", "d_names"),
        ("queries", "documents"),
        ("queryIds", "corpus_ids"),
    ],
)
def test_labels_of_one_side(here, rows, of_queries, of_documents):
    stored = {of_queries: MOVED, of_documents: MOVED[::-1]}
    np.savez("v.npz", query_vectors=rows[0][ORDER], doc_vectors=rows[1][ORDER[::-1]], **stored)
    embedding = read_model("v.npz", TREE).embedding
    np.testing.assert_array_equal(embedding.queries, rows[0])
    np.testing.assert_array_equal(embedding.documents, rows[1])


def test_of_several_arrays_of_text_those_with_the_labels_count(here, rows):
    titles = [f"about {label}" for label in MOVED]
    np.savez("v.npz", vectors=rows[0][ORDER], names=titles, ids=MOVED, texts=titles)
    assert np.array_equal(read_model("v.npz", TREE).embedding.queries, rows[0])
    np.savez("v.npz", vectors=rows[0], texts=titles)
    assert codes(read_model("v.npz", TREE)) == ["rows-in-order"]
    np.savez("v.npz", vectors=rows[0][ORDER], names=titles, called=MOVED)
    assert np.array_equal(read_model("v.npz,labels=called", TREE).embedding.queries, rows[0])
    assert refusal("v.npz,labels=missing") == (
        "v.npz must hold the labels 'missing', and no file has that name: got vectors, names, "
        "called"
    )


def test_bytes_and_whole_numbers_are_labels(here, rows):
    accented = Hierarchy.from_edges([("été", "saison"), ("hiver", "saison"), ("juin", "été")])
    order = [accented.labels[i].encode() for i in ORDER]
    for labels in (np.array(order), np.array([order])):
        np.savez("v.npz", v=rows[0][ORDER], labels=labels)
        assert np.array_equal(read_model("v.npz", accented).embedding.queries, rows[0])
    for dtype in (np.int64, np.uint8):
        ids = np.array([NUMBERED.labels[i] for i in ORDER]).astype(dtype)
        np.savez("v.npz", v=rows[0][ORDER], ids=ids)
        assert np.array_equal(read_model("v.npz", NUMBERED).embedding.queries, rows[0])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            np.array([1.0, 2.0, 3.0, 4.0]),
            "labels 'labels' of v.npz must be text, bytes or whole "
            "numbers: got float64, such as 1.0; save them as text, numpy.array(labels, dtype=str)",
        ),
        (
            np.array([True, False, True, False]),
            "labels 'labels' of v.npz must be text, bytes or "
            "whole numbers: got bool, such as True; save them as text, "
            "numpy.array(labels, dtype=str)",
        ),
        (
            np.array([b"\xff", b"a", b"b", b"c"]),
            "labels 'labels' of v.npz must be in UTF-8: 'utf-8' "
            "codec can't decode byte 0xff in position 0: invalid start byte",
        ),
        (
            np.array(["b'dog'", "x", "y", "z"]),
            "queries of v.npz must have a row for every label: got "
            "none for 4 of 4, 'dog', 'animal', 'cat', ...; the rows have labels such as "
            "\"b'dog'\", "
            "'x', 'y', ...; say rows=order if the rows are in that order all the same (--rows)",
        ),
        (
            np.array(["dog", "animal", "cat"]),
            "queries of v.npz must have one label per row: got 3 labels, 4 rows",
        ),
        (
            np.array(["dog", "animal", "cat", "dog"]),
            "queries of v.npz must have one row per label: got 'dog' at rows 0 and 3",
        ),
    ],
)
def test_labels_that_are_none_are_refused(here, rows, labels, message):
    np.savez("v.npz", v=rows[0], labels=labels)
    assert refusal("v.npz") == message


def test_objects_as_pandas_saves_them_say_the_way_out(here, rows):
    np.savez("v.npz", v=rows[0], labels=np.array(LABELS, dtype=object))
    assert refusal("v.npz") == (
        "v.npz: labels.npy must hold no objects, which are a pickle: got object; labels are saved "
        "as text, numpy.array(labels, dtype=str)"
    )


# Rows without labels


def test_rows_without_labels_say_so(here, rows):
    np.savez("v.npz", queries=rows[0], documents=rows[1])
    assert [str(remark) for remark in read_model("v.npz", TREE).remarks] == [
        "rows have no labels: row 0 is taken for 'dog', row 3, the last, for 'puppy'"
    ]
    np.save("v.npy", rows[0])
    for name in ("v.npz", "v.npy"):
        assert refusal(name, NUMBERED) == (
            f"queries of {name} must say which row is which: they have no labels, and the labels "
            "there are for them are numbers in another order, '30', '10', '0', ...; say rows=order "
            "if row 0 is '30' and row 1 is '10', or rows=labels if row 0 is '0' and row 1 is '1' "
            "(--rows)"
        )
        in_order = read_model(f"{name},rows=order", NUMBERED)
        assert in_order.embedding.query_labels == NUMBERED.labels
        assert np.array_equal(in_order.embedding.queries, rows[0])
    by_number = np.zeros((31, 3), np.float32)
    by_number[[30, 10, 0, 20]] = rows[0]
    np.save("v.npy", by_number)
    found = read_model("v.npy,rows=labels", NUMBERED)
    assert np.array_equal(found.embedding.queries, rows[0])
    assert [str(remark) for remark in found.remarks] == [
        "27 of the 31 rows left out, as nothing asks for their labels, such as '1'"
    ]


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (
            {"queries": 4, "documents": 5},
            "documents of v.npz must have a row each, 4, or labels: "
            "got 5 rows without labels, 1 too many",
        ),
        (
            {"queries": 3, "documents": 4},
            "queries of v.npz must have a row each, 4, or labels: got 3 rows without labels",
        ),
        (
            {"query_embeddings": 6, "doc_embeddings": 4},
            "queries of v.npz must have a row each, 4, "
            "or labels: got 6 rows without labels, 2 too many",
        ),
        (
            {"Q": 4, "D": 8},
            "documents of v.npz must have a row each, 4, or labels: got 8 rows "
            "without labels, 4 too many",
        ),
        (
            {"queries": 4},
            "v.npz must say which array is which, by queries=NAME and documents=NAME: "
            "'queries' is named for one side, and no array for the other (one array for both "
            "sides is "
            "queries=queries,documents=queries), got queries (4, 3)",
        ),
        (
            {"queries": 5, "vectors": 4},
            "v.npz must say which array is which, by queries=NAME and "
            "documents=NAME: 'queries' is named for one side, and no array for the other (one "
            "array "
            "for both sides is queries=queries,documents=queries), got queries (5, 3), vectors (4, "
            "3)",
        ),
        (
            {"vectors": 5},
            "queries of v.npz must have a row each, 4, or labels: got 5 rows without "
            "labels, 1 too many",
        ),
    ],
)
def test_an_array_with_the_name_of_a_side_is_used_or_refused(here, stored, message):
    np.savez("v.npz", **{name: np.ones((n, 3)) for name, n in stored.items()})
    assert refusal("v.npz") == message


def test_naming_one_side_leaves_the_other_to_its_name(here, rows):
    np.savez("v.npz", queries=rows[0], documents=rows[1])
    for spec in ("v.npz,queries=queries", "v.npz,documents=documents"):
        embedding = read_model(spec, TREE).embedding
        np.testing.assert_array_equal(embedding.queries, rows[0])
        np.testing.assert_array_equal(embedding.documents, rows[1])
    np.savez("v.npz", queries=rows[0])
    both = read_model("v.npz,queries=queries,documents=queries", TREE).embedding
    np.testing.assert_array_equal(both.documents, rows[0])


def test_names_of_sides():
    said = {"queries": ["queries", "Q", "query.weight", "queryTower", "questions", "q_emb"]}
    said["documents"] = [
        "documents",
        "D",
        "doc.weight",
        "passages",
        "corpus_embeddings",
        "item_vectors",
    ]
    said[None] = ["vectors", "weight", "emb", "head", "query_doc", "target"]
    assert {
        side: [n for n in names if side_of_name(n) == side] for side, names in said.items()
    } == (said)


# Types of numbers


@pytest.mark.parametrize(
    ("dtype", "largest", "stored"),
    [
        ("int64", 127, "int8"),
        ("int32", -128, "float32"),
        ("uint8", 200, "float32"),
        ("int16", 30_000, "float32"),
        ("int64", 2**24, "float32"),
        ("int64", 2**24 + 1, "float64"),
        ("uint64", 2**53, "float64"),
        (">i4", -5, "int8"),
    ],
)
def test_whole_numbers_are_taken_exactly(here, dtype, largest, stored):
    values = np.array([[largest, 1], [0, 2], [3, 4], [5, 6]]).astype(dtype)
    np.save("v.npy", values)
    embedding = read_model("v.npy", TREE).embedding
    assert str(embedding.dtype) == stored
    assert embedding.queries.astype(object).tolist() == values.astype(object).tolist()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            np.full((4, 2), 2**53 + 1),
            "vectors of v.npy must be whole numbers of at most 2**53, "
            "which float64 holds: got 9,007,199,254,740,993",
        ),
        (
            np.full((4, 2), np.iinfo(np.int64).min),
            "vectors of v.npy must be whole numbers of at "
            "most 2**53, which float64 holds: got 9,223,372,036,854,775,808",
        ),
        (
            np.ones((4, 2), bool),
            "vectors of v.npy must be of float64, float32, float16, bfloat16, "
            "int8 or whole numbers: got bool",
        ),
        (
            np.ones((4, 2), np.uint16),
            "vectors of v.npy must be of float64, float32, float16, "
            "bfloat16, int8: got uint16, which may be bits of bfloat16; of an embedding folder "
            "give "
            "the folder, or convert the numbers to float32",
        ),
        (
            np.ones((4, 2), "V2"),
            "vectors of v.npy must be of float64, float32, float16, bfloat16, "
            "int8: got |V2, as NumPy saves bfloat16 and float8; convert the numbers to float32 "
            "before "
            "saving",
        ),
    ],
)
def test_numbers_of_no_stored_type_are_refused(here, values, message):
    np.save("v.npy", values)
    assert refusal("v.npy") == message


FLOATS = ("float16", "bfloat16", "float32", "float64", "int8")


@pytest.mark.parametrize("mine", FLOATS)
@pytest.mark.parametrize("theirs", FLOATS)
def test_mixed_types_meet_where_no_number_changes(mine, theirs):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    values = {name: np.array([[1.0, -3.0]]) for name in FLOATS}
    values |= {"float16": np.array([[2.0**-24, 2049 / 2048]]), "int8": np.array([[-128.0, 127.0]])}
    values |= {
        "bfloat16": np.array([[2.0**100, -(2.0**-100)]]),
        "float64": np.array([[0.1, 1e300]]),
    }
    values |= {"float32": np.array([[16_777_215.0, 2.0**-140]])}
    types = {name: getattr(ml_dtypes, name, None) or np.dtype(name) for name in FLOATS}
    sides = [values[name].astype(types[name]) for name in (mine, theirs)]
    found = in_stored_types(Vectors(*sides))
    assert found.queries.dtype == found.documents.dtype
    for before, after in zip(sides, (found.queries, found.documents), strict=True):
        np.testing.assert_array_equal(before.astype(np.float64), after.astype(np.float64))
    if mine != theirs:
        (remark,) = found.remarks
        assert str(remark) == (
            f"queries are in {mine}, documents in {theirs}: both are taken as "
            f"{found.queries.dtype}, which holds them all"
        )


def test_whole_numbers_have_unit_rows(here):
    np.save("v.npy", np.array([[3, 4], [5, 12], [1, 0], [0, 2]]))
    embedding = read_model("v.npy,score=cosine", TREE).embedding
    np.testing.assert_allclose(
        embedding.queries, [[0.6, 0.8], [5 / 13, 12 / 13], [1, 0], [0, 1]], rtol=1e-7
    )


def npy_of(shape):
    """A .npy file whose header promises more than there is."""
    file = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + b"\0" * 24


def test_a_huge_header_of_a_short_array_is_refused_at_once(here):
    (here / "v.npy").write_bytes(npy_of((10**12, 300)))
    promise = "must hold 1,200,000,000,000,000 bytes of numbers, shape (1000000000000, 300) of "
    assert refusal("v.npy") == f"v.npy {promise}float32, as its header says: got 24"
    with zipfile.ZipFile("v.npz", "w") as archive:
        archive.writestr("queries.npy", npy_of((10**12, 300)))
    assert refusal("v.npz") == f"v.npz: queries.npy {promise}float32, as its header says: got 24"
    (here / "v.npy").write_bytes(npy_of((4, 2)))
    assert refusal("v.npy") == (
        "v.npy must hold 32 bytes of numbers, shape (4, 2) of float32, as its header says: got 24"
    )
    (here / "v.npy").write_bytes(npy_of((4, 1)) + b"more")
    assert read_model("v.npy", TREE).embedding.dim == 1


# Safetensors, read without the package


def safetensors_file(path, tensors, metadata=None):
    header, data = {} if metadata is None else {"__metadata__": metadata}, b""
    for name, (kind, shape, content) in tensors.items():
        places = [len(data), len(data) + len(content)]
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": places}
        data += content
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def minifloat(code, exponent_bits, mantissa_bits, bias):
    """The value of a code of a sign, an exponent and a mantissa, by the definition."""
    mantissa = code & (2**mantissa_bits - 1)
    exponent = code >> mantissa_bits & (2**exponent_bits - 1)
    sign = -1 if code >> (mantissa_bits + exponent_bits) else 1
    if exponent == 0:
        return sign * mantissa * 2.0 ** (1 - bias - mantissa_bits)
    return sign * (1 + mantissa / 2**mantissa_bits) * 2.0 ** (exponent - bias)


@pytest.mark.parametrize(
    ("kind", "form", "n_codes"),
    [("F8_E4M3", (4, 3, 7), 127), ("F8_E5M2", (5, 2, 15), 124), ("F4", (2, 1, 1), 16)],
)
def test_floats_of_8_and_4_bits(here, kind, form, n_codes):
    codes_ = [*range(n_codes), *(range(128, 128 + n_codes) if kind != "F4" else ())]
    n = len(codes_) // 2
    packed = (
        bytes(codes_)
        if kind != "F4"
        else bytes(a | b << 4 for a, b in zip(codes_[::2], codes_[1::2], strict=True))
    )
    target = Relevance.from_sets([{0}] * n, n)
    tensors = {"query": (kind, [n, 2], packed), "doc": (kind, [n, 2], packed)}
    safetensors_file(here / "v.safetensors", tensors)
    embedding = read_model("v.safetensors", target).embedding
    assert embedding.dtype == np.float16
    expected = [minifloat(code, *form) for code in codes_]
    assert embedding.queries.ravel().tolist() == expected


def test_powers_of_two_in_8_bits_and_bfloat16(here):
    powers = bytes([0, 127, 128, 254, 1, 2, 3, 4])
    safetensors_file(here / "v.safetensors", {"v": ("F8_E8M0", [4, 2], powers)})
    embedding = read_model("v.safetensors", TREE).embedding
    assert embedding.queries.ravel().tolist() == [2.0 ** (code - 127) for code in powers]
    bits = (np.array([[1.0, -2.5]] * 4, "<f4").view("<u4") >> 16).astype("<u2").tobytes()
    safetensors_file(here / "v.safetensors", {"v": ("BF16", [4, 2], bits)})
    embedding = read_model("v.safetensors", TREE).embedding
    assert str(embedding.dtype) == "bfloat16"
    assert embedding.documents.astype(float).tolist() == [[1.0, -2.5]] * 4


def test_mixed_and_whole_tensors_and_their_labels(here, rows):
    whole = (rows[0][ORDER] * 4).astype("<i8")
    tensors = {
        "queries": ("I64", [4, 3], whole.tobytes()),
        "documents": ("F16", [4, 3], rows[1][ORDER].astype("<f2").tobytes()),
    }
    safetensors_file(here / "v.safetensors", tensors, {"labels": json.dumps(MOVED), "format": "pt"})
    model = read_model("v.safetensors", TREE)
    np.testing.assert_array_equal(model.embedding.queries, rows[0] * 4)
    np.testing.assert_array_equal(model.embedding.documents, rows[1])
    assert codes(model) == ["mixed-types"]
    ids = np.array([NUMBERED.labels[i] for i in ORDER]).astype("<i8").tobytes()
    safetensors_file(here / "v.safetensors", {**tensors, "ids": ("I64", [4], ids)})
    found = read_model("v.safetensors", NUMBERED).embedding
    np.testing.assert_array_equal(found.documents, rows[1])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got a header of 0 bytes in a file of 0"),
        (
            struct.pack("<Q", 2**60) + b"{}",
            "got a header of 1,152,921,504,606,846,976 bytes in a file of 10",
        ),
        (struct.pack("<Q", 2) + b"[]", "got a header that is no JSON object"),
        (
            struct.pack("<Q", 9) + b'{"a": {}}',
            "got a header that does not state dtype, shape and data_offsets",
        ),
        (
            struct.pack("<Q", 2) + b"{x",
            "got a header that is no JSON (text must be JSON: got "
            "'Expecting property name enclosed in double quotes' at line 1 column 2)",
        ),
    ],
)
def test_what_is_no_safetensors_file(here, content, message):
    (here / "v.safetensors").write_bytes(content)
    assert refusal("v.safetensors") == f"v.safetensors must be a safetensors file: {message}"


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (
            ("F32", [4, 2], b"\0" * 8),
            "v.safetensors must be a safetensors file: got 'v' of shape "
            "(4, 2) and type F32 in 8 bytes",
        ),
        (
            ("F6_E2M3", [4, 2], b"\0" * 6),
            "v.safetensors: 'v' must be in one of the types BF16, F16, "
            "F32, F64, I8, I16, I32, I64, U8, U16, U32, U64, BOOL, F8_E4M3, F8_E5M2, F8_E4M3FNUZ, "
            "F8_E5M2FNUZ, F8_E8M0, F4: got F6_E2M3",
        ),
    ],
)
def test_tensors_that_cannot_be_read(here, tensor, message):
    safetensors_file(here / "v.safetensors", {"v": tensor})
    assert refusal("v.safetensors") == message


def test_tensors_past_the_end_are_refused(here):
    text = b'{"v": {"dtype": "F32", "shape": [4, 2], "data_offsets": [0, 32]}}'
    (here / "v.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 31)
    assert refusal("v.safetensors") == (
        "v.safetensors must be a safetensors file: got 'v' at bytes 0 to 32, where the file has "
        "ended"
    )


# Text


SHOP = Hierarchy.from_edges(
    [("Dog Beds", "Dog Supplies"), ("Dog Bowls", "Dog Supplies"), ("area 51", "Dog Supplies")]
)


def text_of_rows(rows, keys, *, separator=" ", comma=False, end="\n"):
    lines = []
    for key, row in zip(keys, rows.tolist(), strict=True):
        numbers = separator.join(repr(x).replace(".", ",") if comma else repr(x) for x in row)
        lines.append(f"{key}{separator}{numbers}{end}")
    return "".join(lines)


@pytest.mark.parametrize("head", ["4 3\n", ""])
@pytest.mark.parametrize("separator", [" ", "\t", "  "])
@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("end", ["\n", " \n", "\r\n"])
def test_keys_with_blanks_and_decimal_commas(here, rows, head, separator, comma, end):
    keys = [SHOP.labels[i] for i in ORDER]
    text = head + text_of_rows(rows[0][ORDER], keys, separator=separator, comma=comma, end=end)
    (here / "v.vec").write_bytes(text.encode())
    model = read_model("v.vec", SHOP)
    np.testing.assert_array_equal(model.embedding.queries, rows[0])
    assert model.embedding.construction == ("word2vec" if head else "glove")
    assert [str(remark) for remark in model.remarks] == (
        ["12 numbers have decimal commas"] if comma else []
    )


@share(1 / 2)
@given(
    keys=st.lists(
        st.text("ab1.é ", min_size=1).map(str.strip).filter(lambda k: k and "  " not in k),
        min_size=3,
        max_size=5,
        unique=True,
    ),
    d=st.integers(2, 4),
    head=st.booleans(),
    data=st.data(),
)
def test_text_comes_back_whatever_the_keys(tmp_path_factory, keys, d, head, data):
    """Keys that end in numbers too, where the first line says the dimension."""
    if not head:
        keys = [f"{key} x" for key in keys]
    numbers = st.integers(-99, 99).map(lambda x: x / 4)
    values = data.draw(st.lists(numbers, min_size=len(keys) * d, max_size=len(keys) * d))
    rows = np.array(values).reshape(-1, d)
    path = tmp_path_factory.mktemp("text") / "v.txt"
    first = f"{len(keys)} {d}\n" if head else ""
    path.write_bytes((first + text_of_rows(rows, keys)).encode())
    target = Relevance.from_sets(
        [{0}] * len(keys), len(keys), query_labels=keys[::-1], document_labels=keys[::-1]
    )
    np.testing.assert_array_equal(read_model(str(path), target).embedding.queries, rows[::-1])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "2 3\ndog 1.5 2,5 3\ncat 1 2 3\n",
            "v.vec must have numbers with points or with decimal "
            "commas, not both: got a comma at line 2, b'dog 1.5 2,5 3'",
        ),
        (
            "2 3\ndog 1 2 3\ncat 1 two 3\n",
            "v.vec must have a key and 3 numbers at line 3: got b'cat 1 two 3', 4 fields",
        ),
        (
            "dog 1 2 3\ncat 1 2 3\nox 1 two 3\n",
            "v.vec must be in one of the formats folder, npy, "
            "npz, safetensors, torch, word2vec, word2vec-text, word2vec-binary, glove: its "
            "content is "
            "in none of them; say format=NAME",
        ),
        (
            "999999999999 300\nfoo 1 2 3\n",
            "v.vec must hold 999,999,999,999 vectors, as it says, of "
            "dimension 300, which take 600,999,999,999,399 bytes or more: got 10 bytes",
        ),
        (
            "3 3\n",
            "v.vec must hold 3 vectors, as it says, of dimension 3, which take 21 bytes or "
            "more: got 0 bytes",
        ),
    ],
)
def test_text_that_cannot_be_read(here, content, message):
    (here / "v.vec").write_text(content)
    assert refusal("v.vec") == message.replace("600,999,999,999,399", f"{601 * 999999999999:,}")


def test_a_key_that_is_no_utf_8_is_named(here):
    (here / "v.vec").write_bytes(b"2 2\ncaf\xe9 0.5 0.5\ndog 1 2\n")
    assert refusal("v.vec,format=word2vec-text") == (
        "v.vec must have keys in UTF-8: got b'caf\\xe9' at line 2"
    )


def test_a_row_of_one_table_is_used_by_either_side(here):
    judged = Relevance.from_judgments([("what barks", "dog"), ("what purrs", "cat")])
    keys = ["what barks", "cat", "stone", "what purrs", "dog"]
    lines = [f"{key} {i} 1\n" for i, key in enumerate(keys)]
    (here / "v.vec").write_text("5 2\n" + "".join(lines))
    model = read_model("v.vec", judged)
    assert model.embedding.queries[:, 0].tolist() == [0, 3]
    assert model.embedding.documents[:, 0].tolist() == [4, 1]
    assert [str(remark) for remark in model.remarks] == [
        "1 of the 5 rows left out, as nothing asks for their labels, such as 'stone'"
    ]


def test_words_without_a_vector_are_counted(here):
    words = "Dog 1 0\nSupplies 0 1\nBeds 1 1\n"
    (here / "v.vec").write_text("3 2\n" + words)
    partly = Hierarchy.from_edges([("Dog Beds", "Dog Supplies"), ("Dog Bowls", "Dog Supplies")])
    assert [str(remark) for remark in read_model("v.vec", partly).remarks] == [
        "1 of 6 words have no vector and are left out, in 1 of 3 texts, such as 'Bowls' of "
        "'Dog Bowls'"
    ]
    judged = Relevance.from_judgments([("old Dog", "Dog Beds"), ("Supplies", "new Supplies")])
    assert [str(remark) for remark in read_model("v.vec", judged).remarks] == [
        "2 of 7 words have no vector and are left out, in 2 of 4 texts, such as 'old' of 'old Dog'"
    ]
    (here / "g.txt").write_text(words)
    assert read_model("g.txt", partly).remarks[0].count == 1
    whole = Hierarchy.from_edges([("Dog Beds", "Dog Supplies")])
    assert read_model("v.vec", whole).remarks == ()


# Names of models


@pytest.mark.parametrize(
    "path", ["runs/lr=0.1,dim=64/v.npy", "a=b/v.npy", "x,name=y.npy", "x,labels=l,dim=3.npy"]
)
def test_a_path_that_exists_is_a_path(here, rows, path):
    (here / path).parent.mkdir(parents=True, exist_ok=True)
    np.save(here / path, rows[0][ORDER])
    (here / "l,dim=3.txt").write_text("\n".join(MOVED))
    assert read_model(path, TREE).name == path.rpartition("/")[2]
    spec = f"{path},labels=l,dim=3.txt,name=other,score=dot"
    model = read_model(spec, TREE)
    assert (model.name, model.source) == ("other", path)
    np.testing.assert_array_equal(model.embedding.queries, rows[0])


def test_a_path_that_does_not_exist_is_named_whole(here):
    message = refusal("runs/lr=0.1,dim=64/v.npy")
    assert message.endswith("and a path must exist: got 'runs/lr=0.1,dim=64/v.npy'")


# Verdicts are those of the labels


@share(1 / 3)
@given(
    order=st.permutations(range(5)),
    numbers=st.permutations(range(5)),
    given_labels=st.booleans(),
    one_sided=st.booleans(),
)
def test_a_file_is_never_certified_against_the_wrong_rows(order, numbers, given_labels, one_sided):
    """A tree of numbered nodes in any order; a file of rows in any other, labelled or not."""
    labels = [str(number) for number in numbers]
    h = Hierarchy(labels, [(i, (i - 1) // 2) for i in range(1, 5)])
    exact = np.array([[u in {v, *_above(v)} for u in range(5)] for v in range(5)], float)
    rows = Vectors(
        exact[order],
        np.eye(5)[order],
        [labels[i] for i in order] if given_labels else None,
        [labels[i] for i in order] if given_labels and not one_sided else None,
    )
    by_label = [list(order).index(v) for v in range(5)]
    rows_of = {True: by_label, False: list(range(5))}
    scores = (exact[order] @ np.eye(5)[order].T)[rows_of[given_labels]]
    scores = scores[:, rows_of[given_labels and not one_sided]]
    expected = all(
        min(row[v] for v in range(5) if match[v]) > max([-1, *row[match == 0]])
        for row, match in zip(scores, exact, strict=True)
    )
    try:
        certificate = certify(aligned(rows, h), h, notion="row")
    except ShapeError as error:
        is_question = " of vectors must say which row is which" in str(error)
        assert is_question
        assert not given_labels or one_sided
        assert labels != sorted(labels)
    else:
        assert certificate.holds == expected
        assert (given_labels and not one_sided) or labels == sorted(labels)
        assert certificate.holds or not given_labels or one_sided


def _above(v):
    while v:
        v = (v - 1) // 2
        yield v
