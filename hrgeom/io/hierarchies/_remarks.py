"""The remarks that readers of hierarchies make, each with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["REMARKS", "RemarkKind"]


@dataclass(frozen=True)
class RemarkKind:
    """A kind of remark: what is said, and what to do.

    Attributes
    ----------
    one, many : str
        What is said of one and of several, after the number.
    example : str
        How the first example is introduced; empty: none is shown.
    advice : str
        What to do if it is not wanted, for the guide.
    """

    one: str
    many: str
    example: str
    advice: str

    def message(self, count: int, example: object) -> str:
        """Return the sentence of a remark."""
        said = f"{count:,} {self.one if count == 1 else self.many}"
        shown = str(example)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        return f"{said}{self.example}{shown}" if self.example and shown else said


_AT, _AS = ", the first at ", ", such as "

REMARKS: dict[str, RemarkKind] = {
    "repeated-edges": RemarkKind(
        "repeated edge left out",
        "repeated edges left out",
        _AT,
        "nothing, if the file lists edges more than once on purpose",
    ),
    "self-loops": RemarkKind(
        "edge from a node to itself left out",
        "edges from a node to itself left out",
        _AT,
        "nothing: some formats mark a root this way",
    ),
    "dangling-parents": RemarkKind(
        "parent that the file does not describe was made a node",
        "parents that the file does not describe were made nodes",
        _AS,
        "read the file that describes them as well, or take the edges out",
    ),
    "no-parent-values": RemarkKind(
        "parent that stands for none taken as no parent",
        "parents that stand for none taken as no parent",
        _AS,
        "nothing, if these are the roots; otherwise give the node a row",
    ),
    "parents-by-name": RemarkKind(
        "parent looked up by its name",
        "parents looked up by their names",
        _AS,
        "nothing, if the parent column holds names; otherwise check the header",
    ),
    "whole-numbers": RemarkKind(
        "identifier written as 2.0 read as 2",
        "identifiers written as 2.0 read as 2",
        _AS,
        "nothing, if pandas wrote the file: it makes floats of a column with gaps",
    ),
    "repeated-rows": RemarkKind(
        "row with an identifier that came before gave a parent alone",
        "rows with an identifier that came before gave a parent alone",
        _AT,
        "nothing, if a node with several parents has a row for each",
    ),
    "ignored-columns": RemarkKind(
        "column not used",
        "columns not used",
        _AS,
        "nothing, or say which columns to read",
    ),
    "ambiguous-other-labels": RemarkKind(
        "synonym or alternative identifier of several nodes left out",
        "synonyms or alternative identifiers of several nodes left out",
        _AS,
        "ask for the node by its label",
    ),
    "obsolete": RemarkKind(
        "obsolete term left out",
        "obsolete terms left out",
        _AS,
        "nothing: those with a replacement are found under its name",
    ),
    "other-relations": RemarkKind(
        "edge of another relation left out",
        "edges of other relations left out",
        _AS,
        "name the relations with --relation, such as is_a,part_of",
    ),
    "intersections": RemarkKind(
        "logical definition left out",
        "logical definitions left out",
        _AS,
        "run a reasoner first if the edges it implies are wanted",
    ),
    "other-stanzas": RemarkKind(
        "stanza that describes no term left out",
        "stanzas that describe no term left out",
        _AS,
        "nothing",
    ),
    "imports": RemarkKind(
        "import not followed", "imports not followed", _AS, "merge the imported files first"
    ),
    "unreadable-lines": RemarkKind(
        "line of an unknown form left out",
        "lines of an unknown form left out",
        _AT,
        "mend the file",
    ),
    "implied-nodes": RemarkKind(
        "node named only as part of a path added",
        "nodes named only as part of a path added",
        _AS,
        "nothing",
    ),
    "comments": RemarkKind("comment left out", "comments left out", _AS, "nothing"),
    "summary": RemarkKind(
        "summary line of the program tree left out",
        "summary lines of the program tree left out",
        _AS,
        "nothing",
    ),
    "blank-nodes": RemarkKind(
        "anonymous class or restriction left out",
        "anonymous classes or restrictions left out",
        _AS,
        "name the property with --relation to make edges of it",
    ),
    "top-class": RemarkKind(
        "edge to the class of all things left out",
        "edges to the class of all things left out",
        _AS,
        "nothing",
    ),
    "closure-statements": RemarkKind(
        "transitive statement left out beside direct ones",
        "transitive statements left out beside direct ones",
        _AS,
        "name the relation with --relation to use them",
    ),
    "other-language": RemarkKind(
        "name in another language than asked for",
        "names in another language than asked for",
        _AS,
        "choose another --language",
    ),
    "unnamed-nodes": RemarkKind(
        "node without a name given one",
        "nodes without a name given one each",
        _AS,
        "name the nodes in the file if labels are to be chosen",
    ),
    "repeated-names": RemarkKind(
        "name belongs to several nodes: labels are paths",
        "names belong to several nodes: labels are paths",
        _AS,
        "ask for a node by its path",
    ),
    "branch-lengths": RemarkKind(
        "branch length left out", "branch lengths left out", "", "nothing"
    ),
    "support-values": RemarkKind(
        "support value of an inner node left out",
        "support values of inner nodes left out",
        _AS,
        "nothing",
    ),
    "no-names-file": RemarkKind(
        "file of names not found: nodes are shown by their numbers",
        "files of names not found: nodes are shown by their numbers",
        _AS,
        "put names.dmp beside nodes.dmp, or give the folder",
    ),
    "other-edges": RemarkKind(
        "edge with more or fewer than two ends left out",
        "edges with more or fewer than two ends left out",
        _AS,
        "nothing",
    ),
    "edge-weights": RemarkKind(
        "weight or other attribute of an edge left out",
        "weights or other attributes of edges left out",
        _AS,
        "nothing",
    ),
}
"""Code -> what is said and what to do."""
