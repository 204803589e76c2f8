"""The page of engines: every command on it is run, and every query on it is the one written."""

import importlib
import re
import shlex

import pytest
from places import DOCS

from hrgeom.cli import main
from hrgeom.export import export_targets

PAGE = (DOCS / "guide" / "databases.md").read_text(encoding="utf-8")
TARGETS = {entry.name: entry for entry in export_targets()}
CONSTRUCT, *EXPORTS = dict.fromkeys(re.findall(r"^\$ hrgeom (.+)$", PAGE, re.M))
QUERIES = re.findall(r"--to ([\w-]+) [^`]*```\n\n```(?:postgresql|python)\n(.+?)\n```", PAGE, re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the embedding of the page."""
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main([*shlex.split(CONSTRUCT), "--quiet"]) == 0
    return folder


def name_of(command):
    return shlex.split(command)[shlex.split(command).index("--to") + 1]


def test_every_engine_that_runs_here_has_its_command():
    asked = {name_of(command) for command in EXPORTS}
    assert {entry.name for entry in TARGETS.values() if entry.open or entry.verify} <= asked
    for name, entry in TARGETS.items():
        assert f"`{name}`" in PAGE, name
        assert entry.verify or name in ("csv", "parquet") or entry.units.name in PAGE


@pytest.mark.parametrize("command", EXPORTS, ids=name_of)
def test_commands_are_run(command, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    name = name_of(command)
    if name in TARGETS and TARGETS[name].missing:
        pytest.skip(f"needs {', '.join(TARGETS[name].missing)}")
    if name == "safetensors":
        pytest.importorskip("safetensors", reason="needs the extra `models`")
    few = ["--sample", "20"] if name in TARGETS else []
    assert main([*shlex.split(command), *few, "--force"]) == 0
    printed = capsys.readouterr().out
    shown = [lines for target, lines in QUERIES if target == name]
    for line in (line for lines in shown for line in lines.splitlines()):
        assert line.strip() in printed, line


def test_every_engine_with_a_section_shows_its_query():
    shown = {name for name, _ in QUERIES}
    exact = {name for name, entry in TARGETS.items() if entry.open and entry.is_exact}
    assert shown == exact - {"csv", "parquet"}


def test_tables_of_indexes_are_those_of_the_results(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "examples"))
    tables = importlib.import_module("index_tables")
    rows = tables.read("approximate_indexes")["rows"]
    lines = PAGE.splitlines()
    for table in tables.TABLES:
        wanted = list(table(rows))
        assert wanted, table.__name__
        start = lines.index(wanted[0])
        assert lines[start : start + len(wanted)] == wanted, table.__name__
        assert not lines[start + len(wanted)], table.__name__
    for fact in tables.facts(rows):
        assert fact in re.sub(r"\s+", " ", PAGE), fact
