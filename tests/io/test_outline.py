"""Indented outlines and what the program tree prints."""

import pytest
from same_hierarchy import assert_same, codes

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._outline import OUTLINE, hierarchy_from_outline, outline_of_hierarchy

NAMES = {name: name for name in ("animal", "dog, small", "puppy", "cat", "plant")}
PARENTS = {"dog, small": ["animal"], "puppy": ["dog, small"], "cat": ["animal"]}


@pytest.mark.parametrize(
    "text",
    [
        "animal\n  dog, small\n    puppy\n  cat\nplant\n",
        "animal\n\tdog, small\n\t\tpuppy\n\tcat\n\nplant",
        "- animal\n  - dog, small\n    - puppy\n  - cat\n- plant\n",
        "animal\r\n    dog, small\r\n       puppy\r\n    cat\r\nplant\r\n",
        "  animal\n    * dog, small\n      * puppy\n    * cat\n  plant\n",
        "animal\n├── dog, small\n│   └── puppy\n└── cat\nplant\n",
        "animal\n|-- dog, small\n|   `-- puppy\n`-- cat\nplant\n\n3 directories, 2 files\n",
        "animal\n+---dog, small\n|   \\---puppy\n\\---cat\nplant\n",
        "animal\n├── dog, small\n│\xa0\xa0 └── puppy\n└── cat\nplant\n",
    ],
)
def test_variations_are_one_hierarchy(text):
    h = hierarchy_from_bytes(text.encode(), name="t")
    assert_same(h, NAMES, PARENTS)
    assert codes(h) == ({"summary": 1} if "directories" in text else {})


def test_repeated_names_make_paths():
    h = hierarchy_from_bytes(b"a\n  x\n    y\nb\n  x\n", name="t")
    assert_same(
        h,
        {"a": "a", "a > x": "x", "a > x > y": "y", "b": "b", "b > x": "x"},
        {"a > x": ["a"], "a > x > y": ["a > x"], "b > x": ["b"]},
    )
    assert codes(h) == {"repeated-names": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n    b\n  c\n", "must be that of a line above: got 2 at line 3"),
        ("a\n  b\n  b\n", "names below one parent must be distinct: got 'a > b' twice"),
    ],
)
def test_wrong_outlines_are_refused(text, message):
    with pytest.raises(FormatError, match=message):
        hierarchy_from_outline(text)


@pytest.mark.parametrize(
    "text",
    [
        "a\nb\n",
        "a\n  b\tc\n",
        "{\n  a\n}\n",
        "<a>\n  <b/>\n</a>\n",
        "int f() {\n  x;\n}\n",
        "a,b\nc,d\n",
    ],
)
def test_what_is_no_outline_is_not_claimed(text):
    assert OUTLINE.sniff(text) == 0


def test_writing():
    h = hierarchy_from_outline("a\n  x\n    y\nb\n  x\n")
    assert outline_of_hierarchy(h) == "a\n  x\n    y\nb\n  x\n"
    for wrong in (
        Hierarchy(["a", "b", "c"], [(0, 1), (0, 2)]),
        Hierarchy(["a", "b"], []),
        Hierarchy(["a ", "b"], [(0, 1)]),
        Hierarchy(["1", "2"], [(0, 1)], names=["a", "b"]),
    ):
        with pytest.raises(FormatError):
            outline_of_hierarchy(wrong)
