"""Vectors of any model: what is written is read, rows follow labels, bad input is named."""

import json
import pickle
import re
import sys
import types

import numpy as np
import pytest

import hrgeom
from hrgeom import Hierarchy, Relevance
from hrgeom._base import optional as optional_module
from hrgeom.errors import FormatError, HrgeomError, NotFiniteError, ShapeError
from hrgeom.io.vectors import Vectors, aligned, vector_formats
from hrgeom.io.vectors._named_arrays import chosen_names
from hrgeom.models import OPTIONS, read_descriptions, read_model, text_of, texts_of
from hrgeom.models._source import COMMON_OPTIONS, FILE_OPTIONS, SCHEME_OPTIONS

LABELS = ("animal.n.01", "dog.n.01", "cat.n.01", "guide_dog.n.01")


@pytest.fixture
def animals():
    return Hierarchy.from_edges(
        [("dog.n.01", "animal.n.01"), ("cat.n.01", "animal.n.01"), ("guide_dog.n.01", "dog.n.01")],
        labels=LABELS,
    )


@pytest.fixture
def rows():
    """Queries and documents, with numbers that all of the types hold."""
    rng = np.random.default_rng(5)
    return tuple(rng.integers(-50, 50, (4, 3)).astype(np.float32) / 4 for _ in range(2))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def is_like(model, rows, dtype="float32"):
    """The same numbers and labels, in the stored type."""
    embedding = model.embedding
    assert str(embedding.dtype) == dtype
    assert embedding.query_labels == embedding.document_labels == LABELS
    assert embedding.notion == "row"
    assert embedding.threshold is None
    np.testing.assert_array_equal(embedding.queries.astype(np.float64), rows[0])
    np.testing.assert_array_equal(embedding.documents.astype(np.float64), rows[1])
    return True


def shuffled(rows, order=(2, 0, 3, 1)):
    """Rows in another order, with one more that nobody asks for; and their labels."""
    extra = np.full((1, rows.shape[1]), 9.0, rows.dtype)
    return np.vstack((rows[list(order)], extra)), [*(LABELS[i] for i in order), "stone.n.01"]


# NumPy


def test_npy_in_the_order_of_the_hierarchy(here, animals, rows):
    np.save("q.npy", rows[0])
    np.save("x.npy", rows[1])
    assert is_like(read_model("q.npy,documents=x.npy", animals), rows)
    assert is_like(read_model("q.npy", animals), (rows[0], rows[0]))


def test_npy_with_labels_in_another_order(here, animals, rows):
    for name, side in zip("qx", rows, strict=True):
        moved, labels = shuffled(side)
        np.save(f"{name}.npy", moved)
        (here / "labels.txt").write_text("\n".join(labels) + "\n")
    (here / "labels.json").write_text(json.dumps(labels))
    for file in ("labels.txt", "labels.json"):
        assert is_like(read_model(f"q.npy,documents=x.npy,labels={file}", animals), rows)


def test_npy_of_the_other_byte_order(here, animals, rows):
    np.save("q.npy", rows[0].astype(">f4"))
    assert is_like(read_model("q.npy", animals), (rows[0], rows[0]))


@pytest.mark.parametrize("labels", ["labels", "both"])
def test_npz_holds_its_labels(here, animals, rows, labels):
    (q, names), (x, _) = (shuffled(side) for side in rows)
    stored = {"labels": names} if labels == "labels" else {}
    if not stored:
        order = [3, 1, 2, 0, 4]
        x = x[order]
        stored = {"query_labels": names, "document_labels": [names[i] for i in order]}
    np.savez("v.npz", queries=q, docs=x, other=np.ones(3), **stored)
    assert is_like(read_model("v.npz", animals), rows)
    one = "v.npz,queries=docs"
    if labels == "labels":
        assert is_like(read_model(one, animals), (rows[1], rows[1]))
    else:
        with pytest.raises(ShapeError, match=r"one array for both sides must have one list"):
            read_model(one, animals)


