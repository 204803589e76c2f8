"""Names, synonyms and definitions of nodes, and texts that are to be placed."""

import gzip
import json
import pickle

import pytest

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import names_as_texts, read_hierarchy, read_new_texts, read_texts
from hrgeom.io.hierarchies import hierarchy_formats, hierarchy_from_bytes
from hrgeom.io.texts import TEXT_PARTS, NodeTexts

PETS = Hierarchy(
    ["P:1", "P:2", "P:3"],
    [(1, 0), (2, 0)],
    names=["animal", "dog", "cat"],
    other_labels={"PET_2": 1},
)
OBO = r"""format-version: 1.4

[Term]
id: P:1
name: animal
def: "A living thing, with \"senses\"." [X:1]

[Term]
id: P:2
name: dog
synonym: "hound" EXACT []
synonym: "man's best friend {usually}" RELATED [] {source="me"}
def: "It barks.\nOften." []
is_a: P:1 ! animal

[Term]
id: P:2
def: "a second definition" []

[Term]
id: P:9
name: unicorn
def: "gone" []
is_obsolete: true
"""
GRAPHS = {
    "graphs": [
        {
            "nodes": [
                {
                    "id": "http://example.org/P_1",
                    "lbl": "animal",
                    "type": "CLASS",
                    "meta": {
                        "definition": {"val": "A living thing.", "xrefs": []},
                        "synonyms": [{"pred": "hasExactSynonym", "val": "beast"}],
                    },
                },
                {"id": "http://example.org/P_2", "lbl": "dog", "type": "CLASS"},
            ],
            "edges": [
                {"sub": "http://example.org/P_2", "pred": "is_a", "obj": "http://example.org/P_1"}
            ],
        }
    ]
}
SKOS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix ex: <http://example.org/> .
ex:1 a skos:Concept ; skos:prefLabel "animal"@en, "Tier"@de ;
  skos:altLabel "beast"@en, "Vieh"@de ; skos:notation "A-1" ;
  skos:definition "It lives."@en, "Es lebt."@de .
ex:2 a skos:Concept ; skos:prefLabel "dog"@en, "Hund"@de ; skos:broader ex:1 ;
  skos:scopeNote "Not for wolves."@en ; xl:altLabel [ xl:literalForm "hound"@en ] .
ex:3 a skos:Concept ; skos:prefLabel "cat" ; skos:definition "Sie miaut."@de ; skos:broader ex:1 .
"""
DATA = """  1 This software and database is being provided to you, the LICENSEE, by
00001740 03 n 01 entity 0 001 ~ 00015388 n 0000 | that which is perceived
00015388 05 n 02 animal 0 animate_being 0 001 @ 00001740 n 0000 | a living organism; "it moved"
02084071 05 n 01 dog 0 001 @ 00015388 n 0000 | barks; has a tail; "the dog barked"; "a dog's life"
"""
INDEX = """animal n 1 1 @ 1 1 00015388
dog n 1 1 @ 1 1 02084071
entity n 1 1 ~ 1 1 00001740
"""
LMF = """<LexicalResource><Lexicon id="x" language="en">
 <LexicalEntry id="e1"><Lemma writtenForm="animal" partOfSpeech="n"/><Sense id="s1" synset="x-1-n"/>
 </LexicalEntry>
 <LexicalEntry id="e2"><Lemma writtenForm="dog" partOfSpeech="n"/><Sense id="s2" synset="x-2-n"/>
 </LexicalEntry>
 <LexicalEntry id="e3"><Lemma writtenForm="hound" partOfSpeech="n"/><Sense id="s3" synset="x-2-n"/>
 </LexicalEntry>
 <Synset id="x-1-n" ili="i1"><Definition>It lives.</Definition></Synset>
 <Synset id="x-2-n" ili="i2"><Definition>It barks.</Definition>
  <SynsetRelation relType="hypernym" target="x-1-n"/></Synset>
