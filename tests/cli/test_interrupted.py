"""`hrgeom certify` by signals: what is printed, what is written, and how it goes on."""

import json
import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from hrgeom.checker import _certify, _memory
from hrgeom.cli import main


@dataclass
class Signalled:
    """Sends this process a signal after some blocks."""

    number: int
    n_left: int
    n_workers: int = 1
    sent: list = field(default_factory=list)

    def map(self, function, blocks):
        for block in blocks:
            if self.n_left == 0:
                self.sent.append(self.number)
                os.kill(os.getpid(), self.number)
            self.n_left -= 1
            yield function(block)


@pytest.fixture
def emb(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_memory, "BLOCKS", 2**20)
    assert main(["construct", "--tree", "wordnet-mammals", "--fewest", "--out", "m.emb"]) == 0
    capsys.readouterr()
    return tmp_path / "m.emb"


def use(monkeypatch, executor):
    @contextmanager
    def running(*args, **options):
        yield executor, False

    monkeypatch.setattr(_certify, "running", running)


COMMAND = ["certify", "m.emb", "--tree", "wordnet-mammals", "--kernel", "numpy"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_with_what_is_known(emb, monkeypatch, capsys, number):
    before = (emb / "certificate.json").read_bytes()
    handler = signal.getsignal(signal.SIGTERM)
    executor = Signalled(number, 30)
    use(monkeypatch, executor)
    assert main([*COMMAND, "--json"]) == 3
    out, err = capsys.readouterr()
    data = json.loads(out)
    assert executor.sent == [number]
    assert data["verdict"] == "undecided"
    assert 0 < data["n_unchecked"] == data["n_undecided"] < data["n_pairs"]
    assert f"interrupted after {data['n_pairs'] - data['n_unchecked']:,} of 1,397,124 pairs" in err
    assert "no certificate was written; with --checkpoint FILE" in err
    assert (emb / "certificate.json").read_bytes() == before
    assert signal.getsignal(signal.SIGTERM) is handler


def test_the_same_command_goes_on(emb, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        use(patch, Signalled(signal.SIGINT, 30))
        assert main([*COMMAND, "--checkpoint", "run.checkpoint"]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("No pair is proved wrong, but the run was interrupted after ")
    assert "Tightest" not in out  # of the pairs that were checked only
    assert "run.checkpoint keeps what was found: the same command goes on from it" in err
    counting = Signalled(signal.SIGINT, -1)
    use(monkeypatch, counting)
    assert main([*COMMAND, "--checkpoint", "run.checkpoint", "--json"]) == 0
    resumed = json.loads(capsys.readouterr()[0])
    n_run = -1 - counting.n_left
    assert not (emb.parent / "run.checkpoint").exists()
    assert main([*COMMAND, "--json"]) == 0
    whole = json.loads(capsys.readouterr()[0])
    assert -1 - counting.n_left - n_run == n_run + 30
    assert {**resumed, "seconds": 0} == {**whole, "seconds": 0}
    del whole["remarks"], whole["against"]
    assert json.loads((emb / "certificate.json").read_text()) == whole


def test_a_checkpoint_of_something_else_is_bad_input(emb, capsys):
    assert main([*COMMAND, "--checkpoint", "m.emb/labels.json"]) == 2
    assert "must be a file that --checkpoint wrote" in capsys.readouterr()[1]


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [
        ("256", 2**28),
        ("512MB", 512 * 10**6),
        ("1GiB", 2**30),
        ("1.5 gib", 3 * 2**29),
        ("2kB", 2000),
    ],
)
def test_sizes(text, n_bytes):
    from hrgeom.cli._options import size

    assert size(text) == n_bytes


@pytest.mark.parametrize("text", ["", "0", "-1", "GB", "1XB", "1e3", "0.0000000001KB", "nan"])
def test_what_is_no_size_is_refused(text, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["certify", "x.emb", f"--memory={text}"])
    assert exit_.value.code == 2
    assert "must be a size such as 512MB or 1GiB" in capsys.readouterr()[1]
