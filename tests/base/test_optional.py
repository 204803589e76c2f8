"""What refusals tell to install can be installed today."""

import re
import sys
import tomllib

import pytest
from places import ROOT

from hrgeom._base.optional import imported, pip_install
from hrgeom.errors import HrgeomError

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_an_extra_comes_from_where_the_project_says_its_source_is():
    said = pip_install("'hrgeom[plots]'")
    assert f"'hrgeom[plots] @ git+{PROJECT['urls']['Source']}'" in said
    assert said.endswith("(in a clone: '.[plots]')")


def test_the_page_on_installing_says_the_same():
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert pip_install("'hrgeom[models,plots]'").partition(" (in")[0] in page


def test_other_packages_are_named_as_they_are():
    assert pip_install("'sentence-transformers>=6'") == "pip install 'sentence-transformers>=6'"


def test_a_missing_package_is_refused_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "shtab", None)
    with pytest.raises(HrgeomError, match=r"it with pip install 'hrgeom\[completion\] @ git\+"):
        imported("shtab", "this", "'hrgeom[completion]'")


def test_every_extra_that_the_code_names_exists_and_is_told_by_the_helper():
    for file in sorted((ROOT / "hrgeom").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for extra in re.findall(r"'hrgeom\[(\w+)\]'", text):
            assert extra in PROJECT["optional-dependencies"], (file, extra)
        # a command that is written out would not say where hrgeom is to be had
        if file.name != "optional.py":
            assert "pip install 'hrgeom" not in text, file
