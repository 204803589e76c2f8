"""Texts in tables and JSON: records with a label and texts, whatever their columns are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hrgeom._base.json_text import parse_json
from hrgeom.errors import FormatError
from hrgeom.io._headers import plain
from hrgeom.io._tables import read_table
from hrgeom.io.hierarchies import NodeText, TextKind

__all__ = ["TextRecord", "text_records"]

_LABELS = (
    *("label", "id", "nodeid", "node", "code", "key", "identifier", "curie", "iri", "uri"),
    *("conceptid", "termid", "categoryid", "productid", "itemid", "articleid", "sku", "number"),
    *("ean", "gtin", "upc", "asin", "mpn", "itemnumber", "articlenumber", "productnumber"),
)
_KINDS: dict[str, TextKind] = {
    **dict.fromkeys(("name", "names", "title", "preflabel", "term", "category", "word"), "name"),
    **dict.fromkeys(
        ("synonym", "synonyms", "alias", "aliases", "altlabel", "altlabels", "lemmas"), "synonym"
    ),
    **dict.fromkeys(("definition", "definitions", "description", "gloss", "def"), "definition"),
    **dict.fromkeys(("text", "texts", "query", "mention", "comment"), "text"),
}
"""Column -> what its texts are, by names without signs and in lower case."""

IsNode = Callable[[str], bool]


@dataclass(frozen=True)
class TextRecord:
    """A row of a table, or an object of JSON.

    Attributes
    ----------
    place : str
        Where it stands, such as "line 3".
    label : str or None
        None: the record has none.
    texts : tuple of NodeText
        In the order of the columns; label "" where the record has none.
    """

    place: str
    label: str | None
    texts: tuple[NodeText, ...]


def text_records(content: str, is_node: IsNode | None = None) -> list[TextRecord]:
    """Return the records of a text: JSON, JSON Lines, a table, or a text per line.

    Parameters
    ----------
    content : str
        The whole text.
    is_node : callable, optional
        Says whether a text stands for a node; the first row of a table is no header if its first
        cell does. None: there are no nodes, records need no label, and a line may be a text alone.

    Raises
    ------
    FormatError
        With the line, if rows have several lengths, or columns are not known.
    """
    if content.lstrip()[:1] in ("{", "["):
        return list(_of_json(content))
    delimiter = _delimiter(content, is_node)
    if delimiter is None:
        if is_node is not None:
            raise FormatError(
                "texts of nodes must be a table of label and text (tabs, commas or semicolons "
                f"between), JSON or an ontology: got {content.strip()[:60]!r}"
            )
        return _lines(content)
    return _of_table(content, delimiter, is_node)


# --- Tables -----------------------------------------------------------------------------------


def _delimiter(content: str, is_node: IsNode | None) -> str | None:
    """Return the sign between cells; None if every line is one text.

    A comma or a semicolon separates cells only below a header or after a label: texts have commas.
    """
    first = next((line for line in content.split("\n") if line.strip()), "")
    if "\t" in first:
        return "\t"
    for sign in (",", ";"):
        cells = [cell.strip().strip('"') for cell in first.split(sign)]
        if any(plain(cell) in _KINDS for cell in cells) and len(cells) < 40:
            return sign
        if len(cells) > 1 and f"{sign} " not in first and plain(cells[0]) in _LABELS:
            return sign  # a header, of which nothing else is known
    if plain(first.strip().strip('"')) in _KINDS:
        return ","
    for sign in (",", ";"):
        if sign in first and _is_two_columns(content, first, sign, is_node):
            return sign
    return None


def _is_two_columns(content: str, first: str, sign: str, is_node: IsNode | None) -> bool:
    """Return whether every row has two cells, the first a label: a node's, or without spaces."""
    label, _, rest = first.partition(sign)
    is_label = is_node is not None and is_node(label.strip().strip('"'))
    if not is_label and (" " in label or rest.startswith(" ")):
        return False
    try:
        rows = read_table(content, sign).rows
    except FormatError:
        return False
    return all(len(cells) == 2 and (is_label or " " not in cells[0]) for _, cells in rows)


def _of_table(content: str, delimiter: str, is_node: IsNode | None) -> list[TextRecord]:
    rows = read_table(content, delimiter, lenient=delimiter == "\t").rows
    if not rows:
        raise FormatError("a table of texts must have rows: got none")
    label_at, kinds, has_header = _columns(rows[0][1], is_node)
    has_header = has_header or (is_node is None and _names_a_column_of_numbers(rows))
    records = []
    for line, cells in rows[has_header:]:
        if len(cells) != len(rows[0][1]):
            raise FormatError(
                f"every row must have {len(rows[0][1])} cells: got {len(cells)} at line {line}; a "
                "text with the sign between cells in it must be in quotes"
            )
        label = None if label_at is None else str(cells[label_at])
        texts = _texts(label, ((kind, cells[at]) for at, kind in kinds.items()))
        records.append(TextRecord(f"line {line}", label, texts))
    return records


