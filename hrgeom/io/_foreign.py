"""What data looks like that no format reads: the name of it and the way out.

Formats are asked first; this is for messages, the last resort before text of another kind would be
taken for a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["binary_kind", "listed_kind", "paths_kind", "text_kind"]

_MAGIC = (
    (b"PAR1", "a Parquet file", "write it as CSV (pandas: read_parquet(...).to_csv(...))"),
    (
        b"PK\x03\x04",
        "a zip archive (or an Excel or Numbers file)",
        "unpack it, or save the sheet as CSV",
    ),
    (b"BZh", "bzip2 data", "unpack it with bunzip2"),
    (b"\xfd7zXZ", "xz data", "unpack it with unxz"),
    (b"(\xb5/\xfd", "zstandard data", "unpack it with unzstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "save the sheet as CSV"),
    (b"SQLite format 3", "an SQLite database", "export the table of edges as CSV"),
    (b"\x93NUMPY", "a NumPy array", "write the edges as text; vectors go to `hrgeom compare`"),
    (b"\x89HDF", "an HDF5 file", "write the edges as CSV"),
    (b"ARROW1", "an Arrow file", "write it as CSV"),
    (b"ORC", "an ORC file", "write it as CSV"),
    (b"Obj\x01", "an Avro file", "write it as CSV"),
    (b"%PDF", "a PDF", "write the edges as CSV"),
    (b"\x80\x04\x95", "a Python pickle", "write the edges as CSV"),
    (b"\x80\x05\x95", "a Python pickle", "write the edges as CSV"),
    (b"RIFF", "media data", "write the edges as CSV"),
    (b"\x89PNG", "a picture", "write the edges as CSV"),
)

_EDGES = "write it as a table with the header child,parent"
_TEXT = (
    (r"version https://git-lfs", "a Git LFS pointer", "fetch the file itself with `git lfs pull`"),
    (r"(?i)<!doctype html|<html", "an HTML page", "download the data itself"),
    (r"(?s)<.*(<graphml|graphml\.graphdrawing)", "GraphML", _EDGES),
    (r"(?s)(<.*)?<(\w+:)?(RDF|Ontology)\b", "RDF/XML or OWL", _EDGES),
    (r"<\?xml|<!DOCTYPE|<[A-Za-z][\w:.-]*[\s>]", "XML", _EDGES),
    (r"(?m)<[^<>\s]+> +<[^<>\s]+> +(<[^<>\s]+>|\".*|_:\S+).*\.\s*$", "N-Triples (RDF)", _EDGES),
    (r"(?mi)@?(prefix|base)\s+\S*\s*<", "Turtle (RDF)", _EDGES),
    (
        r"(Prefix|Ontology|Class):?\(?\s*[:<]",
        "OWL in Manchester or functional syntax",
        "save it as RDF/XML or OBO, in Protege or with robot convert --input A.ofn --output A.owl",
    ),
    (r"format-version:|\[(Term|Typedef|Instance)\]", "OBO", _EDGES),
    (r"(?i)(strict\s+)?(di)?graph\b[^\n\t,;|]*\{", "Graphviz DOT", _EDGES),
    (
        r"(graph|flowchart) +(TB|TD|BT|RL|LR)\b|(classDiagram|mindmap)\s*\n",
        "a Mermaid diagram",
        _EDGES,
    ),
    (r"@start(uml|mindmap|wbs)\b", "a PlantUML diagram", _EDGES),
    (r"(?s)(Creator[^\n]*\n)?\s*graph\s*\[", "GML", _EDGES),
    (r"(?i)\*vertices\b", "a Pajek network", _EDGES),
    (r"%%MatrixMarket", "a Matrix Market file", _EDGES),
    (r"(?s)\(.*\)[^()]*;\s*\Z", "Newick", _EDGES),
    (r"(?s)\((?=[^;]*,)[^;\t]*\)[^();,\n\t]*\s*\Z", "Newick without its semicolon", "add it"),
    (r"#NEXUS", "NEXUS", _EDGES),
    (
        r"(?is)(--[^\n]*\n|\s)*(create table|insert into|drop table|begin transaction)",
        "an SQL dump",
        "export the table as CSV",
    ),
    (r"%YAML|---\s*\n", "YAML", "write it as JSON"),
    (r"(?s)[^\n]*\n[^\n]*[│├└]", "the output of `tree`", _EDGES),
    (r"\{\s*\"[^\n]*\}[ \t]*\r?\n\s*\{", "JSON Lines", "write one JSON object, or a table"),
    (
        r"\d+\t\|\t[^\n]*\t\|\r?(\n|\Z)",
        "names or merged numbers of an NCBI taxdump",
        "give nodes.dmp or its folder",
    ),
    (r"(?s)\d+\s*\t\|\s*\d+\s*\t\|", "an NCBI taxdump", _EDGES),
)
"""Regular expression at the start of the text, what it is, what to do."""


def binary_kind(data: bytes) -> tuple[str, str] | None:
    """Return what binary data is and what to do; None if it may be text.

    Examples
    --------
    >>> binary_kind(b"PAR1\\x15\\x04")[0]
    'a Parquet file'
    """
    head = data[:4096]
    if not any(byte < 9 or byte > 127 for byte in head):
        return None  # a label may be called ORC
    for magic, kind, advice in _MAGIC:
        if data.startswith(magic):
            return kind, advice
    return None


def text_kind(text: str) -> tuple[str, str] | None:
    """Return what a text plainly is and what to do; None if it may be a table.

    Examples
    --------
    >>> text_kind("@prefix ex: <http://example.org/> .")[0]
    'Turtle (RDF)'
    """
    head = text[:20_000].lstrip()
    bare = re.sub(r"\A((#|!)(?!NEXUS)[^\n]*\n\s*)+", "", head)  # comments of OBO, Turtle and others
    for pattern, kind, advice in _TEXT:
        if re.match(pattern, bare) or re.match(pattern, head):
            return kind, advice
    return None


def paths_kind(text: str, known: Callable[[list[str]], object | None]) -> tuple[str, str] | None:
    """Return that most lines are paths such as ``A > B, C``; None below a header or between tabs.

    Examples
    --------
    >>> paths_kind("Food\\nFood > Tea, Coffee\\nFood > Rice, Corn\\n", lambda cells: None)[0]
    'a path per line'
    """
    lines = [line for line in text[:200_000].splitlines() if line.strip() and line[0] != "#"]
    if not lines or "\t" in text or any(known(lines[0].split(sign)) for sign in ",;|"):
        return None
    n_paths = sum(" > " in line for line in lines)
    return ("a path per line", _EDGES) if 2 * n_paths > len(lines) else None


def listed_kind(text: str) -> tuple[str, str]:
    """Return what lines without an edge look like, and what to do.

    Examples
    --------
    >>> listed_kind("a > b\\na > c\\n")[0]
    'a path per line'
    """
    lines = [line for line in text[:200_000].splitlines() if line.strip() and line[0] != "#"]
    table = "write a table with the header child,parent"

    def most(pattern: str) -> bool:
        return sum(re.search(pattern, line) is not None for line in lines) * 2 > len(lines)

    if kind := text_kind(text):
        return kind
    if most(r"\S\s*(>|›|»|→|->|::)\s*\S"):
        return (
            "a path per line",
            "write it as A > B > C, or as a table with the header child,parent",
        )
    if most(r"\S \| \S"):
        return "a path per line with bars", "write it as A > B > C"
    if all(re.match(r"#{1,6} |\*+ ", line) for line in text.splitlines() if line.strip()):
        return "headings of Markdown or Org", "write an indented list"
    if any(re.match(r"[ \t]+\S", line) for line in lines) and most(r":\s*$|^\s*[\w\"-]+: "):
        return "YAML, or a program", "write it as JSON, or an indented list without colons"
    if any(re.match(r"[ \t]+\S", line) for line in lines):
        return "an indented list", table
    if most(r"^\w+(\.\w+)+$") and {x.rpartition(".")[0] for x in lines} & {*lines}:
        return "paths with dots between their parts", "write them as A > B > C"
    if most(r"^\S+/\S"):
        return "a path per line with slashes", table
    if most(r"^[-*+] "):
        return "a list in Markdown", table
    if all(re.match(r"^\S+[ \t]+\S+$", line) for line in lines):
        return "two columns with spaces between", "if so, say --format spaces"
    if most(r"^[\w-]+:( |$)"):
        return "fields of name and value, as in YAML or OBO", table
    if most(r"^\S+( +-?\d[\d.e+-]*){3,}"):
        return "vectors of words", "write the edges as text; vectors go to `hrgeom compare`"
    return "a list of labels", "if every line is a node without an edge, say --allow-no-edges"