def test_objects_are_not_unpickled(here, animals):
    np.save("o.npy", np.array([{}], dtype=object))
    np.savez("o.npz", a=np.array([{}], dtype=object))
    for name in ("o.npy", "o.npz"):
        with pytest.raises(FormatError, match=r"must hold no objects"):
            read_model(name, animals)


# Other libraries


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64"])
def test_safetensors(here, animals, rows, dtype):
    library = pytest.importorskip("safetensors.numpy", reason="needs the extra `models`")
    stored = [side.astype(hrgeom.core.as_dtype(dtype)) for side in rows]
    tensors = {"q.query": stored[0], "x.document": stored[1], "bias": np.ones(3, np.float32)}
    library.save_file(tensors, "v.safetensors")
    exact = [side.astype(np.float64) for side in stored]
    assert is_like(read_model("v.safetensors", animals), exact, dtype)
    (here / "bad.safetensors").write_bytes(b"\x08" + b"\0" * 7 + b"nonsense")
    with pytest.raises(FormatError, match=r"must be a safetensors file"):
        read_model("bad.safetensors", animals)


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_torch_state_dict(here, animals, rows, dtype):
    torch = pytest.importorskip("torch", reason="needs torch")
    q, x = (torch.from_numpy(side).to(getattr(torch, dtype)) for side in rows)
    torch.save({"epoch": 3, "model": {"query.weight": q, "doc.weight": x}}, "v.pt")
    exact = [side.to(torch.float64).numpy() for side in (q, x)]
    assert is_like(read_model("v.pt", animals), exact, dtype)
    named = read_model("v.pt,queries=model.doc.weight,documents=model.query.weight", animals)
    assert is_like(named, exact[::-1], dtype)
    torch.save({"a": q, "b": x}, "w.pt")
    with pytest.raises(FormatError, match=r"there are 2, got a \(4, 3\), b \(4, 3\)"):
        read_model("w.pt", animals)


@pytest.mark.torch
def test_torch_labels_and_narrow_types(here, animals, rows):
    torch = pytest.importorskip("torch", reason="needs torch")
    order = [2, 0, 3, 1]
    names = [LABELS[i] for i in order]
    moved = torch.from_numpy(rows[0][order])
    for name in ("objects", "labels"):
        torch.save({"embeddings": moved, name: names, "epoch": 3}, "v.pt")
        assert is_like(read_model("v.pt", animals), (rows[0], rows[0]))
    few = torch.tensor([[1.0, -0.5], [2.0, 448.0], [0.0, 2.0**-9], [3.0, 4.0]])
    torch.save({"emb": few.to(torch.float8_e4m3fn)}, "v.pt")
    np.testing.assert_array_equal(read_model("v.pt", animals).embedding.queries, few.numpy())
    torch.save({"queries": few, "docs": few.to(torch.int64), "bias": torch.ones(3)}, "v.pt")
    model = read_model("v.pt", animals)
    np.testing.assert_array_equal(model.embedding.documents, few.to(torch.int64).numpy())
    torch.save({"queries": few, "docs": few[:3]}, "v.pt")
    with pytest.raises(ShapeError, match=r"documents of v\.pt must have a row each, 4, or labels"):
        read_model("v.pt", animals)


@pytest.mark.torch
def test_torch_runs_no_code_from_a_file(here, animals):
    pytest.importorskip("torch", reason="needs torch")

    class Bomb:
        def __reduce__(self):
            return (open, (str(here / "exploded"), "w"))

    (here / "bad.pt").write_bytes(pickle.dumps(Bomb(), protocol=2))
    with pytest.raises(FormatError, match=r"weights_only=True refused it"):
        read_model("bad.pt", animals)
    assert not (here / "exploded").exists()


