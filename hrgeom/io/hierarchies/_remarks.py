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
    "no-edges": RemarkKind(
        "node, without any edge",
        "nodes, without any edge",
        "",
        "name the --relation that makes the edges, if there is one",
    ),
    "header-line": RemarkKind(
        "first line left out, as the name of the column",
        "first lines left out, as names of columns",
        _AS,
        "put a path such as A > B first if the line is a node",
    ),
    "numbers-met": RemarkKind(
        "parent written as another number than the identifier it means",
        "parents written as other numbers than the identifiers they mean",
        _AS,
        "nothing, if a program took the zeros in front away",
    ),
    "parents-split": RemarkKind(
        "cell with several parents taken apart",
        "cells with several parents taken apart",
        _AS,
        "put quotes around a label with such a sign in it, in a row of its own",
    ),
    "signs-in-labels": RemarkKind(
        "parent with a | or ; in it read as one label",
        "parents with a | or ; in them read as one label each",
        _AS,
        "write a row for each parent if there are several",
    ),
    "repeated-rows": RemarkKind(
        "row with an identifier that came before gave a parent alone",
        "rows with an identifier that came before gave a parent alone",
        _AT,
        "nothing, if a node with several parents has a row for each",
    ),
    "repeated-lines": RemarkKind(
        "line that came before left out",
        "lines that came before left out",
        _AT,
        "nothing",
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
    "obsolete-parents": RemarkKind(
        "edge to an obsolete term without a replacement left out",
        "edges to obsolete terms without a replacement left out",
        _AS,
        "mend the file: the children have lost this parent",
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
    "transitive-parents": RemarkKind(
        "parent known by a transitive statement alone",
        "parents known by transitive statements alone",
        _AS,
        "nothing: such a node has no direct parent",
    ),
    "names-left-out": RemarkKind(
        "name in another language left out",
        "names in other languages left out",
        _AS,
        "choose with --language",
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
    "other-parts-of-speech": RemarkKind(
        "synset of an adjective or adverb without hypernyms left out",
        "synsets of adjectives and adverbs without hypernyms left out",
        _AS,
        "nothing",
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
    "cells-stripped": RemarkKind(
        "cell had white space around it, which is left out",
        "cells had white space around them, which is left out",
        "",
        "nothing, if the spaces mean nothing; JSON keeps them",
    ),
    "quotes-kept": RemarkKind(
        "cell starts with a quote that is part of it",
        "cells start with a quote that is part of them",
        "",
        "close the quotes in the file if they are to be taken off",
    ),
    "single-quotes": RemarkKind(
        "cell in single quotes, which are taken off",
        "cells in single quotes, which are taken off",
        "",
        "nothing, if every cell of the file has them",
    ),
    "rows-above-header": RemarkKind(
        "row above the header left out", "rows above the header left out", "", "nothing"
    ),
    "zero-parents": RemarkKind(
        "row with a parent 0 or -1, which has no row and becomes a node",
        "rows with a parent 0 or -1, which has no row and becomes a node",
        "",
        "leave the cell empty if it means no parent",
    ),
    "empty-rows": RemarkKind(
        "row without any label left out", "rows without any label left out", "", "nothing"
    ),
    "hash-rows": RemarkKind(
        "row that starts with '#' read as data",
        "rows that start with '#' read as data",
        _AT,
        "put a space after the '#' of a comment, above the first row",
    ),
    "null-labels": RemarkKind(
        "word such as null is read as a label, since it has a parent",
        "words such as null are read as labels, since they have parents",
        _AS,
        "take the row out if it says that there is no child",
    ),
    "numbers-alike": RemarkKind(
        "label equal to another as a number",
        "labels equal to others as numbers",
        _AS,
        "write each number one way if it is one node",
    ),
    "closure-reduced": RemarkKind(
        "edge left out: the whole closure is listed, and it follows",
        "edges left out: the whole closure is listed, and they follow",
        "",
        "nothing: ancestors stay the same",
    ),
    "closure-kept": RemarkKind(
        "edge follows from others: the edges are their whole closure",
        "edges follow from others: the edges are their whole closure",
        "",
        "nothing: ancestors are the same without these edges",
    ),
    "labels-alike": RemarkKind(
        "label differs from another only by letter case, spaces or Unicode form",
        "labels differ from others only by letter case, spaces or Unicode form",
        _AS,
        "write the label one way if it is one node",
    ),
    "looks-reversed": RemarkKind(
        "inner node has several parents, and few have several children: edges look reversed",
        "inner nodes have several parents, and few have several children: edges look reversed",
        "",
        "say --edge-direction parent-child if the first of a pair is the parent",
    ),
    "links-by-position": RemarkKind(
        "link read as positions in the list of nodes",
        "links read as positions in the list of nodes",
        "",
        "write ids and ends of links as the same type if they are ids",
    ),
}
"""Code -> what is said and what to do."""
