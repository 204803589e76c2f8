"""The line of progress: pairs done, pairs per second, and the time left."""

import io
import re
import time
from argparse import Namespace

import pytest
import tqdm

from hrgeom.cli._output import progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """A terminal on which every step is shown at once."""
    real, terminal = tqdm.tqdm, Terminal()

    def eager(**options):
        shown = {"file": terminal, "delay": 0, "mininterval": 0, "miniters": 1}
        return real(**{**options, **shown})

    monkeypatch.setattr(tqdm, "tqdm", eager)
    return terminal


def test_pairs_and_the_time_left_are_shown(terminal):
    with progress_bar(Namespace(quiet=False), "certifying", 1000) as show:
        show(0, 4000)
        time.sleep(0.05)
        show(1000, 4000)
        time.sleep(0.05)
        show(2000, 4000)
    shown = re.sub(r"\s+", " ", terminal.getvalue())
    assert re.search(r"certifying: 50%.* 2\.00M/4\.00M \[00:00<00:00, [\d.]+[kMG] pairs/s\]", shown)


def test_what_earlier_runs_did_is_no_speed_of_this_one(terminal):
    with progress_bar(Namespace(quiet=False), "certifying", 10) as show:
        show(9_000_000, 10_000_000)
        time.sleep(0.1)
        show(9_000_001, 10_000_000)
    last = [line for line in terminal.getvalue().split("\r") if line.strip()][-1]
    found = re.search(r"([\d.]+)(k?) ?pairs/s", last)
    assert found is not None, last
    assert float(found[1]) * (1000 if found[2] else 1) <= 100


def test_quiet_and_other_commands(terminal):
    with progress_bar(Namespace(quiet=True), "certifying", 10) as show:
        show(1, 2)
    assert terminal.getvalue() == ""
    with progress_bar(Namespace(quiet=False), "rechecking") as show:
        show(1, 2)
    assert "queries" in terminal.getvalue()
