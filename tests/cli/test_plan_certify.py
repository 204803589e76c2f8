"""`hrgeom plan --certify`: what a certificate of a given size takes, and where."""

import json

import pytest

from hrgeom.checker import bytes_needed, gpu_rate, seconds_per_pair
from hrgeom.cli import _plan_certify, main


@pytest.fixture
def rates(monkeypatch):
    """A machine of ten million pairs a second."""
    monkeypatch.setattr(_plan_certify, "seconds_per_pair", lambda dim, dtype: 1e-7)
    monkeypatch.setattr(_plan_certify, "default_threads", lambda: 4)


def rows_of(capsys, *argv):
    assert main(["plan", "--certify", "--json", *argv]) == 0
    return json.loads(capsys.readouterr().out)["rows"]


def test_time_and_price_are_in_proportion(rates, capsys):
    rows = rows_of(
        capsys,
        *("--documents", "1e6", "--queries", "1e5", "--cores", "8", "--machines", "5"),
        *("--gpus", "2", "--price-per-hour", "3", "--gpu-price-per-hour", "4"),
    )
    seconds = {row["where"]: row["seconds"] for row in rows}
    assert seconds == pytest.approx(
        {
            "1 core": 1e4,
            "8 cores": 1e4 / 8,
            "5 machines of 8 cores": 1e4 / 40,
            "1 NVIDIA H100": 0.065,
            "2 NVIDIA H100": 0.0325,
        }
    )
    price = {row["where"]: row["price"] for row in rows}
    assert price["1 core"] is None
    assert price["8 cores"] == pytest.approx(3 * 1e4 / 8 / 3600)
    assert price["5 machines of 8 cores"] == pytest.approx(price["8 cores"])
    assert price["2 NVIDIA H100"] == pytest.approx(4 * 0.065 / 3600)
    assert {row["bytes"] for row in rows} == {bytes_needed(10**5, 10**6, 64, 4)}


def test_from_a_million_to_a_billion_unless_said_otherwise(rates, capsys):
    rows = rows_of(capsys, "--dim", "32", "--dtype", "int8")
    assert sorted({row["n_documents"] for row in rows}) == [10**6, 10**7, 10**8, 10**9]
    assert all(row["n_queries"] == row["n_documents"] for row in rows)
    assert [row["where"] for row in rows[:3]] == ["1 core", "4 cores", "1 NVIDIA H100"]
    assert rows[2]["seconds"] == pytest.approx(0.62)
    assert main(["plan", "--certify", "--documents", "1e9"]) == 0
    out = capsys.readouterr().out
    assert "7.52 days" in out
    assert "measured by a prototype" in out


def test_rates_of_gpus_between_and_beyond_what_was_measured():
    assert gpu_rate(64).seconds_per_pair == pytest.approx(0.65e-12)
    assert gpu_rate(96).seconds_per_pair == pytest.approx(0.675e-12)
    assert gpu_rate(3) == gpu_rate(32)
    last = gpu_rate(256).seconds_per_pair
    assert last == pytest.approx(0.068 / 250_000**2)
    assert gpu_rate(512).seconds_per_pair == pytest.approx(2 * last)


def test_more_dimensions_take_longer_here():
    assert seconds_per_pair(256, "float32") > seconds_per_pair(8, "float32") > 0


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--tree", "wordnet"], "--certify must come with --documents: got --tree or --qrels"),
        (["--documents", "1.5"], "must be a whole number from 1 to 1e15"),
        (["--documents", "0"], "must be a whole number from 1 to 1e15"),
        (["--price-per-hour", "-1"], "must be a finite price of at least 0"),
    ],
)
def test_what_makes_no_sense_is_refused(argv, message, capsys):
    try:
        status = main(["plan", "--certify", *argv])
    except SystemExit as exit_:
        status = exit_.code
    assert status == 2
    assert message in capsys.readouterr().err


def test_options_of_a_certificate_need_certify(capsys):
    assert main(["plan", "--documents", "1e6"]) == 2
