"""The page of text and hierarchy: its cells are run, and its commands."""

import re
import shlex

import numpy as np
import pytest
from places import DOCS

import hrgeom
from hrgeom.cli import main

PAGE = (DOCS / "guide" / "text-and-hierarchy.md").read_text(encoding="utf-8")
CELLS = re.findall(r"```\{code-cell\} ipython3\n(?!---)(.*?)```", PAGE, re.S)
COMMANDS = re.findall(r"^\$ hrgeom (.+)$", PAGE, re.M)


def test_cells_retrieve_the_category_in_the_order_of_the_text(capsys):
    names = {}
    for cell in CELLS:
        exec(cell, names)
    printed = capsys.readouterr().out
    assert "HOLDS" in printed
    ranked = [line.split(maxsplit=2) for line in printed.splitlines() if line[:2] in ("+1", "-0")]
    assert [side for _, side, _ in ranked] == 5 * ["retrieved"] + 2 * ["not"]
    assert ranked[0][2].strip() == "Running shoes with spikes for ice"
    assert ranked[5][2].strip() == "Wool hat for ice and snow"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with text vectors for the mammals, in their order."""
    monkeypatch.chdir(tmp_path)
    n = hrgeom.read_hierarchy("wordnet-mammals").n_nodes
    rng = np.random.default_rng(0)
    np.savez("text.npz", queries=rng.standard_normal((n, 8)), documents=rng.random((n, 8)))


@pytest.mark.usefixtures("here")
def test_commands_are_run():
    assert [shlex.split(command)[0] for command in COMMANDS][1:3] == ["combine", "combine"]
    for command in COMMANDS:
        assert main([*shlex.split(command), "--quiet"]) == 0, command
    both = hrgeom.load("both.emb")
    assert both.parameters["weight"] == 0.25
    assert hrgeom.certify(both, hrgeom.read_hierarchy("wordnet-mammals")).holds
