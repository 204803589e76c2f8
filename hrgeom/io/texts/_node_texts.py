"""Texts of the nodes of a hierarchy: what a source says of them, by label."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hrgeom._base.nearest import nearest
from hrgeom._base.sources import naming
from hrgeom._base.synset_labels import lemma_of
from hrgeom.core import Hierarchy, Remark
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import NodeText, TextKind, read_hierarchy, texts_of_file
from hrgeom.io.texts._bundled import BUNDLED_TEXTS, bundled_texts
from hrgeom.io.texts._records import text_records

__all__ = ["TEXT_PARTS", "NodeTexts", "names_as_texts", "read_texts"]

TEXT_PARTS: tuple[TextKind, ...] = ("name", "synonym", "definition")
"""What a source may say of a node, apart from texts of which it does not say what they are."""

_ORDER: dict[str, int] = {"name": 0, "synonym": 1, "definition": 2, "text": 3}
_SHOWN = 3


class NodeTexts(dict[str, tuple[str, ...]]):
    """Label of a node to its texts, name first, and remarks on what was left out.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        Label to texts.
    remarks : sequence of Remark
        What was left out, counted.

    Attributes
    ----------
    remarks : tuple of Remark
        As given.

    Examples
    --------
    >>> NodeTexts({"P:2": ["dog", "hound"]})["P:2"]
    ('dog', 'hound')
    """

    remarks: tuple[Remark, ...]

    def __init__(
        self, texts: Mapping[str, Sequence[str]] | None = None, remarks: Sequence[Remark] = ()
    ) -> None:
        super().__init__({label: tuple(said) for label, said in (texts or {}).items()})
        self.remarks = tuple(remarks)

    def __reduce__(self) -> tuple[Any, ...]:
        return NodeTexts, (dict(self), self.remarks)


def names_as_texts(hierarchy: Hierarchy) -> NodeTexts:
    """Return the name of every node as its text; of a synset without another name its lemma.

    Parameters
    ----------
    hierarchy : Hierarchy
        Whose nodes.

    Returns
    -------
    texts : NodeTexts
        One text per node.

    Examples
    --------
    >>> h = Hierarchy(["P:1", "dog.n.01"], [(1, 0)], names=["animal", None])
    >>> dict(names_as_texts(h))
    {'P:1': ('animal',), 'dog.n.01': ('dog',)}
    """
    return NodeTexts(
        {
            label: ((lemma_of(label) or label) if name == label else " ".join(name.split()),)
            for label, name in zip(hierarchy.labels, hierarchy.names, strict=True)
        }
    )


def read_texts(
    source: str | os.PathLike[str],
    hierarchy: Hierarchy,
    *,
    parts: Sequence[TextKind] = TEXT_PARTS,
    encoding: str | None = None,
    language: str | None = None,
    strict: bool = False,
) -> NodeTexts:
    r"""Return what a source says of the nodes of a hierarchy: names, synonyms and definitions.

    The source may be the file of the hierarchy itself, where its format has texts (OBO, OBO
    Graphs, OWL and SKOS, WordNet's files), or any other that names its nodes.

    Parameters
    ----------
    source : str or path-like
        One of

        - "wordnet" or "wordnet-mammals": lemmas and definitions that come with hrgeom;
        - a file in a format of hierarchies that has texts, or a folder with WordNet's data.noun
          (lemmas, and glosses without examples);
        - a table (tabs, commas or semicolons), JSON or JSON Lines, with a label and a text in
          every row, or columns such as `name`, `synonyms` (several between bars), `definition`;
          several rows may have one label. A JSON object may also be label to text or texts;
        - another file of a hierarchy in JSON, whose names are taken.

        A file may be compressed by gzip; "-" is standard input.
    hierarchy : Hierarchy
        Labels of the source are its labels, or its other labels, or names that one node has.
    parts : sequence of {"name", "synonym", "definition"}
        What is taken, where the source says what a text is.
    encoding : str, optional
        Of the text. Default: what a byte order mark says, else UTF-8.
    language : str, optional
        Of the texts, where the format has several. Default: English, or what has no language.
    strict : bool
        Labels that no node has, and empty texts, are an error.

    Returns
    -------
    texts : NodeTexts
        Every node to one text or more: name first, then synonyms, definitions, others, each once.
        Nodes of which the source says nothing have their name. Its `remarks` count those, texts
        that are empty and labels that no node has.

    Raises
    ------
    FormatError
        If there is no such source, it cannot be read (with the line), no label in it is that of a
        node (with the nearest there are), or `strict` and something would be left out.

    Examples
    --------
    >>> import tempfile
    >>> h = Hierarchy(["P:1", "P:2"], [(1, 0)], names=["animal", "dog"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "texts.tsv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("P:2\thound\nP:2\ta barking animal\n")
    ...     texts = read_texts(path, h)
    >>> dict(texts)
    {'P:1': ('animal',), 'P:2': ('hound', 'a barking animal')}
    >>> print(*texts.remarks)
    1 node has its name alone as text, such as 'P:1'
    """
    unknown = [part for part in parts if part not in TEXT_PARTS]
    if unknown or not parts:
        raise FormatError(f"parts must be among {', '.join(TEXT_PARTS)}: got {list(parts)!r}")
    name, found, n_empty = _found(source, hierarchy, encoding, language)
    with naming(name):
        said = _Said(hierarchy, n_empty, is_partly=_is_bundled(source))
        for each in found:
            if each.kind == "text" or each.kind in parts:
                said.add(each)
        return said.texts(strict=strict)


def _found(
    source: str | os.PathLike[str],
    hierarchy: Hierarchy,
    encoding: str | None,
    language: str | None,
) -> tuple[str, Iterable[NodeText], int]:
    """Return what to call a source, its texts, and how many of its records have none."""
    if _is_bundled(source):
        return str(source), bundled_texts(), 0
    file = texts_of_file(source, encoding=encoding, language=language)
    if file.found is not None:
        return file.name, file.found, 0
    if file.content.lstrip().startswith("{") and '"nodes"' in file.content[:20_000]:
        other = read_hierarchy(source, encoding=encoding)
        pairs = zip(other.labels, other.names, strict=True)
        return file.name, [NodeText(label, "name", name) for label, name in pairs], 0
    place = _Places(hierarchy)
    with naming(file.name):
        records = text_records(file.content, lambda text: text in place)
        without = [record for record in records if record.label is None]
        if without:
            raise FormatError(f"every text must have a label: got none at {without[0].place}")
    found = [each for record in records for each in record.texts]
    return file.name, found, sum(not record.texts for record in records)


def _is_bundled(source: str | os.PathLike[str]) -> bool:
    return isinstance(source, str) and source in BUNDLED_TEXTS and not os.path.isfile(source)


class _Places:
    """Finds the node that a text stands for: by label, other label, or the name of one node."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self.known: dict[str, str | None] = {}
        for label, name in zip(hierarchy.labels, hierarchy.names, strict=True):
            self.known[name] = None if name in self.known else label
        self.known |= {t: hierarchy.labels[node] for t, node in hierarchy.other_labels.items()}
        self.known |= {label: label for label in hierarchy.labels}

    def __contains__(self, text: str) -> bool:
        return self.known.get(text) is not None

    def of(self, text: str) -> str | None:
        return self.known.get(text)


class _Said:
    """Collects what is said of the nodes, and counts what is said of none."""

    def __init__(self, hierarchy: Hierarchy, n_empty: int, *, is_partly: bool) -> None:
        self.hierarchy, self.places = hierarchy, _Places(hierarchy)
        self.of: dict[str, list[tuple[int, str]]] = {}
        self.unknown: dict[str, None] = {}
        self.n_empty = n_empty
        self.is_partly = is_partly  # the source has many other nodes, as is known

    def add(self, each: NodeText) -> None:
        label = self.places.of(each.label)
        if label is None:
            self.unknown[each.label] = None
        elif text := " ".join(each.text.split()):
            self.of.setdefault(label, []).append((_ORDER[each.kind], text))
        else:
            self.n_empty += 1

    def texts(self, *, strict: bool) -> NodeTexts:
        labels = self.hierarchy.labels
        if not self.of:
            raise FormatError(_nothing_known(self.unknown, self.hierarchy))
        silent = [label for label in labels if label not in self.of]
        unknown = {} if self.is_partly else self.unknown
        remarks = [
            *_unknown_remark(unknown, self.hierarchy),
            *_empty_remark(self.n_empty),
            *_silent_remark(silent),
        ]
        if strict and (left_out := [r.message for r in remarks if r.code != "names-as-texts"]):
            raise FormatError(
                f"texts must fit the nodes where they are read strictly: {left_out[0]}"
            )
        names = names_as_texts(self.hierarchy) if silent else {}
        texts = {
            label: _in_order(self.of.pop(label)) if label in self.of else names[label]
            for label in labels
        }
        return NodeTexts(texts, remarks)


def _in_order(said: list[tuple[int, str]]) -> tuple[str, ...]:
    said.sort(key=lambda each: each[0])
    return tuple(dict.fromkeys(text for _, text in said))


def _nothing_known(unknown: Mapping[str, None], hierarchy: Hierarchy) -> str:
    if not unknown:
        return "texts of nodes must have words: got none but empty ones"
    return (
        f"labels of texts must be those of nodes: got none of the {len(unknown):,} labels, "
        f"{_with_nearest(unknown, hierarchy)}"
    )


def _with_nearest(unknown: Mapping[str, None], hierarchy: Hierarchy) -> str:
    """Return the first labels that are not known, each with the nearest there is."""
    shown = []
    for label in list(unknown)[:_SHOWN]:
        near = nearest(label, hierarchy.labels, 1)
        shown.append(f"{label!r} (nearest: {near[0]!r})" if near else repr(label))
    return f"such as {', '.join(shown)}"


def _unknown_remark(unknown: Mapping[str, None], hierarchy: Hierarchy) -> list[Remark]:
    if not unknown:
        return []
    text = (
        f"{len(unknown):,} label{'s' * (len(unknown) != 1)} of texts that no node has left out, "
        f"{_with_nearest(unknown, hierarchy)}"
    )
    return [Remark("unknown-labels", text, len(unknown))]


def _silent_remark(silent: list[str]) -> list[Remark]:
    if not silent:
        return []
    said = "node has its name alone" if len(silent) == 1 else "nodes have their names alone"
    text = f"{len(silent):,} {said} as text, such as {silent[0]!r}"
    return [Remark("names-as-texts", text, len(silent))]


def _empty_remark(count: int) -> list[Remark]:
    if not count:
        return []
    return [Remark("empty-texts", f"{count:,} empty text{'s' * (count != 1)} left out", count)]
