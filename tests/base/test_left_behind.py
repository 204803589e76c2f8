"""Folders that are written: what is replaced or never removed, what a killed process leaves."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import hrgeom
from hrgeom import DualEmbedding, Hierarchy, certify, load, save, save_certificate
from hrgeom._base import atomic_files
from hrgeom._base.atomic_files import replace_file, swap, temporary_beside
from hrgeom.cli import main
from hrgeom.errors import FormatError
from hrgeom.io import write_vectors

SMALL = DualEmbedding([[1.0]], [[1.0]], threshold=0.0)
LARGE = DualEmbedding([[1.0, 2.0]], [[1.0, 2.0]], threshold=0.0)
ONE = Hierarchy(["a"], [])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_that_comes_meanwhile_is_not_removed(tmp_path, monkeypatch, overwrite):
    """A stranger's folder appears while arrays are written: it stays, with all that is in it."""
    target = tmp_path / "out"

    def sync(path):
        target.mkdir(exist_ok=True)
        (target / "thesis.txt").write_text("years of work")

    monkeypatch.setattr("hrgeom.io.vectors._folder.sync", sync)
    with pytest.raises(FormatError, match="must be new, or an embedding to replace"):
        save(SMALL, target, overwrite=overwrite)
    assert (target / "thesis.txt").read_text() == "years of work"
    assert names(tmp_path) == ["out"]


def test_an_embedding_that_comes_meanwhile_is_not_replaced(tmp_path, monkeypatch):
    target = tmp_path / "out"
    made = save(LARGE, tmp_path / "made")

    def sync(path):
        if made.exists():
            made.rename(target)

    monkeypatch.setattr("hrgeom.io.vectors._folder.sync", sync)
    with pytest.raises(FormatError, match="must not exist yet"):
        save(SMALL, target)
    assert load(target).dim == 2
    assert names(tmp_path) == ["out"]


def test_a_folder_that_comes_at_the_last_moment_is_put_back(tmp_path, monkeypatch):
    """It takes the place of the embedding after the last look, before it is renamed aside."""
    target, other = save(LARGE, tmp_path / "out"), tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    check, seen = atomic_files.check_target, []

    def check_target(path, *args, **options):
        check(path, *args, **options)
        seen.append(path)
        if len(seen) == 2:  # the first is before the work
            target.rename(tmp_path / "moved")
            other.rename(target)

    monkeypatch.setattr(atomic_files, "check_target", check_target)
    monkeypatch.setattr("hrgeom.io.vectors._folder.check_target", check_target)
    with pytest.raises(FormatError, match="must be new, or an embedding"):
        save(SMALL, target, overwrite=True)
    assert (target / "thesis.txt").read_text() == "years of work"
    assert names(tmp_path) == ["moved", "out"]


@pytest.mark.parametrize("name", ["notes.txt", "model.py", "sub", ".env"])
def test_work_inside_an_embedding_is_not_removed(tmp_path, name):
    target = save(SMALL, tmp_path / "x.emb")
    (target / "sub").mkdir() if name == "sub" else (target / name).write_text("work")
    with pytest.raises(FormatError, match=rf"only what hrgeom writes: got '{name}'"):
        save(LARGE, target, overwrite=True)
    assert load(target).dim == 1
    assert names(tmp_path) == ["x.emb"]


def test_a_folder_of_another_program_is_not_replaced(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "embedding.json").write_text('{"format": "acme"}')
    with pytest.raises(FormatError, match=r"embedding.json is in format 'acme'"):
        save(SMALL, other, overwrite=True)
    (other / "embedding.json").write_text("{damaged")
    assert load(save(SMALL, other, overwrite=True)).dim == 1


@pytest.mark.parametrize("out", [".", "../x.emb", ""])
def test_where_the_command_runs_is_not_replaced(tmp_path, monkeypatch, capsys, out):
    target = save(SMALL, tmp_path / "x.emb")
    monkeypatch.chdir(target)
    before = names(target)
    argv = ["construct", "--tree", "wordnet-mammals", "--method", "gaussian", "--dim", "2"]
    status = main([*argv, "--out", out or str(target), "--force", "--quiet"])
    assert status == 2
    assert "must not be where the command runs" in capsys.readouterr().err
    assert names(target) == before
    assert names(tmp_path) == ["x.emb"]


