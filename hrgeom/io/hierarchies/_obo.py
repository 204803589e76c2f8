"""OBO flat files (1.2 and 1.4), by a small reader of our own.

Strict parsers refuse real files: unescaped braces and exclamation marks, unknown stanzas and tags,
parents that only an import describes. This one takes what makes a hierarchy and counts the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._node_text import NodeText
from hrgeom.io.hierarchies._relations import relations_of, require_relations

__all__ = ["OBO", "hierarchy_from_obo", "obo_of_hierarchy", "texts_from_obo"]

_HEADER_FIELDS = ("ontology", "data-version", "default-namespace")
_ESCAPES = {"n": "\n", "W": " ", "t": "\t"}
_MODIFIERS = re.compile(r"\s+\{\s*(?:[^\s{}=]+\s*=[^{}]*)?\}$")
_COMMENT = re.compile(r"\s(?<!\\)!(?:\s.*)?$")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass
class _Term:
    """What a stanza says of a term."""

    line: int
    name: str = ""
    parents: list[tuple[str, str, int]] = field(default_factory=list)  # relation, parent, line
    others: list[str] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)
    definition: str = ""
    replaced_by: list[str] = field(default_factory=list)
    is_obsolete: bool = False


def hierarchy_from_obo(text: str, *, relation: str | None = None) -> Hierarchy:
    r"""Return the hierarchy of an OBO file.

    Parameters
    ----------
    text : str
    relation : str, optional
        Relations that make edges, separated by commas. Default: is_a.

    Raises
    ------
    FormatError
        If there is no term, a term has no id, or the relation makes no edge.

    Examples
    --------
    >>> h = hierarchy_from_obo("[Term]\nid: P:1\nname: pet\n\n[Term]\nid: P:2\nis_a: P:1 ! pet\n")
    >>> h.labels, h.names, h.parents("P:2")
    (('P:1', 'P:2'), ('pet', 'P:2'), ['P:1'])
    """
    made = Assembly()
    reader = _Reader.of(text, made)
    _Edges(made, reader.terms, relations_of(relation, ("is_a",))).add()
    return made.hierarchy(reader.header)


def texts_from_obo(text: str) -> Iterator[NodeText]:
    r"""Yield the names, synonyms and definitions of the terms that are not obsolete.

    Examples
    --------
    >>> term = '[Term]\nid: P:1\nname: pet\nsynonym: "companion" EXACT []\ndef: "A kept one." []\n'
    >>> [(each.kind, each.text) for each in texts_from_obo(term)]
    [('name', 'pet'), ('synonym', 'companion'), ('definition', 'A kept one.')]
    """
    for identifier, term in _Reader.of(text, Assembly()).terms.items():
        if not term.is_obsolete:
            yield NodeText(identifier, "name", term.name)
            yield from (NodeText(identifier, "synonym", each) for each in term.synonyms)
            yield NodeText(identifier, "definition", term.definition)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (number, line) without blank lines and comments; a backslash goes on in the next."""
    held = ""
    for number, raw in enumerate(text.split("\n"), start=1):
        line = held + raw.rstrip("\r").strip()
        if line.endswith("\\") and not line.endswith("\\\\"):
            held = line[:-1]
            continue
        held = ""
        if line and not line.startswith("!"):
            yield number, line


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def _value(text: str) -> str:
    """Return a value without its comment and trailing modifiers, escapes undone."""
    if "!" in text:
        text = _COMMENT.sub("", text)
    if text.endswith("}"):
        text = _MODIFIERS.sub("", text)
    return _unescaped(text.strip())


def _quoted(text: str) -> list[str]:
    """Return the first text in quotes, escapes undone, if there is one."""
    found = _QUOTED.search(text)
    return [_unescaped(found[1])] if found else []


def _identifier(text: str) -> str:
    """Return the identifier that a value starts with."""
    found = text.split(None, 1)
    return _unescaped(found[0]) if found else ""


