"""The public names: what packages offer, what the page lists, and that they can be told apart."""

import importlib
import inspect
import subprocess
import sys

import api_page
import pytest

import hrgeom

PACKAGES = api_page.public_packages()
AGAIN = "write docs/api.md anew: python tests/api_page.py"


def without_extra(package):
    return api_page.NEEDS.get(package, (set(), ""))[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_names_of_a_package_are_there(package):
    module = importlib.import_module(package)
    assert len(set(module.__all__)) == len(module.__all__)
    missing = [n for n in module.__all__ if n not in without_extra(package) and not has(module, n)]
    assert missing == []
    assert module.__doc__


def has(module, name):
    return getattr(module, name, None) is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_the_page_lists_what_the_package_offers(package):
    names = dict(api_page.listed(api_page.PAGE.read_text(encoding="utf-8")))
    assert names.get(package) == set(importlib.import_module(package).__all__), AGAIN


def test_the_page_is_what_the_script_writes():
    assert api_page.PAGE.read_text(encoding="utf-8") == api_page.page(), AGAIN


def test_a_name_too_many_or_too_few_on_the_page_is_noticed():
    text = "## hrgeom.a\n\nA.\n\n   one\n   two\n\nOffered here too: {py:obj}`hrgeom.b.three`.\n"
    assert dict(api_page.listed(text)) == {"hrgeom.a": {"one", "two", "three"}}
    assert dict(api_page.listed(f"{text}\n- `FOUR`: 4\n- `FIVE`: `1`, `2`\n## hrgeom.b\n")) == {
        "hrgeom.a": {"one", "two", "three", "FOUR", "FIVE"},
        "hrgeom.b": set(),
    }


def shadowed(packages):
    """Names that stand for a module and for something else that its package offers."""
    return [
        f"{package}.{name}"
        for package in packages
        for name in importlib.import_module(package).__all__
        if f"{package}.{name}" in sys.modules
        and not inspect.ismodule(getattr(importlib.import_module(package), name))
    ]


def test_no_function_hides_a_module():
    assert shadowed(PACKAGES) == []


def test_a_function_that_hides_a_module_is_noticed(monkeypatch):
    monkeypatch.setitem(sys.modules, "hrgeom.descent.polish", object())
    assert shadowed(PACKAGES) == ["hrgeom.descent.polish"]


def test_no_package_is_called_like_a_function_that_it_holds():
    same = {p for p in PACKAGES if p.rpartition(".")[2] in importlib.import_module(p).__all__}
    assert same == set()


def test_top_level_packages_are_offered_by_name():
    top = {p.removeprefix("hrgeom.") for p in PACKAGES if p.count(".") == 1}
    assert top == set(hrgeom._SUBMODULES)
    assert top | set(hrgeom.__all__) <= set(dir(hrgeom))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        hrgeom.nothing  # noqa: B018


def test_packages_are_loaded_when_they_are_asked_for():
    program = (
        "import sys, hrgeom\n"
        "assert 'hrgeom.bounds' not in sys.modules\n"
        "assert 'hrgeom.constructions' not in sys.modules\n"
        "assert hrgeom.bounds.THEOREMS and hrgeom.construct is hrgeom.constructions.construct\n"
        "assert 'construct' in vars(hrgeom)\n"
        "from hrgeom import *\n"
        "assert construct and ConstructionResult and recall_by_distance"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", hrgeom._ELSEWHERE)
def test_names_that_lie_elsewhere_are_pointed_out(name):
    place = hrgeom._ELSEWHERE[name]
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'; it is hrgeom.{place}$"):
        getattr(hrgeom, name)
    package, _, attribute = place.rpartition(".")
    assert attribute in importlib.import_module(f"hrgeom.{package}").__all__
    assert not hasattr(hrgeom, "no_such_name")