def _names_a_column_of_numbers(rows: list[tuple[int, list[str]]]) -> bool:
    """Return whether the first cells are a word and then whole numbers: the word is no label."""
    first, *others = (cells[0] for _, cells in rows)
    has_digit = any(sign.isdigit() for sign in first)
    return bool(others) and not has_digit and all(label.isdigit() for label in others)


def _columns(
    first: list[str], is_node: IsNode | None
) -> tuple[int | None, dict[int, TextKind], bool]:
    """Return the column of labels, kinds of the columns of texts, and whether there is a header."""
    names = [plain(cell) for cell in first]
    kinds = {at: _KINDS[name] for at, name in enumerate(names) if name in _KINDS}
    found = [at for name in _LABELS for at, each in enumerate(names) if each == name]
    if kinds and not (is_node is not None and is_node(first[0])):
        label_at = found[0] if found else None
        if label_at is None and is_node is not None:
            if len(first) == len(kinds):
                label_at = next(iter(kinds))
                kinds.pop(label_at)
            else:
                label_at = next(at for at in range(len(first)) if at not in kinds)
        if kinds or label_at is None:
            return label_at, kinds, True
    if len(first) == 2:
        has_header = names[0] in _LABELS and not (is_node is not None and is_node(first[0]))
        return 0, {1: "text"}, has_header
    raise FormatError(
        "a table of texts must have a column of labels and columns of texts, two columns or a "
        f"header such as label, name, synonyms, definition, text: got {', '.join(first)[:80]!r}"
    )


def _lines(content: str) -> list[TextRecord]:
    return [
        TextRecord(f"line {number}", None, (NodeText("", "text", line.strip()),))
        for number, line in enumerate(content.split("\n"), start=1)
        if line.strip()
    ]


# --- JSON -------------------------------------------------------------------------------------


def _of_json(content: str) -> Iterator[TextRecord]:
    start = content.lstrip()
    if start.startswith("{") and "\n" in start and start.split("\n", 1)[0].rstrip().endswith("}"):
        for number, line in enumerate(content.split("\n"), start=1):
            if line.strip():
                yield _record(parse_json(line, first_line=number), f"line {number}")
        return
    value = parse_json(content)
    if isinstance(value, dict) and _is_record(value):
        yield _record(value, "record 1")
    elif isinstance(value, dict):
        for label, said in value.items():
            parts = said if isinstance(said, dict) else {"text": said}
            yield _record({**parts, "label": label}, f"{label!r}")
    else:
        for number, each in enumerate(value, start=1):
            said = {"text": each} if isinstance(each, str) else each
            yield _record(said, f"record {number}")


def _is_record(value: Mapping[str, Any]) -> bool:
    names = {plain(key) for key in value}
    return not names.isdisjoint(_KINDS) and not names.isdisjoint(_LABELS)


def _record(value: Any, place: str) -> TextRecord:
    if not isinstance(value, dict):
        raise FormatError(
            f"a text must be a record such as {{label, text}}: got {str(value)[:40]!r} at {place}"
        )
    names = {plain(key): key for key in reversed(value)}
    label_of = next((names[name] for name in _LABELS if name in names), None)
    label = None if label_of is None else value[label_of]
    if isinstance(label, int) and not isinstance(label, bool):
        label = str(label)
    if not (label is None or isinstance(label, str)):
        raise FormatError(f"a label must be text: got {label!r} at {place}")
    pairs = [
        (_KINDS[plain(key)], each)
        for key, said in value.items()
        if plain(key) in _KINDS
        for each in (said if isinstance(said, list) else [said])
    ]
    if not pairs:
        raise FormatError(
            f"a record must have a text, under a name such as text, name, synonyms, definition: "
            f"got {', '.join(value)[:80]!r} at {place}"
        )
    for _, each in pairs:
        if not (each is None or isinstance(each, str)):
            raise FormatError(f"a text must be text: got {each!r} at {place}")
    return TextRecord(place, label, _texts(label, ((k, t) for k, t in pairs if t is not None)))


def _texts(label: str | None, pairs: Any) -> tuple[NodeText, ...]:
    """Return the texts of a record; a cell of synonyms holds several between bars."""
    return tuple(
        NodeText(label or "", kind, one.strip())
        for kind, text in pairs
        for one in (text.split("|") if kind == "synonym" else (text,))
        if one.strip()
    )
