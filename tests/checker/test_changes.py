"""Numbers that change while they are certified: an error, never a certificate of other numbers."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from hrgeom import DualEmbedding, Relevance, available_kernels, certify
from hrgeom._base import mapped
from hrgeom._native.library import native_library
from hrgeom.errors import ChangedError, NotFiniteError
from hrgeom.io.vectors import load, save

N = 1200  # several blocks of the C kernels, several pages of a file
RELEVANCE = Relevance.from_sets([{i} for i in range(N)], N)
needs_extension = pytest.mark.skipif(native_library() is None, reason="no C extension")
needs_bus_errors = pytest.mark.skipif(
    native_library() is None or not sys.platform.startswith("linux"),
    reason="needs the C extension, and a system whose mappings end with the file",
)


def arrays():
    rng = np.random.default_rng(0)
    return rng.standard_normal((N, 8)), rng.standard_normal((N, 8))


@pytest.mark.parametrize("side", [0, 1], ids=["queries", "documents"])
@pytest.mark.parametrize("kernel", available_kernels())
def test_numbers_that_change_during_the_passes_are_noticed(kernel, side):
    rows = arrays()
    embedding = DualEmbedding(*rows, threshold=0.0)

    def change(done, total):
        rows[side][3] = 7.0

    with pytest.raises(ChangedError, match=f"got other {('queries', 'documents')[side]} after"):
        certify(embedding, RELEVANCE, kernel=kernel, progress=change)


def test_scales_that_change_are_noticed():
    rows = np.ones((2, 3), dtype=np.int8)
    scales = np.array([0.5, 0.25], dtype=np.float32)
    embedding = DualEmbedding(rows, rows, threshold=0.0, document_scale=scales)
    first = embedding.sha256
    own = embedding.document_scale
    if not np.shares_memory(own, scales):
        return  # a copy, which nobody else can write
    scales[0] = 1.0
    assert embedding.sha256 != first


def test_a_certificate_names_the_numbers_of_its_own_time():
    """The digest is not that of the first certificate."""
    queries, documents = arrays()
    embedding = DualEmbedding(queries, documents, threshold=0.0)
    first = certify(embedding, RELEVANCE)
    documents[3] *= -1
    second = certify(embedding, RELEVANCE)
    fresh = DualEmbedding(queries, documents, threshold=0.0)
    assert first.sha256["documents"] != second.sha256["documents"] == fresh.sha256["documents"]
    assert first.sha256["queries"] == second.sha256["queries"]


def test_a_saved_folder_has_the_digest_of_what_was_saved(tmp_path):
    queries, documents = arrays()
    embedding = DualEmbedding(queries, documents, threshold=0.0)
    assert embedding.sha256
    documents[3] *= -1
    save(embedding, tmp_path / "e.emb")
    assert load(tmp_path / "e.emb").sha256 == embedding.sha256


@pytest.mark.parametrize("kernel", available_kernels())
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("side", [0, 1], ids=["queries", "documents"])
def test_what_is_not_finite_is_refused_whenever_it_was_written(kernel, value, side):
    rows = np.ones((3, 2)), np.ones((3, 2))
    embedding = DualEmbedding(*rows, threshold=0.0)
    rows[side][1, 0] = value
    with pytest.raises(NotFiniteError, match="must be finite"):
        certify(embedding, Relevance.from_sets([{0}] * 3, 3), kernel=kernel)


def test_arrays_cannot_be_written_through_the_embedding():
    embedding = DualEmbedding(*arrays(), threshold=0.0)
    for rows in (embedding.queries, embedding.documents, *embedding.values()):
        with pytest.raises(ValueError, match="read-only"):
            rows[0, 0] = 1.0


def run(code, folder):
    """Run Python in another process, which may die of a signal."""
    head = """
    import os, sys
    import numpy as np
    from hrgeom import DualEmbedding, Relevance, certify
    from hrgeom.errors import ChangedError
    from hrgeom.io.vectors import load
    path = sys.argv[1]
    relevance = Relevance.from_sets([{i} for i in range(1200)], 1200)
    reversed_rows = Relevance.from_judgments([(str(i), str(i)) for i in range(1199, 0, -1)])
    def shorten(name):
        os.truncate(os.path.join(path, name), 5000)
    """
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(code), str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path):
    return save(DualEmbedding(*arrays(), threshold=0.0), tmp_path / "e.emb")


@needs_bus_errors
@pytest.mark.parametrize("kernel", available_kernels())
@pytest.mark.parametrize("name", ["queries.npy", "documents.npy"])
def test_a_mapped_file_that_shrinks_is_an_error(folder, name, kernel):
    done = run(
        f"""
        embedding = load(path, mmap=True)
        assert isinstance(embedding.queries.base, np.memmap)
        try:
            certify(embedding, relevance, kernel={kernel!r}, memory=2**16,
                    progress=lambda done, total: shorten({name!r}))
        except ChangedError as error:
            print(error)
        """,
        folder,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "got one that became shorter" in done.stdout


@needs_bus_errors
@pytest.mark.parametrize(
    "use",
    [
        "embedding.sha256",
        "embedding.retrieve('1100', n_documents=3)",
        "embedding.aligned_to(reversed_rows, rows='labels')",
    ],
)
def test_other_uses_of_a_shorter_file_are_errors(folder, use):
    done = run(
        f"""
        embedding = load(path, mmap=True)
        shorten("queries.npy"), shorten("documents.npy")
        try:
            {use}
        except ChangedError as error:
            print(error)
        """,
        folder,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "got one that became shorter" in done.stdout


@needs_bus_errors
@pytest.mark.parametrize("before", ["", "import faulthandler; faulthandler.enable()"])
def test_bus_errors_elsewhere_are_what_they_were(folder, before):
    """A guard ends, and does not hide what others do."""
    done = run(
        f"""
        {before}
        embedding = load(path, mmap=True)
        embedding.sha256
        shorten("documents.npy")
        embedding.documents.sum()
        """,
        folder,
    )
    assert done.returncode == -7
    assert ("Fatal Python error: Bus error" in done.stderr) == bool(before)


@needs_extension
def test_guards_are_released(tmp_path):
    np.save(tmp_path / "a.npy", np.ones(10))
    rows = np.load(tmp_path / "a.npy", mmap_mode="r")
    for _ in range(200):  # more than there are slots
        with mapped.guarded(rows, rows[2:], np.ones(2)):
            assert rows[1] == 1
    library = native_library()
    slots = [library.guard(rows.base) for _ in range(100)]
    assert slots.count(-1) == 36
    assert not any(library.release(slot) for slot in slots if slot >= 0)
    with pytest.raises(ValueError, match="slot must be one"):
        library.release(64)


def test_without_the_extension_files_are_read_and_not_mapped(folder, monkeypatch):
    monkeypatch.setattr(mapped, "native_library", lambda: None)
    assert not isinstance(load(folder, mmap=True).queries.base, np.memmap)
