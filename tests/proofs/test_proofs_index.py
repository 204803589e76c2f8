"""The index page of the proofs lists exactly the proofs there are."""

import pytest
from hrgeom.proofs import kit
from hrgeom.proofs.__main__ import main, table
from hrgeom.proofs._page import NUMBERS, anchor, statements_page
from places import DOCS, ROOT

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


def test_page_of_statements_is_what_the_proofs_say():
    page = (DOCS / "theory" / "statements.md").read_text(encoding="utf-8")
    assert page.rstrip("\n") == statements_page(), "write it with `python -m proofs --page`"
    assert set(NUMBERS) == set(kit.names())


def test_statements_link_to_what_there_is():
    for name, (page, code) in NUMBERS.items():
        assert (DOCS / "theory" / f"{page}.md").is_file()
        assert (ROOT / code).is_file()
        text = (DOCS / "theory" / f"{page}.md").read_text(encoding="utf-8")
        assert f"statements.md#{anchor(name)}" in text, f"{page}.md must cite {anchor(name)}"


def test_labels_are_counted(capsys):
    assert main(["interval-cover", "rainbow"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert {"1 machine-checked", "1 proof on paper, formulas checked"} <= set(lines)
    assert "1 cited" in lines
    assert any(line.endswith("(used by rainbow)") for line in lines)
    assert {"0 observed"} <= set(lines)
    assert lines[-1] == "all hold"


def test_steps_are_printed_with_what_they_cover(capsys):
    assert main(["perfect-tree-blocks", "--steps"]) == 0
    out = capsys.readouterr().out
    assert "for some sizes only)" in out
    assert "[chains of 4 levels only]" in out


def test_an_unknown_proof_is_refused(capsys):
    assert main(["no-such-proof"]) == 2
    assert "got 'no-such-proof'" in capsys.readouterr().err