def leftover(target, process, kind="", **options):
    """A name that another process would have given to what it writes."""
    return Path(
        str(temporary_beside(target, kind, **options)).replace(f"-{os.getpid()}-", f"-{process}-")
    )


@pytest.fixture(scope="module")
def gone():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_process_left_is_cleared_by_the_next(tmp_path, gone):
    target = tmp_path / "x.emb"
    save(SMALL, leftover(target, gone))
    old = leftover(target, gone, "old.")
    old.mkdir()
    save(SMALL, old / "x.emb")
    save(SMALL, target)
    assert names(tmp_path) == ["x.emb"]
    for path in (
        leftover(target / "certificate.json", gone),
        leftover(target / "certificate.json", gone),
    ):
        path.write_text("{")
    before = target / ".certificate.abcd_123"  # of earlier versions
    before.write_text("{")
    os.utime(before, (0, 0))
    save_certificate(certify(SMALL, ONE), target)
    assert not [name for name in names(target) if name.startswith(".")]
    file = leftover(tmp_path / "v.npy", gone, keeps_suffix=True)
    file.write_bytes(b"half")
    write_vectors(SMALL, tmp_path / "v.npy", side="queries")
    leftover(tmp_path / "t.json", gone).write_text("{")
    hrgeom.write_hierarchy(ONE, tmp_path / "t.json")
    assert names(tmp_path) == ["t.json", "v.npy", "x.emb"]


def test_only_what_is_ours_and_stale_is_cleared(tmp_path, gone):
    target = tmp_path / "x.emb"
    kept = [
        leftover(target, os.getppid()),  # at work
        leftover(tmp_path / "y.emb", gone),  # of another target
        tmp_path / ".x.emb.notes",
        tmp_path / ".x.emb.12345678-1-12345678",  # of another machine, today
        tmp_path / f".x.emb.12345678-{gone}",
    ]
    for path in kept:
        path.write_text("work")
    with_work = leftover(target, gone)
    with_work.mkdir()
    (with_work / "thesis.txt").write_text("years of work")
    long_ago = tmp_path / ".x.emb.87654321-1-12345678"
    long_ago.write_text("of another machine, days ago")
    os.utime(long_ago, (time.time() - 10**6,) * 2)
    save(SMALL, target)
    assert set(names(tmp_path)) == {"x.emb", with_work.name, *(path.name for path in kept)}


@pytest.mark.skipif(os.name == "nt", reason="kills a process by signal")
def test_a_certificate_that_was_being_written_leaves_nothing_for_long(tmp_path):
    target = save(SMALL, tmp_path / "x.emb")
    program = f"""
import os, signal, hrgeom, hrgeom.io.vectors._certificates as module
module.sync = lambda path: os.kill(os.getpid(), signal.SIGKILL)
e = hrgeom.load({str(target)!r})
hrgeom.save_certificate(hrgeom.certify(e, hrgeom.Hierarchy(["a"], [])), {str(target)!r})
"""
    source = str(Path(hrgeom.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": source}, check=False
    )
    assert done.returncode == -9
    assert [name for name in names(target) if name.startswith(".certificate.json.")]
    save_certificate(certify(SMALL, ONE), target)
    assert not [name for name in names(target) if name.startswith(".")]


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "t.json").write_text("old")
    (tmp_path / "t.json").symlink_to("real/t.json")
    replace_file(tmp_path / "t.json", b"new")
    assert (tmp_path / "t.json").is_symlink()
    assert (tmp_path / "real" / "t.json").read_bytes() == b"new"


def test_a_rename_that_fails_leaves_all_as_it_was(tmp_path):
    target = save(LARGE, tmp_path / "x.emb")
    with pytest.raises(FileNotFoundError):
        swap(tmp_path / "missing", target, overwrite=True)
    assert load(target).dim == 2
    assert names(tmp_path) == ["x.emb"]