def word2vec_text(keys, rows):
    lines = [f"{len(keys)} {rows.shape[1]}"]
    lines += [" ".join([key, *map(str, row)]) for key, row in zip(keys, rows.tolist(), strict=True)]
    return "\n".join(lines) + "\n"


def word2vec_binary(keys, rows, end=b""):
    head = f"{len(keys)} {rows.shape[1]}\n".encode()
    vectors = (
        key.encode() + b" " + row.astype("<f4").tobytes() + end
        for key, row in zip(keys, rows, strict=True)
    )
    return head + b"".join(vectors)


def test_word2vec_keyed_by_labels(here, animals, rows):
    moved, labels = shuffled(rows[0])
    both = (rows[0], rows[0])
    (here / "v.txt").write_text(word2vec_text(labels, moved))
    (here / "a.bin").write_bytes(word2vec_binary(labels, moved))
    (here / "b.bin").write_bytes(word2vec_binary(labels, moved, b"\n"))
    for name in ("v.txt", "a.bin", "b.bin", "v.txt,format=word2vec-text"):
        assert is_like(read_model(name, animals), both)
    wide = rows[0].astype(np.float64) / 3
    (here / "w.txt").write_text(word2vec_text(LABELS, wide))
    assert is_like(read_model("w.txt", animals), (wide, wide), "float64")


def test_word2vec_as_gensim_writes_it(here, animals, rows):
    gensim = pytest.importorskip("gensim.models", reason="gensim writes what is read here")
    vectors = gensim.KeyedVectors(3)
    vectors.add_vectors(list(LABELS), rows[0])
    vectors.save_word2vec_format("v.txt")
    vectors.save_word2vec_format("v.bin", binary=True)
    for name in ("v.txt", "v.bin"):
        assert is_like(read_model(name, animals), (rows[0], rows[0]))
    vectors.save("v.kv")
    with pytest.raises(FormatError, match=r"must not be a pickle.*save_word2vec_format"):
        read_model("v.kv", animals)


def test_word2vec_keyed_by_words(here, animals, rows):
    words = ["Animal", "animal", "dog", "cat", "guide"]
    table = np.vstack((np.full(3, 8, np.float32), rows[0]))
    (here / "v.txt").write_text(word2vec_text(words, table))
    embedding = read_model("v.txt", animals).embedding
    expected = np.stack((table[1], table[2], table[3], (table[4] + table[2]) / 2))
    np.testing.assert_array_equal(embedding.documents, expected)
    (here / "v.txt").write_text(word2vec_text([*words[:4], "guide_dog"], table))
    np.testing.assert_array_equal(read_model("v.txt", animals).embedding.queries[3], table[4])
    (here / "v.txt").write_text(word2vec_text(["animal", "dog"], rows[0][:2]))
    with pytest.raises(ShapeError, match=r"none for 1 of 4, 'cat' \('cat.n.01'\) first"):
        read_model("v.txt", animals)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"2 3\na 1 2 3\n",
            "must hold 2 vectors, as it says, of dimension 3, which take 14 bytes or more: got 8",
        ),
        (b"2 3\na 1.5 2.5 3.5\n", "must hold 2 vectors, as it says: got 1"),
        (b"1 3\na 1.5 2.5\n", "a key and 3 numbers at line 2: got b'a 1.5 2.5', 3 fields"),
        (b"2 3\na 1 2 3\nb 1 2\n", "a key and 3 numbers at line 3"),
        (b"2 3\na 1 2 3\nb 1 2 x\n", "a key and 3 numbers at line 3"),
        (b"1 0\n", "must hold a vector of a dimension"),
        (word2vec_binary(["a"], np.ones((1, 3))) + b"more", "must end after 1 vectors"),
        (word2vec_binary(["a", "b"], np.ones((2, 3)))[:-1], "must hold 2 vectors"),
    ],
)
def test_malformed_word2vec(here, animals, content, message):
    (here / "v.vec").write_bytes(content)
    with pytest.raises(FormatError, match=re.escape(message)):
        read_model("v.vec,format=word2vec", animals)