</Lexicon></LexicalResource>
"""


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_obo(tmp_path):
    path = put(tmp_path, "pets.obo", OBO)
    texts = read_texts(path, read_hierarchy(path))
    assert dict(texts) == {
        "P:1": ("animal", 'A living thing, with "senses".'),
        "P:2": ("dog", "hound", "man's best friend {usually}", "It barks. Often."),
    }
    assert texts.remarks == ()
    some = read_texts(path, PETS, parts=["synonym"])
    assert some["P:2"] == ("hound", "man's best friend {usually}")
    assert some["P:1"] == ("animal",)  # nothing left of it but its name
    assert [r.code for r in some.remarks] == ["names-as-texts"]


def test_obo_graphs(tmp_path):
    path = put(tmp_path, "pets.obo.json", json.dumps(GRAPHS))
    texts = read_texts(path, read_hierarchy(path))
    assert texts["http://example.org/P_1"] == ("animal", "beast", "A living thing.")
    assert texts["http://example.org/P_2"] == ("dog",)


def test_skos_by_language(tmp_path):
    pytest.importorskip("rdflib")
    path = put(tmp_path, "pets.ttl", SKOS)
    h = read_hierarchy(path)
    texts = read_texts(path, h)
    assert texts["http://example.org/1"] == ("animal", "beast", "It lives.")  # no code A-1
    assert texts["http://example.org/2"] == ("dog", "hound", "Not for wolves.")
    assert texts["http://example.org/3"] == ("cat", "Sie miaut.")  # better than nothing
    german = read_texts(path, h, language="de")
    assert german["http://example.org/1"] == ("Tier", "Vieh", "Es lebt.")


def test_wordnets_files_and_lmf(tmp_path):
    put(tmp_path, "data.noun", DATA)
    put(tmp_path, "index.noun", INDEX)
    texts = read_texts(tmp_path, read_hierarchy(tmp_path))
    assert texts["animal.n.01"] == ("animal", "animate being", "a living organism")
    assert texts["dog.n.01"] == ("dog", "barks; has a tail")
    path = put(tmp_path, "pets.lmf", LMF)
    assert read_texts(path, read_hierarchy(path))["x-2-n"] == ("dog", "hound", "It barks.")


def test_labels_of_texts_are_those_of_the_hierarchy():
    known = [entry for entry in hierarchy_formats() if entry.texts is not None and entry.example]
    assert {entry.name for entry in known} >= {"obo", "obo-graphs", "turtle", "wordnet", "wn-lmf"}
    for entry in known:
        if entry.extra:
            pytest.importorskip("rdflib")
        h = hierarchy_from_bytes(entry.example.encode(), name=entry.name)
        assert {each.label for each in entry.texts(entry.example)} <= set(h.labels), entry.name
        assert {each.kind for each in entry.texts(entry.example)} <= set(TEXT_PARTS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", "P:2\thound\nP:2\tit barks, loudly\nP:3\ttomcat\n"),
        ("a.csv", 'P:2,hound\nP:2,"it barks, loudly"\nP:3,tomcat\n'),
        ("a2.csv", 'P:2, hound\nP:2, "it barks, loudly"\nP:3, tomcat\n'),
        ("b.csv", 'id;text\nP:2;hound\nP:2;"it barks, loudly"\nP:3;tomcat\n'),
        ("c.csv", 'text,label\nhound,P:2\n"it barks, loudly",P:2\ntomcat,P:3\n'),
        ("d.csv", 'label,synonyms,definition\nP:2,hound,"it barks, loudly"\nP:3,tomcat,\n'),
        ("e.json", '{"P:2": ["hound", "it barks, loudly"], "P:3": "tomcat"}'),
        ("f.json", '[{"id": "P:2", "text": ["hound", "it barks, loudly"]}, '
                   '{"id": "P:3", "text": "tomcat"}]'),
        ("g.jsonl", '{"label": "P:2", "synonyms": ["hound"], "definition": "it barks, loudly"}\n'
                    '{"label": "P:3", "synonyms": "tomcat", "definition": null}\n'),
        ("h.json", '{"P:2": {"synonym": "hound", "def": "it barks, loudly"}, "P:3": "tomcat"}'),
    ],
)  # fmt: skip
def test_rows_of_label_and_text(tmp_path, name, content):
    for data in (content.encode(), gzip.compress(content.encode()), content.encode("utf-16")):
        texts = read_texts(put(tmp_path, name, data), PETS)
        assert texts["P:2"] == ("hound", "it barks, loudly")
        assert texts["P:3"] == ("tomcat",)
        assert texts["P:1"] == ("animal",)
        assert [r.message for r in texts.remarks] == [
            "1 node has its name alone as text, such as 'P:1'"
        ]


def test_columns_say_what_a_text_is(tmp_path):
    path = put(
        tmp_path,
        "t.csv",
        "Parent,Id,Definition,Name,Synonyms\n,P:1,alive,animal,beast|creature\nP:1,P:2,barks,dog,\n",
    )
    texts = read_texts(path, PETS)
    assert texts["P:1"] == ("animal", "beast", "creature", "alive")
    assert texts["P:2"] == ("dog", "barks")
    assert read_texts(path, PETS, parts=["name", "synonym"])["P:1"] == (
        *("animal", "beast", "creature"),
    )


def test_labels_may_be_other_labels_or_names(tmp_path):
    texts = read_texts(put(tmp_path, "t.tsv", "PET_2\thound\ncat\ttomcat\n"), PETS)
    assert (texts["P:2"], texts["P:3"]) == (("hound",), ("tomcat",))


def test_names_of_another_file(tmp_path):
    other = {"nodes": ["P:1", "P:2"], "edges": [["P:2", "P:1"]], "names": ["Tier", "Hund"]}
    texts = read_texts(put(tmp_path, "t.json", json.dumps(other)), PETS)
    assert dict(texts) == {"P:1": ("Tier",), "P:2": ("Hund",), "P:3": ("cat",)}


def test_what_is_not_known_is_counted_and_said(tmp_path):
    path = put(tmp_path, "t.tsv", "P:2\thound\nP:22\twolf\nQ\tquail\nP:3\t\n")
    texts = read_texts(path, PETS)
    assert [(r.code, r.count) for r in texts.remarks] == [
        ("unknown-labels", 2),
        ("empty-texts", 1),
        ("names-as-texts", 2),
    ]
    assert "such as 'P:22' (nearest: 'P:2'), 'Q'" in texts.remarks[0].message
    with pytest.raises(FormatError, match=r"t\.tsv: texts must fit.*2 labels of texts that no"):
        read_texts(path, PETS, strict=True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("P:22\twolf\n", r"must be those of nodes: got none of the 1 labels, such as 'P:22' \(n"),
        ("P:2\t\n", "must have words: got none but empty ones"),
        ("P:2\ta\tb\n", "a header such as label, name, synonyms, definition, text: got"),
        ("P:2,dog\nP:3,cat, big\n", "table of label and text"),
        ("id,text\nP:2,dog\nP:3,cat, big\n", "must have 2 cells: got 3 at line 3"),
        ("just words\n", "must be a table of label and text"),
        ('{"P:2": 5}', "a text must be text: got 5 at 'P:2'"),
        ('[{"id": "P:2"}]', "a record must have a text.*at record 1"),
        ('[{"text": "dog"}]', "every text must have a label: got none at record 1"),
        ('[["P:2", "dog"]]', "must be a record such as"),
        ('{"P:2": "dog"', "text must be JSON: got .* at line 1"),
        ("   \n", "must not be empty"),
        (b"P:2\tK\xf6ter\n", "must be UTF-8.*say --encoding"),
        (b"\x89PNG\r\n\x1a\n\0\0", "texts must be text: got"),
    ],
)
def test_what_is_no_text_of_nodes_is_refused(tmp_path, content, message):
    path = put(tmp_path, "t.tsv", content)
    with pytest.raises(FormatError, match=message) as caught:
        read_texts(path, PETS)
    assert str(caught.value).startswith(str(path))


def test_other_refusals(tmp_path):
    with pytest.raises(FormatError, match=r"must be in a file or folder that exists: got '.*none"):
        read_texts(tmp_path / "none", PETS)
    with pytest.raises(FormatError, match="holds none of"):
        read_texts(tmp_path, PETS)
    with pytest.raises(FormatError, match=r"parts must be among .* got \['smell'\]"):
        read_texts(tmp_path, PETS, parts=["smell"])
    with pytest.raises(FormatError, match=r"wordnet: labels of texts.*got none of the 82,115"):
        read_texts("wordnet", PETS)
    path = put(tmp_path, "t.tsv", b"P:2\tK\xf6ter\n")
    assert read_texts(path, PETS, encoding="latin-1")["P:2"] == ("Köter",)


def test_long_texts_and_other_scripts_come_through(tmp_path):
    long = "barks " * 50_000
    path = put(tmp_path, "t.csv", f'id,text\nP:2,"{long}"\nP:3,"猫, 고양이"\n')
    texts = read_texts(path, PETS)
    assert texts["P:2"] == (long.strip(),)
    assert texts["P:3"] == ("猫, 고양이",)


def test_names_as_texts():
    assert names_as_texts(PETS)["P:2"] == ("dog",)
    mammals = read_hierarchy("wordnet-mammals")
    assert names_as_texts(mammals)["domestic_cat.n.01"] == ("domestic cat",)


def test_bundled_texts():
    mammals = read_hierarchy("wordnet-mammals")
    texts = read_texts("wordnet-mammals", mammals)
    assert set(texts) == set(mammals.labels)
    assert texts.remarks == ()
    assert texts["dog.n.01"][:3] == ("dog", "domestic dog", "Canis familiaris")
    assert texts["dog.n.01"][3].startswith("a member of the genus Canis (probably descended")
    lemmas = read_texts("wordnet-mammals", mammals, parts=["name", "synonym"])
    assert lemmas["dog.n.01"] == texts["dog.n.01"][:3]
    names = names_as_texts(mammals)
    assert all(texts[label][0].lower() == names[label][0] for label in mammals.labels)


def test_texts_are_a_value():
    texts = NodeTexts({"a": ["x"]})
    again = pickle.loads(pickle.dumps(texts))
    assert (again, again.remarks) == ({"a": ("x",)}, ())


@pytest.mark.parametrize(
    ("content", "labels", "texts"),
    [
        ("dog sofa\ncat tree, tall\n", None, (("dog sofa",), ("cat tree, tall",))),
        ("sofa, blue\nbed, red\n", None, (("sofa, blue",), ("bed, red",))),
        ("text\ndog sofa\n", None, (("dog sofa",),)),
        ("id,text\n7,dog sofa\n8,cat tree\n", ("7", "8"), (("dog sofa",), ("cat tree",))),
        ("7,dog sofa\n8,cat tree\n", ("7", "8"), (("dog sofa",), ("cat tree",))),
        ("7\tdog sofa\n7\tsoft\n", ("7",), (("dog sofa", "soft"),)),
        ('name,description\ndog sofa,"soft, blue"\n', None, (("dog sofa", "soft, blue"),)),
        ('["dog sofa", "cat tree"]', None, (("dog sofa",), ("cat tree",))),
        ('{"7": "dog sofa"}', ("7",), (("dog sofa",),)),
        ('{"id": 7, "text": "dog sofa"}\n{"id": 8, "text": "cat"}\n', ("7", "8"), None),
    ],
)
def test_new_texts(tmp_path, content, labels, texts):
    found = read_new_texts(put(tmp_path, "new.txt", content))
    assert found.labels == labels
    assert texts is None or found.texts == texts
    assert len(found) == len(found.texts)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "id,text\n7,dog\n8,\n9,\n",
            "must have a text: got 2 without, the first at line 3, line 4",
        ),
        ('[{"id": 1, "text": "a"}, {"text": "b"}]', "have a label, or none.*got none at record 2"),
        ("id,text\n,dog\n", "a label must not be empty: got one at line 2"),
        ("[]", "must have a text: got 0 without"),
    ],
)
def test_new_texts_that_are_refused(tmp_path, content, message):
    with pytest.raises(FormatError, match=message):
        read_new_texts(put(tmp_path, "new.csv", content))


@pytest.mark.parametrize(
    "content",
    [
        "SKU,Titel\n7,dog bed\n8,cat toy\n",
        "sku;titel\n7;dog bed\n8;cat toy\n",
        "EAN\ttitle\n7\tdog bed\n8\tcat toy\n",
        "Artikelnummer,Titel\n7,dog bed\n8,cat toy\n",
    ],
)
def test_a_header_in_words_of_ones_own_is_no_text(tmp_path, content):
    found = read_new_texts(put(tmp_path, "new.csv", content))
    assert (found.labels, found.texts) == (("7", "8"), (("dog bed",), ("cat toy",)))


def test_more_columns_than_are_known_are_asked_about(tmp_path):
    with pytest.raises(FormatError, match=r"a header such as label, .*: got 'sku, titel, farbe'"):
        read_new_texts(put(tmp_path, "new.csv", "sku;titel;farbe\n7;dog bed;red\n"))


def test_a_label_among_numbers_that_has_one_itself_is_a_label(tmp_path):
    found = read_new_texts(put(tmp_path, "new.csv", "p7,dog bed\n8,cat toy\n"))
    assert found.labels == ("p7", "8")


def test_an_ontology_of_new_texts(tmp_path):
    found = read_new_texts(put(tmp_path, "new.obo", OBO))
    assert found.labels == ("P:1", "P:2")
    assert found.texts[1][:2] == ("dog", "hound")
