"""Commands and cells of the page on reports are run."""

import re
import shlex

import pytest
from places import DOCS

from hrgeom.cli import main

PAGE = (DOCS / "guide" / "report.md").read_text(encoding="utf-8")


def test_commands_are_run(tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^\$ hrgeom (.+)$", PAGE, re.M)
    assert len(commands) == 6
    for command in commands:
        fails = "gaussian" in command
        assert main([*shlex.split(command), "--quiet"]) == int(fails), command
    assert (tmp_path / "mammals.html").stat().st_size < 2**20
    assert "Every one of 1,182 queries retrieves exactly its ancestors." in capsys.readouterr().out


def test_cells_are_run(monkeypatch):
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    names = {}
    for cell in re.findall(r"```python\n(.*?)```", PAGE, re.S):
        exec(cell, names)
    assert "Every one of 1,182 queries" in names["text"]
