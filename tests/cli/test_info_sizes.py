"""What `hrgeom info` prints of hierarchies with long lists, and in what time."""

import json

import numpy as np
import pytest

from hrgeom.cli import _info, main
from hrgeom.core import Hierarchy


@pytest.fixture
def told(tmp_path, capsys):
    """Print a hierarchy given by its edges, as text and as JSON."""

    def told(edges):
        path = tmp_path / "x.tsv"
        path.write_text("".join(f"{child}\t{parent}\n" for child, parent in edges))
        assert main(["info", "--tree", str(path)]) == 0
        text = capsys.readouterr().out
        assert main(["info", "--tree", str(path), "--json"]) == 0
        return text, json.loads(capsys.readouterr().out)

    return told


def test_a_chain_is_told_in_short_lines(told):
    text, data = told([(f"n{i + 1}", f"n{i}") for i in range(2000)])
    assert max(map(len, text.splitlines())) < 300
    assert "... 1 (at distances 0 to 2,000)" in text
    assert data["pairs_by_distance"] == list(range(2001, 0, -1))
    assert f"certifying all {2001**2:,} pairs takes about " in text
    assert data["certification"]["n_pairs"] == 2001**2
    assert data["certification"]["seconds"] > 0


def test_a_node_with_many_parents(told):
    text, data = told([("everything", f"pkg{i}") for i in range(3000)])
    assert data["n_crossing_pairs"] == 3000 * 2999 // 2
    assert data["n_laminar_classes"] == data["n_laminar_classes_lower_bound"] == 3000
    assert "laminar classes 3,000 (at least 3,000) by a short search" in text


def test_distances_of_forests_are_those_of_the_closure():
    rng = np.random.default_rng(0)
    edges = [(i, int(rng.integers(i))) for i in range(1, 200) if i % 17]
    h = Hierarchy([str(i) for i in range(200)], edges)
    np.testing.assert_array_equal(_info._pairs_by_distance(h), np.bincount(h.distances))


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.00123, "0.0012 s"), (59.6, "60 s"), (300, "5 min"), (9000, "2 h")]
)
def test_times_in_words(seconds, words):
    assert _info._time(seconds) == words
