"""Imports keep to the plan of the house; every rule is shown to fail on a planted package."""

import floors
import pytest
from import_graph import HERE, TARGETS, Tree, components, plan

FLOOR_OF = {room: n for n, (rooms, _) in enumerate(floors.FLOORS) for room in rooms}


def room_of(tree, module):
    return module.removeprefix(tree.package).lstrip(".").partition(".")[0] or "__init__"


def unplaced(tree, floor_of, doors):
    """Rooms that are in no row of the table, and rows without a room."""
    rooms = {room_of(tree, module) for module in tree.files}
    return sorted(rooms ^ (floor_of.keys() | set(doors)))


def upward(tree, floor_of, doors):
    """Imports of a room that is as high or higher; of a door; of the command line by a door."""
    return [
        found
        for found in tree.imports
        if (a := room_of(tree, found.source)) != (b := room_of(tree, found.target))
        and not _points_down(a, b, floor_of, doors)
    ]


def _points_down(a, b, floor_of, doors):
    if a in doors:
        return b not in doors and (a == "__main__") == (b == "cli")
    return b not in doors and floor_of[b] < floor_of[a]


def circles(tree):
    """Sets of modules that import each other when they are loaded."""
    arrows = {(i.source, i.target) for i in tree.imports if i.where == "module"}
    return [part for part in components(sorted(tree.files), arrows) if len(part) > 1]


def trespasses(tree):
    """Imports of a module `_x` from outside the package that it stands in, by path."""
    return [
        found
        for found in tree.imports
        if room_of(tree, found.target) not in floors.OPEN
        and any(
            part.startswith("_") and not _stands_in(tree, found.source, package)
            for package, part in _private_parts(found.target)
        )
    ]


def _private_parts(module):
    """The (package, name) of every part of a dotted path below the top."""
    parts = module.split(".")
    return [(".".join(parts[:k]), parts[k]) for k in range(1, len(parts))]


def _stands_in(tree, module, package):
    home = module if module in tree.packages else module.rpartition(".")[0]
    return home == package or home.startswith(f"{package}.")


def hidden(tree, floor_of, late):
    """Imports inside functions that nothing excuses: not listed, or listed and not there."""
    there = {(i.source, i.target) for i in tree.imports if i.where == "function"}
    wrong = there ^ late.keys()
    for source, target in there & late.keys():
        a, b = room_of(tree, source), room_of(tree, target)
        if a != b and floor_of[b] >= floor_of[a]:
            wrong.add((source, target))
    return sorted(wrong)


@pytest.fixture(scope="module")
def whole():
    """The whole package; reading it takes seconds, so not where tests are only collected."""
    return Tree(HERE)


def test_every_room_has_a_floor(whole):
    assert unplaced(whole, FLOOR_OF, floors.DOORS) == []


def test_imports_point_down(whole):
    assert upward(whole, FLOOR_OF, floors.DOORS) == []


def test_no_modules_import_each_other(whole):
    assert circles(whole) == []


def test_rooms_do_not_reach_each_other_through_functions_or_types_either(whole):
    found = plan(whole)
    assert found.circles == []


def test_private_modules_are_imported_from_their_own_package_alone(whole):
    assert trespasses(whole) == []


def test_an_import_inside_a_function_is_listed_with_its_reason(whole):
    assert hidden(whole, FLOOR_OF, floors.LATE) == []
    assert all(len(reason) > 10 for reason in floors.LATE.values())


def test_the_house_stays_as_small_as_was_meant(whole):
    found = plan(whole)
    assert len(found.rooms) <= TARGETS["rooms"]
    assert max(found.floors().values()) <= TARGETS["floors"]
    assert len(found.arrows) <= TARGETS["arrows"]


def test_the_page_shows_the_table():
    assert floors.on_page() == floors.table(), "write it anew: python tests/floors.py"


# A small house with two floors, and the rules broken one at a time.
SMALL = {"floor_of": {"low": 0, "high": 1}, "doors": {"__init__": ""}}
SOUND = {
    "__init__.py": "",
    "low/__init__.py": "from hrgeom.low._a import f\n",
    "low/_a.py": "f = 1\n",
    "high/__init__.py": "from hrgeom.high._b import g\n",
    "high/_b.py": "from hrgeom.low import f\ng = f\n",
}