def test_a_folder_of_hrgeom_in_another_order(here, animals):
    moved = Hierarchy.from_edges(
        [("guide_dog.n.01", "dog.n.01"), ("cat.n.01", "animal.n.01"), ("dog.n.01", "animal.n.01")]
    )
    assert moved.labels != animals.labels
    for dtype in ("float32", "int8"):
        built = hrgeom.construct(moved, method="trie", dtype=dtype, certify=False).embedding
        hrgeom.save(built, f"{dtype}.emb")
        model = read_model(f"{dtype}.emb", animals)
        assert model.embedding.construction == "trie"
        assert hrgeom.certify(model.embedding, animals).holds
    with pytest.raises(ShapeError, match=r"a row for every label: got none for 1 of 5, 'new'"):
        read_model("int8.emb", Hierarchy.from_edges([*animals_edges(animals), ("new", LABELS[0])]))


def animals_edges(hierarchy):
    return [(hierarchy.labels[c], hierarchy.labels[p]) for c, p in hierarchy.edges.tolist()]


def test_construction(animals):
    model = read_model("construction,dim=3,dtype=float64", animals)
    assert (model.name, model.embedding.dim) == ("construction 3 float64", 3)
    assert hrgeom.certify(model.embedding, animals).holds


# Text


def test_texts_of_labels(here):
    assert text_of("hot_dog.n.03") == "hot dog"
    assert text_of("St._Louis.n.01") == "St. Louis"
    assert text_of("a.b.n.12") == "a.b"
    assert text_of("dog.x.01") == "dog.x.01"
    assert text_of("snake_case") == "snake_case"
    (here / "t.tsv").write_text("dog.n.01\ta barking animal\n\ncat.n.01\tmeows\t loudly\r\n")
    texts = read_descriptions("t.tsv")
    assert texts == {"dog.n.01": "a barking animal", "cat.n.01": "meows\t loudly"}
    assert texts_of(["cat.n.01"], texts) == ["meows\t loudly"]
    with pytest.raises(FormatError, match=r"got none for 1 of 2, 'ox' first"):
        texts_of(["cat.n.01", "ox"], texts)
    for content, message in (("a\n", "at line 1"), ("a\tb\na\tc\n", "at lines 1 and 2")):
        (here / "t.tsv").write_text(content)
        with pytest.raises(FormatError, match=rf"t\.tsv: .*{message}"):
            read_descriptions("t.tsv")


@pytest.fixture
def encoders(monkeypatch):
    """A module of encoders; what they were given is in `calls`."""
    module = types.ModuleType("my_encoders")
    module.calls = []

    def letters(texts):
        module.calls.append(list(texts))
        return np.array([[text.count(c) for c in "adeg"] for text in texts], dtype=np.float32)

    module.letters = letters
    module.shifted = lambda texts: letters(texts) + 1
    module.short = lambda texts: letters(texts)[1:]
    module.constant = 3
    monkeypatch.setitem(sys.modules, "my_encoders", module)
    return module


def test_a_callable_sees_each_text_once(here, encoders):
    twice = Hierarchy.from_edges([("dog.n.02", "dog.n.01"), ("cat.n.01", "dog.n.01")])
    model = read_model("py:my_encoders:letters", twice)
    assert encoders.calls == [["dog", "cat"]]
    assert model.name == "my_encoders:letters"
    np.testing.assert_array_equal(
        model.embedding.queries, [[0, 1, 0, 1], [0, 1, 0, 1], [1, 0, 0, 0]]
    )
    asymmetric = read_model("py:my_encoders:letters,documents=my_encoders:shifted", twice)
    np.testing.assert_array_equal(asymmetric.embedding.documents, model.embedding.queries + 1)
    (here / "t.tsv").write_text("dog.n.01\tage\ndog.n.02\tadd\ncat.n.01\tdada\n")
    described = read_model("py:my_encoders:letters,texts=t.tsv", twice).embedding
    np.testing.assert_array_equal(described.queries, [[1, 2, 0, 0], [1, 0, 1, 1], [2, 2, 0, 0]])


