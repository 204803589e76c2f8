"""Entry points of other distributions: real ones, installed into a folder on the path."""

import sys
from collections.abc import Callable

import pytest

from hrgeom._base.plugins import clear_plugins, plugin_entries, with_plugins
from hrgeom.errors import HrgeomError, PluginWarning

GROUP = "hrgeom.test-group"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution with one module and its entry points; forgotten after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    modules = []

    def install(name: str, source: str, **points: str) -> None:
        module = f"{name}_plugin"
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"{point} = {module}{attribute}" for point, attribute in points.items()]
        (info / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]) + "\n")
        modules.append(module)
        clear_plugins()

    yield install
    clear_plugins()
    for module in modules:
        sys.modules.pop(module, None)


Install = Callable[..., None]


def test_instances_and_iterables_are_entries(install: Install):
    install("zeta", "ONE = 'z'", one=":ONE")
    install(
        "acme", "ONE = 'a'\ndef some():\n    yield from 'bc'\nMANY = some()", b=":MANY", a=":ONE"
    )
    assert plugin_entries(GROUP, str) == ("a", "b", "c", "z")
    assert plugin_entries(GROUP, str) == ("a", "b", "c", "z")  # kept: the generator is spent


def test_built_in_entries_come_first(install: Install):
    install("acme", "ONE = 'a'", one=":ONE")
    assert with_plugins(("z", "y"), GROUP, str, key=str) == ("z", "y", "a")


@pytest.mark.parametrize(
    ("source", "attribute", "message"),
    [
        ("raise OSError('no such disk')", ":ONE", "OSError: no such disk"),
        ("", ":ONE", "AttributeError"),
        ("ONE = 3", ":ONE", "it must be a str or an iterable of them: got int"),
        ("ONE = ['a', 3]", ":ONE", "got one that holds int"),
    ],
)
def test_a_broken_plugin_is_named_and_left_out(install: Install, source, attribute, message):
    install("acme", source, one=attribute)
    install("good", "ONE = 'fine'", one=":ONE")
    with pytest.warns(PluginWarning) as caught:
        assert plugin_entries(GROUP, str) == ("fine",)
    assert len(caught) == 1
    text = str(caught[0].message)
    assert "entry point 'one' of distribution acme 1.0 is ignored" in text
    assert message in text
    assert plugin_entries(GROUP, str) == ("fine",)  # one warning, not one per call


def test_a_missing_module_is_a_broken_plugin(install: Install):
    install("acme", "import not_installed_anywhere\nONE = 'a'", one=":ONE")
    with pytest.warns(PluginWarning, match="not_installed_anywhere"):
        assert plugin_entries(GROUP, str) == ()


def test_a_clash_names_both_sides(install: Install):
    install("acme", "ONE = 'a'", one=":ONE")
    install("other", "ONE = 'a'", two=":ONE")
    with pytest.raises(HrgeomError) as clash:
        with_plugins(("b",), GROUP, str, key=str)
    assert "'a' is defined by entry point 'one' of distribution acme 1.0 and again by" in str(
        clash.value
    )
    assert "entry point 'two' of distribution other 1.0" in str(clash.value)
    with pytest.raises(HrgeomError, match="'a' is defined by hrgeom and again by entry point"):
        with_plugins(("a",), GROUP, str, key=str)