class _Reader:
    """Takes lines in order and keeps the terms."""

    def __init__(self, made: Assembly) -> None:
        self.made = made
        self.terms: dict[str, _Term] = {}
        self.header: dict[str, str] = {}
        self.kind: str | None = None
        self.term: _Term | None = None
        self.identifier = ""

    @classmethod
    def of(cls, text: str, made: Assembly) -> _Reader:
        """Return the reader after the last line of a text."""
        reader = cls(made)
        for line, content in _lines(text):
            reader.take(line, content)
        reader.end_stanza()
        if not reader.terms:
            raise FormatError("an OBO file must have a [Term] stanza with an id: got none")
        return reader

    def take(self, line: int, content: str) -> None:
        if content.startswith("[") and content.endswith("]") and ":" not in content:
            self.end_stanza()
            self._begin(content[1:-1].strip(), line)
            return
        tag, colon, value = content.partition(":")
        if not colon:
            self.made.note("unreadable-lines", f"line {line}")
        elif self.kind is None:
            self._take_header(tag.strip(), value.strip())
        elif self.term is not None:
            self._take_tag(tag.strip(), value.strip(), line)

    def _begin(self, kind: str, line: int) -> None:
        self.kind, self.identifier = kind, ""
        self.term = _Term(line) if kind.casefold() == "term" else None
        if self.term is None and kind.casefold() != "typedef":
            self.made.note("other-stanzas", f"[{kind}] at line {line}")

    def end_stanza(self) -> None:
        if self.term is None:
            return
        if not self.identifier:
            raise FormatError(f"a term must have an id: got none in that of line {self.term.line}")
        known = self.terms.setdefault(self.identifier, self.term)
        if known is not self.term:  # further stanzas of a term add to it
            known.name = known.name or self.term.name
            known.parents += self.term.parents
            known.others += self.term.others
            known.synonyms += self.term.synonyms
            known.definition = known.definition or self.term.definition
            known.replaced_by += self.term.replaced_by
            known.is_obsolete = known.is_obsolete or self.term.is_obsolete
        self.term = None

    def _take_header(self, tag: str, value: str) -> None:
        if tag == "import":
            self.made.note("imports", value)
        elif tag in _HEADER_FIELDS:
            self.header[tag] = _value(value)

    def _take_tag(self, tag: str, value: str, line: int) -> None:
        term = self.term
        assert term is not None
        if tag == "id":
            self.identifier = _identifier(value)
        elif tag == "name":
            term.name = term.name or _value(value)
        elif tag == "is_a":
            term.parents.append(("is_a", _identifier(value), line))
        elif tag == "relationship":
            relation, _, rest = value.partition(" ")
            term.parents.append((_unescaped(relation), _identifier(rest), line))
        elif tag == "alt_id":
            term.others.append(_identifier(value))
        elif tag in ("synonym", "exact_synonym", "narrow_synonym", "broad_synonym"):
            found = _quoted(value)
            term.others += found
            term.synonyms += found
        elif tag == "def":
            term.definition = term.definition or "".join(_quoted(value))
        elif tag == "is_obsolete":
            term.is_obsolete = value.casefold().startswith("true")
        elif tag == "replaced_by":
            term.replaced_by.append(_identifier(value))
        elif tag in ("intersection_of", "union_of", "equivalent_to"):
            self.made.note("intersections", f"{tag} at line {line}")


class _Edges:
    """Nodes and edges of the terms that are not obsolete."""

    def __init__(self, made: Assembly, terms: dict[str, _Term], relations: frozenset[str]) -> None:
        self.made, self.terms, self.relations = made, terms, relations
        self.aliases: dict[str, str] = {}
        self.unused: Counter[str] = Counter()

    def add(self) -> None:
        living = {i: term for i, term in self.terms.items() if not term.is_obsolete}
        for identifier, term in living.items():
            self.made.node(identifier, term.name)
        for identifier, term in living.items():
            for other in term.others:
                self.made.other(other, identifier)
                if other not in self.terms:
                    self.aliases.setdefault(other, identifier)
        for identifier, term in self.terms.items():
            if term.is_obsolete:
                self._leave_out(identifier, term, living)
        for identifier, term in living.items():
            for relation, parent, line in term.parents:
                self._edge(identifier, relation, parent, line)
        require_relations(self.relations, bool(self.made.edges), self.unused)

    def _leave_out(self, identifier: str, term: _Term, living: dict[str, _Term]) -> None:
        self.made.note("obsolete", identifier)
        replacing = [other for other in term.replaced_by if other in living]
        if len(replacing) == 1:
            self.aliases[identifier] = replacing[0]
            for text in (identifier, *term.others, *filter(None, [term.name])):
                self.made.other(text, replacing[0])

    def _edge(self, child: str, relation: str, parent: str, line: int) -> None:
        if relation not in self.relations:
            self.unused[relation] += 1
            self.made.note("other-relations", relation)
            return
        if not parent:
            self.made.note("unreadable-lines", f"line {line}")
            return
        parent = self.aliases.get(parent, parent)
        if parent in self.terms and self.terms[parent].is_obsolete:
            self.made.note("obsolete-parents", f"{parent} at line {line}")
            return
        if parent not in self.made.index:
            self.made.note("dangling-parents", parent)
        self.made.edge(child, parent, f"line {line}")