def test_queries_and_documents_of_judgments_have_texts_of_their_own(encoders):
    judged = Relevance.from_judgments([("a dad", "egg"), ("edge", "add")])
    embedding = read_model("py:my_encoders:letters", judged).embedding
    assert embedding.query_labels == ("a dad", "edge")
    np.testing.assert_array_equal(embedding.queries, [[2, 2, 0, 0], [0, 1, 2, 1]])
    np.testing.assert_array_equal(embedding.documents, [[0, 0, 1, 2], [1, 2, 0, 0]])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("my_encoders:short", r"one row for each of 4 texts: got float32, shape \(3, 4\)"),
        ("my_encoders:constant", "must be callable"),
        ("my_encoders:missing", "must be importable"),
        ("no_such_module:f", "must be importable"),
        ("my_encoders", "must be named MODULE:FUNCTION"),
    ],
)
def test_a_bad_callable(animals, encoders, name, message):
    with pytest.raises(HrgeomError, match=message):
        read_model(f"py:{name}", animals)


class FakeSentenceTransformer(list):
    """The part of the interface that is used: prompts, modules, two ways to encode."""

    prompts: dict = {}  # noqa: RUF012

    def __init__(self, name):
        super().__init__()
        self.name = name
        FakeSentenceTransformer.calls = []

    def _encode(self, side, texts, prompt, show_progress_bar):
        assert show_progress_bar is False
        prompt = self.prompts.get(side, "") if prompt is None else prompt
        self.calls.append((side, prompt))
        return np.array([[len(prompt + text), text.count("d")] for text in texts], np.float32)

    def encode_query(self, texts, *, prompt, show_progress_bar):
        return self._encode("query", texts, prompt, show_progress_bar)

    def encode_document(self, texts, *, prompt, show_progress_bar):
        return self._encode("document", texts, prompt, show_progress_bar)


def test_prompts_of_sentence_transformers(animals, monkeypatch):
    module = types.ModuleType("sentence_transformers")
    module.SentenceTransformer = FakeSentenceTransformer
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    alike = read_model("st:some/model", animals)
    assert alike.name == "some/model"
    assert FakeSentenceTransformer.calls == [("query", "")]
    np.testing.assert_array_equal(alike.embedding.queries[:, 0], [6, 3, 3, 9])
    np.testing.assert_array_equal(alike.embedding.queries, alike.embedding.documents)
    spec = "st:some/model,query_prompt=kinds, like: ,document_prompt=it is "
    given = read_model(spec, animals).embedding
    assert FakeSentenceTransformer.calls == [("query", "kinds, like: "), ("document", "it is ")]
    np.testing.assert_array_equal(given.queries[:, 0] - 13, given.documents[:, 0] - 6)
    monkeypatch.setattr(FakeSentenceTransformer, "prompts", {"query": "Q: "})
    own = read_model("st:some/model", animals).embedding
    np.testing.assert_array_equal(own.queries[:, 0] - 3, own.documents[:, 0])


def test_wordllama_is_a_mean_of_its_table(animals):
    library = pytest.importorskip("wordllama", reason="needs the extra `text`")
    found = read_model("wordllama", animals).embedding
    assert (found.dim, str(found.dtype)) == (256, "float32")
    short = read_model("wordllama,dim=64", animals).embedding
    np.testing.assert_allclose(short.queries, found.queries[:, :64], rtol=1e-6)
    # The second route: its own tokeniser, the table from the file, and a plain mean.
    from pathlib import Path

    tensors = pytest.importorskip("safetensors.numpy")
    folder = Path(library.__file__).parent
    (table,) = tensors.load_file(folder / "weights" / "l2_supercat_256.safetensors").values()
    tokens = pytest.importorskip("tokenizers").Tokenizer.from_file(
        str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json")
    )
    for label, row in zip(LABELS, found.documents, strict=True):
        numbers = tokens.encode(text_of(label), add_special_tokens=False).ids
        mean = table[numbers].astype(np.float64).mean(axis=0)
        np.testing.assert_allclose(row, mean, rtol=1e-5, atol=1e-6)
    with pytest.raises(FormatError, match="64, 128 or 256: got 99"):
        read_model("wordllama,dim=99", animals)


