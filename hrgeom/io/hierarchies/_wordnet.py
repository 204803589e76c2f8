"""WordNet: the database files of a `dict` folder, and WN-LMF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._node_text import NodeText
from hrgeom.io.hierarchies._relations import relations_of, require_relations

__all__ = [
    "WN_LMF",
    "WORDNET",
    "hierarchy_from_wn_lmf",
    "hierarchy_from_wordnet",
    "texts_from_wn_lmf",
    "texts_from_wordnet",
]

_UP = ("hypernym", "instance_hypernym")
_INVERSE = {"hyponym": "hypernym", "instance_hyponym": "instance_hypernym"}
_SYMBOLS = {
    "@": "hypernym",
    "@i": "instance_hypernym",
    "#m": "holo_member",
    "#s": "holo_substance",
    "#p": "holo_part",
}
_FILE_OF = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}
_EXAMPLES = re.compile(r';?\s*(?=")')  # a gloss is a definition, then examples in quotes
_LINE = re.compile(r"\d{8} \d\d [nvasr] [0-9a-f]{2} \S+ [0-9a-f] ")


@dataclass(frozen=True)
class _Synset:
    identifier: str
    line: int
    part: str
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str], ...]  # relation, identifier of the target
    gloss: str = ""


def _synsets(text: str) -> Iterator[_Synset]:
    """Yield the synsets of a data file; the lines of its license begin with two spaces."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith("  "):
            continue
        fields, _, gloss = line.partition(" | ")
        try:
            yield _synset(fields.split(), number, gloss)
        except (IndexError, ValueError) as error:
            raise FormatError(
                f"a synset must be as in wndb(5WN): got {line[:60]!r} at line {number}"
            ) from error


def _synset(fields: list[str], number: int, gloss: str = "") -> _Synset:
    part, n_words = fields[2], int(fields[3], 16)
    words = tuple(re.sub(r"\((a|p|ip)\)$", "", word) for word in fields[4 : 4 + 2 * n_words : 2])
    start = 4 + 2 * n_words
    n_pointers = int(fields[start])
    cells = fields[start + 1 : start + 1 + 4 * n_pointers]
    if len(words) != n_words or len(cells) != 4 * n_pointers or part not in _FILE_OF:
        raise ValueError("too few fields")
    pointers = tuple(
        (_SYMBOLS.get(symbol, symbol), _identifier(offset, of))
        for symbol, offset, of in zip(cells[::4], cells[1::4], cells[2::4], strict=True)
    )
    return _Synset(_identifier(fields[0], part), number, part, words, pointers, gloss)


def _identifier(offset: str, part: str) -> str:
    return f"{int(offset):08d}-{'a' if part == 's' else part}"


def hierarchy_from_wordnet(
    text: str,
    *,
    relation: str | None = None,
    beside: Callable[[str], str | None] = lambda name: None,
) -> Hierarchy:
    """Return the hierarchy of a data file of WordNet.

    Parameters
    ----------
    text : str
        Content of data.noun, or data.verb.
    relation : str, optional
        Relations that make edges, between commas: hypernym, instance_hypernym, holo_part,
        holo_member, holo_substance. Default: the first two.
    beside : callable, optional
        Returns the text of index.noun, which gives labels such as dog.n.01, or None: then labels
        are offsets such as 02084071-n.

    Raises
    ------
    FormatError
        If a line is no synset (with its number), or the relation makes no edge.
    """
    made = Assembly(says_once=False)
    synsets, label_of = _labeled(text, beside)
    times = Counter(word for each in synsets for word in set(each.words))
    for each in synsets:
        label = label_of[each.identifier]
        made.node(label, each.words[0].replace("_", " "))
        made.other(each.identifier, label)
        for word in each.words:
            if times[word] == 1:
                made.other(word.replace("_", " "), label)
    _add_edges(made, synsets, label_of, relations_of(relation, _UP))
    return made.hierarchy()


def texts_from_wordnet(
    text: str, *, beside: Callable[[str], str | None] = lambda name: None
) -> Iterator[NodeText]:
    """Yield the lemmas and the definitions of a data file of WordNet, examples left out.

    Examples
    --------
    >>> dog = "02084071 05 n 01 dog 0 000 | a member of the genus Canis; \\"the dog barked\\"\\n"
    >>> [(each.kind, each.text) for each in texts_from_wordnet(dog)]
    [('name', 'dog'), ('definition', 'a member of the genus Canis')]
    """
    synsets, label_of = _labeled(text, beside)
    for each in synsets:
        label = label_of[each.identifier]
        yield from _lemma_texts(label, [word.replace("_", " ") for word in each.words])
        yield NodeText(label, "definition", _EXAMPLES.split(each.gloss, maxsplit=1)[0].strip())


