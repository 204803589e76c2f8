"""Lists of paths, with and without numbers."""

import pytest
from same_hierarchy import assert_same, codes

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import read_hierarchy
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._paths import hierarchy_from_paths, paths_of_hierarchy

TOP, LIVE = "Animals & Pet Supplies", "Animals & Pet Supplies > Live Animals"
DOGS, PARTY = f"{TOP} > Pet Supplies > Dog Supplies", "Arts & Entertainment > Party, Gifts"
BARE = "\n".join([TOP, LIVE, f"{TOP} > Pet Supplies", DOGS, "Arts & Entertainment", PARTY]) + "\n"
NAMES = {
    TOP: TOP,
    LIVE: "Live Animals",
    f"{TOP} > Pet Supplies": "Pet Supplies",
    DOGS: "Dog Supplies",
    "Arts & Entertainment": "Arts & Entertainment",
    PARTY: "Party, Gifts",
}
PARENTS = {
    LIVE: [TOP],
    f"{TOP} > Pet Supplies": [TOP],
    DOGS: [f"{TOP} > Pet Supplies"],
    PARTY: ["Arts & Entertainment"],
}
VERSION = "# Google_Product_Taxonomy_Version: 2021-09-21\n"


@pytest.mark.parametrize(
    "text",
    [
        BARE,
        VERSION + BARE,
        BARE.replace("\n", "\r\n"),
        BARE.replace(" > ", ">"),
        "".join(sorted(BARE.splitlines(keepends=True), reverse=True)),
        f"{LIVE}\n{DOGS}\n{PARTY}\n",
    ],
)
@pytest.mark.parametrize("name", ["t.txt", "t.csv", "t.tsv"])
def test_a_taxonomy_like_googles(tmp_path, text, name):
    (tmp_path / name).write_text(text, newline="")
    assert_same(read_hierarchy(tmp_path / name), NAMES, PARENTS)


@pytest.mark.parametrize("sign", [" » ", " → ", " › ", " :: ", "::"])
def test_other_arrows(sign):
    h = hierarchy_from_bytes(BARE.replace(" > ", sign).encode(), name="t")
    assert list(h.names) == list(NAMES.values())
    assert h.labels[1] == f"{TOP} {sign.strip()} Live Animals"


@pytest.mark.parametrize("between", [" - ", "\t"])
def test_numbers_in_front_are_labels(between):
    numbers = dict(zip(NAMES, ("1", "3237", "2", "5", "8", "5710"), strict=True))
    text = VERSION + "".join(f"{number}{between}{path}\n" for path, number in numbers.items())
    h = hierarchy_from_bytes(text.encode(), name="t")
    assert_same(
        h,
        {numbers[path]: name for path, name in NAMES.items()},
        {numbers[child]: [numbers[p] for p in parents] for child, parents in PARENTS.items()},
        dict(numbers),
    )
    assert codes(h) == {"comments": 1}
    assert h.find("Dog Supplies") == "5" == h.find(DOGS)


def test_a_dash_in_names_is_no_number():
    text = "Sports - Outdoor > Bikes\nSports - Outdoor\nSports - Indoor > Darts\nSports - Indoor\n"
    h = hierarchy_from_bytes(text.encode(), name="t")
    assert h.parents("Sports - Indoor > Darts") == ["Sports - Indoor"]


def test_folders():
    text = "./src\n./src/io\n./src/io/a b.py\n./docs\n"
    h = hierarchy_from_bytes(text.encode(), name="t")
    assert_same(
        h,
        {"src": "src", "src/io": "io", "src/io/a b.py": "a b.py", "docs": "docs"},
        {"src/io": ["src"], "src/io/a b.py": ["src/io"]},
    )


def test_what_is_implied_or_repeated_is_said():
    h = hierarchy_from_paths("a > b > c\na > b > c\na > b > d\n")
    assert codes(h) == {"repeated-lines": 1, "implied-nodes": 2}
    assert h.parents("a > b > d") == ["a > b"]