def test_a_missing_package_is_one_clear_error(animals, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(optional_module.importlib, "import_module", missing)
    with pytest.raises(
        HrgeomError,
        match=r"requires the package wordllama; install it with pip install 'hrgeom\[text\] @ git",
    ):
        read_model("wordllama", animals)


# Scores


def test_cosine_is_the_dot_product_of_unit_rows(here, animals, rows):
    np.save("q.npy", rows[0].astype(np.float64))
    unit = read_model("q.npy,score=cosine", animals)
    assert unit.score == "dot"
    lengths = np.linalg.norm(unit.embedding.queries, axis=1)
    np.testing.assert_allclose(lengths, 1, rtol=4e-16)
    from math import fsum

    for row, got in zip(rows[0].tolist(), unit.embedding.queries.tolist(), strict=True):
        length = fsum(a * a for a in row) ** 0.5
        np.testing.assert_allclose(got, [a / length for a in row], rtol=1e-15)
    np.save("q.npy", np.array([[1e-200, 0], [3e200, 4e200], [1, 0], [0, 2]]))
    extreme = read_model("q.npy,score=cosine", animals).embedding.queries
    np.testing.assert_allclose(extreme, [[1, 0], [0.6, 0.8], [1, 0], [0, 1]], rtol=1e-15)
    np.save("q.npy", np.zeros((4, 2)))
    with pytest.raises(ShapeError, match=r"zero at row 0 \('animal.n.01'\)"):
        read_model("q.npy,score=cosine", animals)


def test_poincare_keeps_the_points(here, animals, rows):
    np.save("q.npy", rows[0] / 32)
    model = read_model("q.npy,score=poincare", animals)
    assert model.score == "poincare"
    np.testing.assert_array_equal(model.embedding.queries, rows[0] / 32)


# What is wrong is named


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "must have a source"),
        ("nothing.npy", "a model must be a file"),
        ("q.npy,score=euclid", "score must be one of dot, cosine, poincare"),
        ("q.npy,labels=", "with a value"),
        ("q.npy,labels=l.txt,labels=l.txt", "must come once"),
        ("q.npy,lables=l.txt", "options of a model must be among"),
        ("q.npy,dim=3", r"\(npy\) must be among .*: got 'dim'"),
        ("q.npy,format=csv", "format must be one of"),
        ("junk", "must be in one of the formats"),
        ("empty", "must be an embedding of hrgeom"),
        ("pickle.kv", "must not be a pickle, .*save_word2vec_format"),
        ("construction,dim=two", "dim must be a whole number: got 'two'"),
        ("construction,dtype=int4", "dtype must be one of"),
        ("construction,score=cosine", "must be dot or poincare"),
        ("q.npy,format=npz", "must be a .npz file"),
        ("three.npy", r"must have a row each, 4, or labels: got 3 rows"),
        ("three.npy,labels=l.txt", "must have one label per row: got 4 labels, 3 rows"),
        ("q.npy,labels=double.txt", "got 'dog.n.01' at rows 1 and 3"),
        ("q.npy,labels=other.txt", "got none for 2 of 4, 'dog.n.01', 'cat.n.01'"),
        ("q.npy,labels=blank.txt", "blank.txt: labels must not be empty: got line 2"),
        ("flat.npy", r"must be a matrix, one row each: got shape \(4,\)"),
        ("complex.npy", "must be of float64, .* or whole numbers: got complex128"),
        ("bits.npy", "got uint16, which may be bits of bfloat16"),
        ("q.npy,rows=first", "rows must be labels or order: got 'first'"),
        ("q.npy,documents=wide.npy", r"must share dimension d: .* \(4, 3\), documents \(4, 5\)"),
    ],
)
def test_malformed_models(here, animals, rows, spec, message):
    np.save("q.npy", rows[0])
    np.save("three.npy", rows[0][:3])
    np.save("flat.npy", rows[0][:, 0])
    np.save("complex.npy", rows[0].astype(complex))
    np.save("bits.npy", rows[0].astype(np.uint16))
    np.save("wide.npy", np.ones((4, 5), np.float32))
    np.save("double.npy", rows[1].astype(np.float64))
    (here / "l.txt").write_text("\n".join(LABELS))
    (here / "double.txt").write_text("\n".join([*LABELS[:3], LABELS[1]]))
    (here / "other.txt").write_text("\n".join([LABELS[0], "x", "y", LABELS[3]]))
    (here / "blank.txt").write_text(f"{LABELS[0]}\n\nx\ny\n")
    (here / "junk").write_text("junk")
    (here / "pickle.kv").write_bytes(pickle.dumps({}))
    (here / "empty").mkdir()
    with pytest.raises(HrgeomError, match=message):
        read_model(spec, animals)