def _lemma_texts(label: str, words: list[str]) -> Iterator[NodeText]:
    for place, word in enumerate(words):
        yield NodeText(label, "synonym" if place else "name", word)


def _labeled(
    text: str, beside: Callable[[str], str | None]
) -> tuple[list[_Synset], dict[str, str]]:
    """Return the synsets of a data file, and their labels by identifier."""
    synsets = list(_synsets(text))
    if not synsets:
        raise FormatError("a data file of WordNet must have synsets: got none")
    index = beside(f"index.{_FILE_OF[synsets[0].part]}")
    senses = {} if index is None else _senses(index)
    return synsets, {each.identifier: _label(each, senses) for each in synsets}


def _senses(index: str) -> dict[tuple[str, str], int]:
    """Return (lemma, identifier) -> number of the sense, from an index file."""
    senses = {}
    for line in index.split("\n"):
        fields = line.split()
        if line.startswith(" ") or len(fields) < 4:
            continue
        lemma, part, n_synsets = fields[0], fields[1], int(fields[2])
        for number, offset in enumerate(fields[-n_synsets:], start=1):
            senses[lemma, _identifier(offset, part)] = number
    return senses


def _label(synset: _Synset, senses: dict[tuple[str, str], int]) -> str:
    lemma = synset.words[0].lower()
    number = senses.get((lemma, synset.identifier))
    return synset.identifier if number is None else f"{lemma}.{synset.part}.{number:02d}"


def _add_edges(
    made: Assembly, synsets: list[_Synset], label_of: dict[str, str], relations: frozenset[str]
) -> None:
    unused: Counter[str] = Counter()
    for each in synsets:
        for relation, target in each.pointers:
            if relation in relations:
                if target not in label_of:
                    made.note("dangling-parents", target)
                made.edge(label_of[each.identifier], label_of.get(target, target), "")
            elif relation in _SYMBOLS.values():
                unused[relation] += 1
    if unused:
        made.note("other-relations", unused.most_common(1)[0][0], unused.total())
    require_relations(relations, bool(made.edges), unused)


def _certainty(text: str) -> float:
    lines = (line for line in text[:20_000].split("\n") if line.strip() and line[:2] != "  ")
    return 0.97 if _LINE.match(next(lines, "")) else 0.0


# --- WN-LMF -----------------------------------------------------------------------------------


def hierarchy_from_wn_lmf(text: str, *, relation: str | None = None) -> Hierarchy:
    """Return the hierarchy of a wordnet in WN-LMF, all its lexicons together.

    Parameters
    ----------
    text : str
    relation : str, optional
        Relations that make edges, between commas. Default: hypernym, instance_hypernym.

    Raises
    ------
    FormatError
        If it is no such XML, or the relation makes no edge.

    Examples
    --------
    >>> h = hierarchy_from_wn_lmf(WN_LMF.example)
    >>> h.names, h.parents("x-2-n")
    (('animal', 'dog'), ['x-1-n'])
    """
    root = _lmf_root(text)
    synsets = list(root.iter("Synset"))
    made = Assembly(says_once=False)
    relations = relations_of(relation, _UP)
    edges, unused = _lmf_edges(synsets, relations)
    joined = {end for edge in edges for end in edge}
    words = _lmf_words(root)
    times = Counter(word for listed in words.values() for word in set(listed))
    for synset in synsets:
        identifier = _lmf_attribute(synset, "id")
        if identifier not in joined and synset.get("partOfSpeech") in ("a", "s", "r"):
            made.note("other-parts-of-speech", identifier)
            continue
        listed = words.get(identifier, [])
        made.node(identifier, listed[0] if listed else None)
        if ili := synset.get("ili"):
            made.other(ili, identifier)
        for word in listed:
            if times[word] == 1:
                made.other(word, identifier)
    for child, parent in edges:
        for end in (child, parent):
            if end not in made.index:
                made.note("dangling-parents", end)
        made.edge(child, parent, "")
    require_relations(relations, bool(made.edges), unused)
    return made.hierarchy()


