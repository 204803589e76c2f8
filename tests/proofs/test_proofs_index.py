"""The index page of the proofs lists exactly the proofs there are."""

import pytest
from hrgeom.proofs import kit
from hrgeom.proofs.__main__ import main, table
from places import ROOT

README = ROOT / "proofs" / "README.md"


def test_index_lists_all_proofs_with_their_titles_and_statuses():
    page = README.read_text(encoding="utf-8").splitlines()
    listed = page[page.index(table()[0]) :]
    assert listed == table(), "replace the table by what `python -m proofs --table` prints"


def test_table_is_printed(capsys):
    assert main(["--table"]) == 0
    assert capsys.readouterr().out.splitlines() == table()


@pytest.mark.parametrize("name", kit.names())
def test_titles_fit_a_table(name):
    title = kit.load(name).title
    assert title
    assert not set(title) & set("|\n")
