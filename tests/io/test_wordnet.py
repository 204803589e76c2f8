# ruff: noqa: E501
"""WordNet database files and WN-LMF."""

import pytest
from same_hierarchy import assert_same, codes, edges

from hrgeom.errors import FormatError
from hrgeom.io import read_hierarchy
from hrgeom.io.hierarchies import hierarchy_from_bytes

DATA = """  1 This software and database is being provided to you, the LICENSEE, by
  2 Princeton University under the following license.
00001740 03 n 01 entity 0 001 ~ 00015388 n 0000 | that which is perceived | known
00015388 05 n 02 animal 0 animate_being 0 003 @ 00001740 n 0000 ~ 02084071 n 0000 + 00100000 a 0101 | a living organism
02084071 05 n 02 dog 0 domestic_dog 0 002 @ 00015388 n 0000 #m 02083346 n 0000 | a member of the genus Canis
02710044 06 n 01 dog 1 001 @ 00001740 n 0000 | metal supports for logs in a fireplace
09900153 18 n 01 Rin_Tin_Tin 0 001 @i 02084071 n 0000 | a film star
"""
INDEX = """  1 This software and database is being provided to you, the LICENSEE, by
animal n 1 3 @ ~ + 1 1 00015388
animate_being n 1 3 @ ~ + 1 0 00015388
dog n 2 2 @ #m 2 1 02084071 02710044
domestic_dog n 1 2 @ #m 1 0 02084071
entity n 1 1 ~ 1 1 00001740
rin_tin_tin n 1 1 @i 1 0 09900153
"""


def test_a_dict_folder(tmp_path):
    (tmp_path / "data.noun").write_text(DATA)
    (tmp_path / "index.noun").write_text(INDEX)
    for source in (tmp_path, tmp_path / "data.noun"):
        h = read_hierarchy(source)
        assert_same(
            h,
            {
                "entity.n.01": "entity",
                "animal.n.01": "animal",
                "dog.n.01": "dog",
                "dog.n.02": "dog",
                "rin_tin_tin.n.01": "Rin Tin Tin",
            },
            {
                "animal.n.01": ["entity.n.01"],
                "dog.n.01": ["animal.n.01"],
                "dog.n.02": ["entity.n.01"],
                "rin_tin_tin.n.01": ["dog.n.01"],
            },
        )
        assert h.find("02084071-n") == h.find("domestic dog") == "dog.n.01"
        assert codes(h) == {"other-relations": 1}


def test_a_data_file_alone_has_offsets_as_labels():
    h = hierarchy_from_bytes(DATA.encode(), name="standard input")
    assert h.parents("02710044-n") == ["00001740-n"]
    assert h.name("02710044-n") == "dog"
    part = hierarchy_from_bytes(DATA.encode(), name="t", relation="holo_member")
    assert edges(part) == {("02084071-n", "02083346-n")}
    with pytest.raises(FormatError, match="got none by meronym; there are hypernym"):
        hierarchy_from_bytes(DATA.encode(), name="t", relation="meronym")


def test_a_damaged_data_file_is_refused_with_the_line():
    with pytest.raises(FormatError, match=r"as in wndb\(5WN\).*line 6"):
        hierarchy_from_bytes(DATA.replace("01 dog 1 001", "01 dog 1 00x").encode(), name="t")


LMF = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE LexicalResource SYSTEM "http://globalwordnet.github.io/schemas/WN-LMF-1.1.dtd">
<LexicalResource xmlns:dc="https://globalwordnet.github.io/schemas/dc/">
  <Lexicon id="oewn" label="Open English Wordnet" language="en" version="2022">
    <LexicalEntry id="oewn-animal-n"><Lemma writtenForm="animal" partOfSpeech="n"/>
      <Sense id="oewn-animal-1" synset="oewn-1-n"/></LexicalEntry>
    <LexicalEntry id="oewn-domestic_dog-n"><Lemma writtenForm="domestic dog" partOfSpeech="n"/>
      <Sense id="oewn-dd-1" synset="oewn-2-n"/></LexicalEntry>
    <LexicalEntry id="oewn-dog-n"><Lemma writtenForm="dog" partOfSpeech="n"/>
      <Sense id="oewn-dog-1" synset="oewn-2-n"><SenseRelation relType="derivation" target="x"/></Sense>
      <Sense id="oewn-dog-2" synset="oewn-3-n"/></LexicalEntry>
    <Synset id="oewn-1-n" ili="i1" partOfSpeech="n"><Definition>an organism</Definition>
      <SynsetRelation relType="hyponym" target="oewn-2-n"/></Synset>
    <Synset id="oewn-2-n" ili="i2" members="oewn-dog-n oewn-domestic_dog-n" partOfSpeech="n">
      <SynsetRelation relType="hypernym" target="oewn-1-n"/>
      <SynsetRelation relType="holo_member" target="oewn-3-n"/></Synset>
    <Synset id="oewn-3-n" ili="" partOfSpeech="n"/>
    <Synset id="oewn-4-n" partOfSpeech="n"><SynsetRelation relType="instance_hypernym" target="oewn-2-n"/></Synset>
    <Synset id="oewn-5-a" partOfSpeech="a"/>
  </Lexicon>
</LexicalResource>
"""


def test_wn_lmf():
    h = hierarchy_from_bytes(LMF.encode(), name="t")
    assert_same(
        h,
        {"oewn-1-n": "animal", "oewn-2-n": "dog", "oewn-3-n": "dog", "oewn-4-n": "oewn-4-n"},
        {"oewn-2-n": ["oewn-1-n"], "oewn-4-n": ["oewn-2-n"]},
        {"i1": "oewn-1-n", "i2": "oewn-2-n", "domestic dog": "oewn-2-n", "animal": "oewn-1-n"},
    )
    assert codes(h) == {"other-parts-of-speech": 1}
    part = hierarchy_from_bytes(LMF.encode(), name="t", relation="holo_member")
    assert edges(part) == {("oewn-2-n", "oewn-3-n")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<LexicalResource></LexicalResource>", "must have synsets"),
        ("<LexicalResource><Lexicon>", "text must be XML"),
        ("<LexicalResource><Synset/></LexicalResource>", "must have id"),
    ],
)
def test_wrong_wn_lmf_is_refused(text, message):
    with pytest.raises(FormatError, match=message):
        hierarchy_from_bytes(text.encode(), name="t")