def _escaped(text: str) -> str:
    for sign in ("\\", "!", "{", "}", '"'):
        text = text.replace(sign, f"\\{sign}")
    text = text.replace("\n", "\\n").replace("\t", "\\t")
    front, back = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    return "\\W" * front + text.strip(" ") + "\\W" * back if text.strip(" ") else "\\W" * len(text)


def obo_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return a hierarchy as an OBO file, with names, and other labels as alt_id or synonym.

    Raises
    ------
    FormatError
        If a label has spaces or signs that an identifier cannot have, or a name a line break other
        than a line feed.

    Examples
    --------
    >>> print(obo_of_hierarchy(Hierarchy(["P:1", "P:2"], [(1, 0)], names=["pet", None])), end="")
    format-version: 1.2
    <BLANKLINE>
    [Term]
    id: P:1
    name: pet
    <BLANKLINE>
    [Term]
    id: P:2
    is_a: P:1
    """
    others: dict[int, list[str]] = {}
    for text, node in hierarchy.other_labels.items():
        others.setdefault(node, []).append(text)
    parts = ["format-version: 1.2\n"]
    for node, label in enumerate(hierarchy.labels):
        if not re.fullmatch(r'[^\s!{}"\\\x00-\x1f\x7f\x85]+', label):
            raise FormatError(
                'labels of an OBO file must be identifiers, without spaces, ! { } " and '
                f"backslashes: got {label!r}; write JSON instead"
            )
        parts.append("\n[Term]\n" + "".join(_tags(hierarchy, node, others.get(node, []))))
    return "".join(parts)


def _tags(hierarchy: Hierarchy, node: int, others: list[str]) -> Iterator[str]:
    label, name = hierarchy.labels[node], hierarchy.names[node]
    yield f"id: {label}\n"
    if name and name != label:
        yield f"name: {_line(name)}\n"
    for other in others:
        if re.fullmatch(r'[^\s!{}"\\]+', other):
            yield f"alt_id: {other}\n"
        else:
            yield f'synonym: "{_line(other)}" EXACT []\n'
    for parent in hierarchy.parents(label):
        yield f"is_a: {parent}\n"


def _line(text: str) -> str:
    if re.search(r"[\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]", text) or (
        text != text.strip(" \n") and (text.strip() != text.strip(" "))
    ):
        raise FormatError(f"names of an OBO file must be lines of text: got {text!r}")
    return _escaped(text)


def _certainty(text: str) -> float:
    start = text[:20_000]
    if re.search(r"^format-version\s*:", start, re.MULTILINE):
        return 0.98
    return 0.97 if re.search(r"^\[Term\]\s*\n(?:.*\n)*?id\s*:", start, re.MULTILINE) else 0.0


OBO = HierarchyFormat(
    name="obo",
    suffixes=(".obo",),
    description="OBO flat file of an ontology",
    options=("relation",),
    sniff=_certainty,
    read=hierarchy_from_obo,
    write=obo_of_hierarchy,
    texts=texts_from_obo,
    example="""format-version: 1.2

[Term]
id: PET:1
name: animal

[Term]
id: PET:2
name: dog
synonym: "hound" EXACT []
is_a: PET:1 ! animal
""",
    keeps="identifiers as labels, names, synonyms, alt_id and replaced_by as other labels",
    drops="obsolete terms, relations not asked for, logical definitions, other stanzas, imports",
)
