# ruff: noqa: E501
"""Tables of identifiers, names and parents: any delimiter, order and case of the header."""

import pytest
from same_hierarchy import assert_same, codes

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import read_hierarchy
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._id_table import hierarchy_from_id_table, id_table_of_hierarchy

NAMES = {"1": "Pets", "2": "Dog", "3": "Beds, Dog"}
PARENTS = {"2": ["1"], "3": ["2"]}


def read(text, **options):
    return hierarchy_from_bytes(text.encode(), name="t", **options)


@pytest.mark.parametrize(
    "text",
    [
        'id,name,parent_id\n1,Pets,\n2,Dog,1\n3,"Beds, Dog",2\n',
        "\ufeffID\tTitle\tParent\r\n1\tPets\t\r\n2\tDog\t1\r\n3\tBeds, Dog\t2\r\n",
        "parentId;Name;Id\n;Pets;1\n1; Dog ;2\n2;Beds, Dog;3\n",
        "Code | Label | Broader\n1 | Pets |\n2 | Dog | 1\n3 | Beds, Dog | 2\n",
        '"category_id","category_name","parent_category_id"\n1,Pets,NULL\n2,Dog,1\n3,"Beds, Dog",2\n',
        'id,name,parent\n1,Pets,NaN\n2,Dog,1.0\n3,"Beds, Dog",2.0\n',
        "id;name;parent_id\n3;Beds, Dog;2\n1;Pets;0\n2;Dog;1\n",
        'taxonID,scientificName,parentNameUsageID\n1,Pets,1\n2,Dog,1\n3,"Beds, Dog",2\n',
        '# exported\nid,parent_id,parent_name,name\n1,,,Pets\n2,1,Pets,Dog\n3,2,Dog,"Beds, Dog"\n',
        'id,name,parent\n1,Pets,\n2,Dog,Pets\n3,"Beds, Dog",Dog\n',
        "| id | name | parent |\n|---|:---|---|\n| 1 | Pets | |\n| 2 | Dog | 1 |\n"
        "| 3 | Beds, Dog | 2 |\n",
        'id,name,parent_id\r1,Pets,\r2,Dog,1\r3,"Beds, Dog",2\r',
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.txt", "t.tsv"])
def test_variations_are_one_hierarchy(tmp_path, text, name):
    (tmp_path / name).write_text(text, newline="")
    assert_same(read_hierarchy(tmp_path / name), NAMES, PARENTS)


@pytest.mark.parametrize(
    ("names", "taken", "unused"),
    [("name_de,name_en", "Pet", "name_de"), ("title_fr,title_de", "Tier", "title_de")],
)
def test_names_by_language_are_english_ones_or_the_first(names, taken, unused):
    h = read(f"id,{names},parent_id\n1,Tier,Pet,\n2,Hund,Dog,1\n")
    assert h.names[0] == taken
    assert f"1 column not used, such as '{unused}'" in map(str, h.remarks)


def test_several_parents_and_synonyms():
    rows = 'id,name,parents,synonyms\na,A,,\nb,B,,\nc,C,a|b,"third|last"\nd,D,a,\nd,D,b,third\n'
    h = read(rows)
    assert_same(h, dict(zip("abcd", "ABCD", strict=True)), {"c": "ab", "d": "ab"}, {"last": "c"})
    assert codes(h) == {"repeated-rows": 1, "ambiguous-other-labels": 1}


def test_what_is_left_out_is_said():
    h = read(
        "id,name,parent_id,price,obsolete\n1,A,-1,3,\n2,B,1,4,\n3,C,9,5,\n4,D,1,5,TRUE\n5,E,5,1,\n"
    )
    assert h.labels == ("1", "2", "3", "5", "9")
    assert codes(h) == {
        "obsolete": 1,
        "no-parent-values": 1,
        "dangling-parents": 1,
        "self-loops": 1,
        "ignored-columns": 1,
    }
    assert "such as 'price'" in str(h.remarks[-1])


def test_codes_that_look_like_decimals_stay_apart():
    h = read("code,title,parent\n1,One,\n1.0,Sub,1\n1.1,Other,1\n")
    assert h.parents("1.0") == ["1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,name,parent_id\n1,A,,x\n", "must have 3 cells, as the header: got 4 at line 2"),
        ("id,name,parent_id\n,A,\n", "identifier must not be empty: got none at line 2"),
        ('id,name,parent_id\n1,"A"x,\n', "well quoted.*line 2"),
        ("id,name,parent_id\n1,A,x\n2,B,y\n", "identifiers or names of other rows.*'x'"),
        ("a,b,c\n1,2,3\n", "first row must name a column of identifiers"),
    ],
)
def test_wrong_tables_are_refused_with_the_line(text, message):
    with pytest.raises(FormatError, match=message):
        read(text, format="id-table")


def test_a_table_of_pairs_or_plain_words_is_not_claimed():
    for text in ("child,parent\na,b\n", "dog,animal,1\n", "id,parent_id\n1,\n", "words\nand\n"):
        with pytest.raises(FormatError):
            hierarchy_from_id_table(text)


def test_it_is_written_with_names_and_several_parents():
    h = Hierarchy(["1", "2", "3"], [(2, 0), (2, 1), (1, 0)], names=["a", 'b "x"', "c, d"])
    again = hierarchy_from_id_table(id_table_of_hierarchy(h))
    assert_same(again, {"1": "a", "2": 'b "x"', "3": "c, d"}, {"3": ["1", "2"], "2": ["1"]})