def write(folder, name, text):
    path = folder / "hrgeom" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def house(tmp_path):
    """Build the small house with some modules replaced."""

    def house(changes=()):
        for name, text in {**SOUND, **dict(changes)}.items():
            write(tmp_path, name, text)
        return Tree(tmp_path)

    return house


def ends(found):
    return [(i.source, i.target) for i in found]


def test_a_sound_house_breaks_no_rule(house):
    tree = house()
    assert unplaced(tree, **SMALL) == upward(tree, **SMALL) == circles(tree) == []
    assert trespasses(tree) == hidden(tree, SMALL["floor_of"], {}) == []


def test_a_room_without_a_floor_is_noticed(house):
    assert unplaced(house(), {**SMALL["floor_of"], "gone": 2}, SMALL["doors"]) == ["gone"]
    assert unplaced(house({"new.py": ""}), **SMALL) == ["new"]


@pytest.mark.parametrize(
    "line",
    [
        "from hrgeom.high import g",
        "import hrgeom.high",
        "from ..high import g",
        "def f():\n    from hrgeom.high import g",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from hrgeom.high import g",
        "import importlib\ndef f():\n    return importlib.import_module('hrgeom.high')",
    ],
)
def test_an_upward_import_is_noticed(house, line):
    tree = house({"low/_a.py": f"{line}\nf = 1\n"})
    assert ends(upward(tree, **SMALL)) == [("hrgeom.low._a", "hrgeom.high")]


def test_an_import_of_the_own_floor_is_noticed(house):
    tree = house({"wide.py": "import hrgeom.high\n"})
    same = {**SMALL["floor_of"], "wide": 1}
    assert ends(upward(tree, same, SMALL["doors"])) == [("hrgeom.wide", "hrgeom.high")]


def test_an_import_of_the_face_is_noticed(house):
    tree = house(
        {"__init__.py": "from hrgeom.low import f\n", "high/_b.py": "from hrgeom import f\n"}
    )
    assert ends(upward(tree, **SMALL)) == [("hrgeom.high._b", "hrgeom")]


def test_a_circle_inside_a_package_is_noticed(house):
    tree = house({"low/_a.py": "from hrgeom.low import _c\n", "low/_c.py": "from ._a import f\n"})
    assert circles(tree) == [["hrgeom.low._a", "hrgeom.low._c"]]
    tree = house({"low/_a.py": "from hrgeom.low import f\n", "low/_c.py": ""})
    assert circles(tree) == [["hrgeom.low", "hrgeom.low._a"]]


def test_a_private_module_of_another_package_is_noticed(house):
    tree = house({"high/_b.py": "from hrgeom.low._a import f\n"})
    assert ends(trespasses(tree)) == [("hrgeom.high._b", "hrgeom.low._a")]
    tree = house({"high/_b.py": "from hrgeom.low import _a\n"})
    assert ends(trespasses(tree)) == [("hrgeom.high._b", "hrgeom.low._a")]
    tree = house({"high/_b.py": "", "high/part/__init__.py": "from hrgeom.high import _b\n"})
    assert trespasses(tree) == []  # of an enclosing package
    tree = house({"high/__init__.py": "from hrgeom.high.part._d import d\n", "high/part/_d.py": ""})
    assert ends(trespasses(tree)) == [("hrgeom.high", "hrgeom.high.part._d")]


def test_an_import_hidden_in_a_function_is_noticed(house):
    tree = house({"high/_b.py": "def g():\n    from hrgeom.low import f\n"})
    pair = ("hrgeom.high._b", "hrgeom.low")
    assert hidden(tree, SMALL["floor_of"], {}) == [pair]
    assert hidden(tree, SMALL["floor_of"], {pair: "weight"}) == []
    assert hidden(tree, {"low": 1, "high": 1}, {pair: "weight"}) == [pair]
    stale = ("hrgeom.high", "hrgeom.low")
    assert hidden(tree, SMALL["floor_of"], {pair: "weight", stale: "was"}) == [stale]
