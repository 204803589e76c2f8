"""Blocks on a Dask cluster: the same certificate, whatever happens to the workers."""

import os
import signal

import numpy as np
import pytest
from test_checkpoint import fields_of, problem

from hrgeom import DualEmbedding, Relevance, available_kernels, certify
from hrgeom.checker.executors import executor_names, running
from hrgeom.checker.executors._dask import _Filled, _without_arrays
from hrgeom.cli import main
from hrgeom.errors import HrgeomError

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")


@pytest.fixture(scope="module")
def cluster():
    """Two workers here; one that was killed is given up after five seconds, not after thirty."""
    impatient = dask.config.set({"distributed.comm.timeouts.connect": "5s"})
    with (
        impatient,
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
    ):
        yield cluster


def large():
    """Packed documents of more than a megabyte: they are sent by themselves."""
    rng = np.random.default_rng(3)
    documents = rng.standard_normal((9000, 20)).astype(np.float32)
    queries = rng.standard_normal((3000, 20)).astype(np.float32)
    sets = [[int((documents @ q).argmax())] for q in queries]
    return DualEmbedding(queries, documents), Relevance.from_sets(sets, 9000)


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("kernel", available_kernels()[:1] + available_kernels()[-1:])
def test_the_certificate_is_the_same(cluster, kernel, notion):
    options = {"kernel": kernel, "notion": notion, "memory": 12 * 120 * 4}
    here = certify(*problem(), **options)
    there = certify(*problem(), executor="dask", address=cluster.scheduler_address, **options)
    assert there.threads == 2
    assert fields_of(here) == fields_of(there)


@pytest.mark.parametrize("n_killed", [1, 2])
def test_workers_that_are_killed_change_nothing(cluster, n_killed):
    """One, whose blocks go to the other; or both, and whatever was sent to them is sent again."""
    given = large()
    options = {"kernel": "numpy", "notion": "row", "memory": 12 * 9000 * 20}
    expected = certify(*given, **options)
    killed = []

    def kill(done, total):
        if done and not killed:
            killed.extend(list(client.run(os.getpid).values())[:n_killed])
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    with distributed.Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
        address = cluster.scheduler_address
        found = certify(*given, executor="dask", address=address, progress=kill, **options)
    assert len(killed) == n_killed
    assert fields_of(found) == fields_of(expected)


def test_a_checkpoint_goes_from_a_cluster_to_threads(cluster, tmp_path):
    options = {"kernel": "numpy", "memory": 12 * 120 * 4, "checkpoint": tmp_path / "run.checkpoint"}

    def interrupt(done, total):
        if done > 40:
            raise KeyboardInterrupt

    address = cluster.scheduler_address
    there = {"executor": "dask", "address": address, "on_interrupt": "stop"}
    stopped = certify(*problem(), progress=interrupt, **there, **options)
    assert stopped.n_unchecked > 0
    expected = certify(*problem(), kernel="numpy")
    assert fields_of(certify(*problem(), **options)) == fields_of(expected)


def test_an_error_in_a_block_ends_the_run(cluster):
    with running("dask", 1, cluster.scheduler_address) as (executor, is_elsewhere):
        assert is_elsewhere
        assert list(executor.map(str, range(30))) == [str(i) for i in range(30)]
        with pytest.raises(ValueError, match="invalid literal"):
            list(executor.map(int, ["1", "x", "2"]))


def test_large_arrays_are_taken_out_once():
    large, small = np.arange(2.0**18), np.arange(3.0)
    shell, arrays = _without_arrays({"a": large, "b": [small, large]})
    assert len(shell) < 1000
    assert [a is large for a in arrays] == [True, True]
    found = _Filled(shell, arrays).load()
    assert found["a"] is large
    np.testing.assert_array_equal(found["b"][0], small)


def test_what_cannot_be_had_is_said(cluster, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "dask" in executor_names()
    with pytest.raises(HrgeomError, match="executor must be one of threads, serial, dask"):
        certify(*problem(), executor="spark")
    with pytest.raises(HrgeomError, match="executor dask must come with an address: got None"):
        certify(*problem(), executor="dask")
    with pytest.raises(HrgeomError, match="executor threads must come without an address"):
        certify(*problem(), address="tcp://127.0.0.1:1")
    with pytest.raises(HrgeomError, match="address must be that of a Dask scheduler"):
        certify(*problem(), executor="dask", address="nothing here")
    monkeypatch.setattr("hrgeom.checker.executors._dask.__version__", "0.0.0")
    with pytest.raises(HrgeomError, match=r"workers must have hrgeom 0\.0\.0: tcp://"):
        certify(*problem(), executor="dask", address=cluster.scheduler_address)


def test_the_command(cluster, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["construct", "--tree", "wordnet-mammals", "--out", "m.emb"]) == 0
    capsys.readouterr()
    command = ["certify", "m.emb", "--tree", "wordnet-mammals", "--executor", "dask"]
    assert main([*command, "--address", cluster.scheduler_address]) == 0
    assert capsys.readouterr()[0].startswith("Every one of 1,182 queries retrieves exactly its ")
    assert main(command) == 2