def texts_from_wn_lmf(text: str) -> Iterator[NodeText]:
    """Yield the words and the definitions of the synsets of a wordnet in WN-LMF.

    Examples
    --------
    >>> [(each.label, each.text) for each in texts_from_wn_lmf(WN_LMF.example)]
    [('x-1-n', 'animal'), ('x-2-n', 'dog')]
    """
    root = _lmf_root(text)
    words = _lmf_words(root)
    for synset in root.iter("Synset"):
        label = _lmf_attribute(synset, "id")
        yield from _lemma_texts(label, words.get(label, []))
        for definition in synset.iter("Definition"):
            yield NodeText(label, "definition", definition.text or "")


def _lmf_root(text: str) -> Any:
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise FormatError(f"text must be XML: got {error}") from error
    if root.find(".//Synset") is None:
        raise FormatError(f"WN-LMF must have synsets: got none in <{root.tag}>")
    return root


def _lmf_attribute(element: Any, name: str) -> str:
    value = element.get(name)
    if not value:
        raise FormatError(f"<{element.tag}> must have {name}: got {element.attrib}")
    return str(value)


def _lmf_edges(
    synsets: list[Any], relations: frozenset[str]
) -> tuple[list[tuple[str, str]], Counter[str]]:
    edges, unused = [], Counter[str]()
    for synset in synsets:
        for each in synset.iter("SynsetRelation"):
            kind, source = each.get("relType", ""), _lmf_attribute(synset, "id")
            target = _lmf_attribute(each, "target")
            if kind in relations:
                edges.append((source, target))
            elif _INVERSE.get(kind) in relations:
                edges.append((target, source))
            else:
                unused[kind] += 1
    return edges, unused


def _lmf_words(root: Any) -> dict[str, list[str]]:
    """Return synset -> written forms, in the order of its members or of the entries."""
    form_of: dict[str, str] = {}
    words: dict[str, list[str]] = {}
    for entry in root.iter("LexicalEntry"):
        lemma = entry.find("Lemma")
        form = None if lemma is None else lemma.get("writtenForm")
        if not form:
            continue
        form_of[entry.get("id", "")] = form
        for sense in entry.iter("Sense"):
            form_of[sense.get("id", "")] = form
            words.setdefault(sense.get("synset", ""), []).append(form)
    for synset in root.iter("Synset"):
        members = [form_of[m] for m in synset.get("members", "").split() if m in form_of]
        if members:
            words[synset.get("id", "")] = members
    return words


WORDNET = HierarchyFormat(
    name="wordnet",
    suffixes=(".noun", ".verb"),
    description="WordNet database files: a dict folder, or data.noun with index.noun beside it",
    options=("relation",),
    sniff=_certainty,
    read=hierarchy_from_wordnet,
    texts=texts_from_wordnet,
    files=("data.noun", "index.noun"),
    example="00001740 03 n 01 entity 0 000 | that which exists\n"
    "00015388 05 n 02 animal 0 beast 0 001 @ 00001740 n 0000 | a living organism\n"
    "02084071 05 n 01 dog 0 001 @ 00015388 n 0000 | a member of the genus Canis\n",
    keeps="labels such as dog.n.01 (offsets without index.noun), first words as names",
    drops="other relations, glosses, other parts of speech",
)


def _is_lmf(text: str) -> float:
    return 0.97 if re.search(r"<LexicalResource[\s>]", text[:5_000]) else 0.0


WN_LMF = HierarchyFormat(
    name="wn-lmf",
    suffixes=(".lmf", ".wn-lmf.xml"),
    description="WN-LMF, the XML of the Open Multilingual Wordnet",
    options=("relation",),
    sniff=_is_lmf,
    read=hierarchy_from_wn_lmf,
    texts=texts_from_wn_lmf,
    example="""<LexicalResource><Lexicon id="x" language="en">
 <LexicalEntry id="e1"><Lemma writtenForm="animal" partOfSpeech="n"/><Sense id="s1" synset="x-1-n"/>
 </LexicalEntry>
 <LexicalEntry id="e2"><Lemma writtenForm="dog" partOfSpeech="n"/><Sense id="s2" synset="x-2-n"/>
 </LexicalEntry>
 <Synset id="x-1-n" ili="i1"/>
 <Synset id="x-2-n" ili="i2"><SynsetRelation relType="hypernym" target="x-1-n"/></Synset>
</Lexicon></LexicalResource>
""",
    keeps="synset identifiers as labels, first words as names, ILI and words of one synset",
    drops="other relations, adjectives and adverbs, definitions, senses",
)
