"""Entities of XML, short names for longer text: those that expand beyond measure are refused.

Ten entities, each ten times the one before, make a billion letters of a kilobyte. What ontologies
have are short names of namespaces.
"""

from __future__ import annotations

import re

from hrgeom._base.regular_files import FREE_EXPANSION, MOST_EXPANSION
from hrgeom.errors import FormatError

__all__ = ["refuse_expanding_entities"]

_LONGEST = 500  # characters of an entity, expanded
_DECLARED = re.compile(r"""<!ENTITY\s+([^\s"'%>]+)\s+(?:"([^"]*)"|'([^']*)')""")
_USED = re.compile(r"&([^\s;&#]+);")


def refuse_expanding_entities(text: str) -> None:
    """Raise FormatError where entities of an XML text expand beyond measure.

    Examples
    --------
    >>> refuse_expanding_entities('<!DOCTYPE a [<!ENTITY owl "http://www.w3.org/2002/07/owl#">]>')
    """
    values = {name: one + other for name, one, other in _DECLARED.findall(text)}
    if not values:
        return
    lengths = {name: len(value) for name, value in values.items()}
    for _ in values:  # an entity may use others, in any order
        longer = {
            name: len(value) + sum(lengths.get(used, 0) for used in _USED.findall(value))
            for name, value in values.items()
        }
        longest = max(longer, key=longer.__getitem__)
        if longer[longest] > _LONGEST:
            raise FormatError(
                f"entities of XML must expand to at most {_LONGEST} characters: got {longest!r} "
                f"with {longer[longest]:,} or more; write the text in full"
            )
        if longer == lengths:
            break
        lengths = longer
    expanded = sum(lengths.get(name, 0) for name in _USED.findall(text))
    if expanded > max(FREE_EXPANSION, MOST_EXPANSION * len(text)):
        raise FormatError(
            f"entities of XML must not expand to {expanded:,} characters in a text of {len(text):,}"
        )