def test_nan_is_named_by_its_label(here, animals, rows):
    rows[0][2, 1] = np.nan
    np.save("q.npy", rows[0])
    for spec in ("q.npy", "q.npy,score=cosine"):
        with pytest.raises(NotFiniteError, match=r"at row 2 \('cat.n.01'\), column"):
            read_model(spec, animals)
    # A row that nobody asks for may hold anything.
    labels = [*LABELS[:2], "stone", LABELS[3]]
    smaller = Hierarchy([LABELS[0], LABELS[1], LABELS[3]], [(1, 0), (2, 1)])
    assert aligned(Vectors(rows[0], rows[0], labels, labels), smaller).n_queries == 3


def test_names_are_guessed_only_if_there_is_one_way():
    both = {"a.query": (4, 3), "a.doc": (4, 3), "head": (7, 3)}
    none = (None, None)
    assert chosen_names(both, none, (4, 4), "f") == ("a.query", "a.doc")
    assert chosen_names({"w": (4, 3), "b": (4,)}, none, (4, 4), "f") == ("w", "w")
    assert chosen_names(both, (None, "head"), (4, 4), "f") == ("a.query", "head")
    assert chosen_names(both, ("a.query", None), (4, 4), "f") == ("a.query", "a.doc")
    assert chosen_names(both, ("a.doc", None), (4, 4), "f") == ("a.doc", "a.doc")
    # An array that is named for a side is used, whatever its number of rows.
    padded = {"queries": (4, 3), "documents": (5, 3), "other": (4, 3)}
    assert chosen_names(padded, none, (4, 4), "f") == ("queries", "documents")
    assert chosen_names({**both, "third": (4, 9)}, none, (4, 4), "f") == ("a.query", "a.doc")
    for shapes in (
        {"u": (4, 3), "v": (4, 3)},
        {**both, "second_query": (4, 3)},
        {"query_doc": (4, 3), "doc": (4, 3)},
        {"queries": (5, 3), "other": (4, 3)},
        {"docs": (4, 3)},
        {},
    ):
        with pytest.raises(FormatError, match=r"by queries=NAME and documents=NAME"):
            chosen_names(shapes, none, (4, 4), "f")
    with pytest.raises(FormatError, match=r"f must hold 'x': got a.query \(4, 3\)"):
        chosen_names(both, ("x", None), (4, 4), "f")


def test_every_option_is_taken_by_some_source():
    of_files = {option for entry in vector_formats() for option in entry.options}
    assert set(OPTIONS) == of_files.union(COMMON_OPTIONS, FILE_OPTIONS, *SCHEME_OPTIONS.values())
