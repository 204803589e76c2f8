"""The page of text that is in no hierarchy: its commands and its Python are run."""

import re
import shlex
from importlib.util import find_spec

import pytest
from places import DOCS

from hrgeom.cli import main

PAGE = (DOCS / "guide" / "unseen-text.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ hrgeom (.+)$", PAGE, re.M)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the file of new texts that the page shows."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new.csv").write_text(
        re.search(r"```{file} new.csv\n(id,text\n.*?)```", PAGE, re.S)[1]
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.skipif(find_spec("wordllama") is None, reason="needs the extra `text`")
def test_commands_and_python_are_run(here, capsys):
    printed = ""
    for command in COMMANDS:
        status = main([*shlex.split(command), "--quiet"])
        assert status in ((0, 3) if "--min-expected" in command else (0,)), command
        printed += capsys.readouterr().out
    shown = "".join(re.findall(r"```text\n(.*?)```", PAGE, re.S)).splitlines()
    places = [line.partition(" (expected")[0] for line in shown if "': below " in line]
    sure = [place for place in places if "tax" not in place]
    assert len(sure) == len(places) - 1 == 2
    assert all(f"{place} (expected" in printed for place in sure)
    assert "placental.n.01 or a node under it, with probability 80% or more" in printed
    # Both commands with a file of texts print the places, with --out as well.
    placed = [line.split("\t")[1] for line in shown if line.count("\t") == 3]
    assert re.findall(r"^\d\t(\S+)\t", printed, re.M) == 2 * placed
    assert re.search(r"^locator +-|^locator +\d", printed, re.M)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    exec(code, {})
    assert capsys.readouterr().out.startswith("whale.n.02 ")
    assert (here / "new.npz").is_file()


def test_commands_are_told_apart():
    forms = [shlex.split(command)[:2] for command in COMMANDS if command.startswith("locate")]
    assert {form[1] for form in forms} == {"fit", "evaluate", "mammals.emb"}


def test_the_page_is_where_it_is_looked_for():
    assert "guide/unseen-text" in (DOCS / "index.md").read_text(encoding="utf-8")
    assert "guide/unseen-text.md" in (DOCS / "faq.md").read_text(encoding="utf-8")
    assert "guide/unseen-text.html" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
