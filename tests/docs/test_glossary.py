"""The page of words is the glossary of the command, and names pages and headings that exist."""

import re

import glossary_page
from places import DOCS

TEXT = glossary_page.PAGE.read_text(encoding="utf-8")


def test_the_page_is_the_glossary():
    assert glossary_page.page() == TEXT, "write it anew: python tests/glossary_page.py"


def test_its_links_lead_somewhere():
    links = re.findall(r"\]\(([\w/.-]+)\)", TEXT)
    assert len(links) > 40
    for link in links:
        assert (DOCS / link).is_file(), link


def test_it_is_found():
    assert "\nglossary\n" in (DOCS / "index.md").read_text(encoding="utf-8")
    assert "](glossary.md)" in (DOCS / "notation.md").read_text(encoding="utf-8")
