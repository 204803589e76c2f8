"""Pages and proofs name each other, and what a page names exists."""

import ast
import re

import pytest
from places import ROOT

PAGES = sorted((ROOT / "docs").rglob("*.md"))
PROOFS = sorted(path for path in (ROOT / "proofs").glob("[a-z]*.py") if path.stem != "kit")


def source(path):
    """The SOURCE of a proof, read without running it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "SOURCE":
            return ast.literal_eval(node.value)
    raise AssertionError(f"{path.name} has no SOURCE")


@pytest.mark.parametrize("proof", PROOFS, ids=lambda path: path.stem)
def test_a_proof_and_its_page_name_each_other(proof):
    pages = re.findall(r"docs/theory/[\w-]+\.md", source(proof))
    for page in pages:
        assert re.search(rf"\b{proof.name}`", (ROOT / page).read_text(encoding="utf-8")), page


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_files_that_a_page_names_exist(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:benchmarks|docs|hrgeom|proofs|tests)/[\w./-]*\w\.\w+)`", text):
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_citations_are_in_the_bibliography(page):
    known = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(), re.M))
    cited = re.findall(r"\{cite:t\}`([^`]+)`", page.read_text(encoding="utf-8"))
    assert set(cited) <= known


def test_every_entry_of_the_bibliography_is_cited():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    known = re.findall(r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(), re.M)
    assert [key for key in known if f"`{key}`" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_tables_that_a_cell_writes_are_rendered(page):
    """Without this line, of the page or the cell, a table is shown as text without a warning."""
    text = page.read_text(encoding="utf-8")
    if "import Markdown" in text:
        assert "markdown_format: myst" in text