@pytest.mark.parametrize(
    "text",
    [
        "id,path,n\n1,a > b,2\n2,a,3\n",
        "dog,animal\ncat,animal/pet\n",
        ">seq1\nACGT\n>seq2\nAC\n",
        "a -> b\nc -> b\n",
        "<a> <b> <c> .\n",
        "http://x.org/a\nhttp://x.org/b\n",
        "dog\tanimal > pet\ncat\tanimal > pet\n",
        "plain\nwords\n",
    ],
)
def test_what_is_no_list_of_paths_is_not_claimed(text):
    from hrgeom.io.hierarchies._paths import PATHS

    assert PATHS.sniff(text) == 0


def test_an_empty_part_is_refused_with_its_line():
    with pytest.raises(FormatError, match="no part of a path must be empty: got one at line 2"):
        hierarchy_from_paths("a > b\na > > c\n")
    with pytest.raises(FormatError, match="lines must be paths"):
        hierarchy_from_paths("a\nb\n")


def test_writing():
    h = hierarchy_from_paths(BARE)
    assert paths_of_hierarchy(h) == BARE
    named = Hierarchy(["P1", "P2"], [(1, 0)], names=["a, b", "c - d"])
    assert paths_of_hierarchy(named) == "P1 - a, b\nP2 - a, b > c - d\n"
    for wrong in (
        Hierarchy(["a", "b", "c"], [(0, 1), (0, 2)]),
        Hierarchy(["a", "b"], []),
        Hierarchy(["a 1", "b 2"], [(0, 1)]),
        Hierarchy(["1", "2", "3"], [(1, 0), (2, 0)], names=["a", "b", "b"]),
        Hierarchy(["1", "2"], [(1, 0)], names=["a > b", "c"]),
    ):
        with pytest.raises(FormatError):
            paths_of_hierarchy(wrong)


FEEDS = {
    "arrows": 'sku,title,path\nA1,Bed,Pets > Dogs\nA2,"Toy, red",Pets > Cats\n',
    "quotes": 'sku,name,path\nA1,Bed,"Pets > Dogs, Large"\nA2,Toy,"Pets > Cats"\n',
    "a usual parent": "sku,title,category\nA1,Bed,Pets > Dogs\nA2,Toy,Pets > Cats\n",
    "slashes": "sku;categories\nA1;Default Category/Men\nA2;Default Category/Men/Tops\n",
    "tabs": "sku\ttitle\tbreadcrumbs\nA1\tBed\tPets » Dogs\nA2\tToy\tPets » Cats\n",
}


@pytest.mark.parametrize("text", FEEDS.values(), ids=FEEDS)
def test_a_table_with_paths_in_a_column_is_asked_about(text):
    """A row may be the category, or a thing in it: neither is guessed."""
    with pytest.raises(FormatError, match=r"paths in its column .* write a path per line"):
        hierarchy_from_bytes(text.encode(), name="feed.csv")


BESIDE = """id,name,parent_id,full_path
1,Pets,,Pets
2,Dogs,1,Pets > Dogs
3,Beds,2,Pets > Dogs > Beds
"""
AS_LABELS = """child,parent
Pets > Dogs,Pets
Pets > Dogs > Beds,Pets > Dogs
Pets > Dogs > Toys,Pets > Dogs
"""


@pytest.mark.parametrize(("text", "last"), [(BESIDE, "3"), (AS_LABELS, "Pets > Dogs > Toys")])
def test_paths_beside_parents_or_as_labels_are_no_reason(text, last):
    h = hierarchy_from_bytes(text.encode(), name="table.csv")
    assert (h.labels[-1], h.n_edges) == (last, text.count("\n") - 1 - (text is BESIDE))


def test_columns_that_are_named_are_read():
    text = FEEDS["a usual parent"]
    h = hierarchy_from_bytes(
        text.encode(), name="feed.csv", columns={"child": "sku", "parent": "category"}
    )
    assert h.parents("A1") == ["Pets > Dogs"]


def test_bars_are_named_as_paths():
    with pytest.raises(FormatError, match="a path per line with bars; write it as A > B > C"):
        hierarchy_from_bytes(b"Pets | Dogs | Beds\nPets | Dogs | Toys\nPets | Cats\n", name="x.txt")
