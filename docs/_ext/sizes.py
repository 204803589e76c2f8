"""|S(q)| in a docstring is a number of elements, not a substitution of reStructuredText."""

import re

_SIZE = re.compile(r"(?<![`\\|])\|(?=\S)([^|`]*[^\s|`])\|(?![|`])")


def escaped(lines):
    """Return the lines with their bars escaped, those of examples as they are."""
    result, in_example = [], False
    for line in lines:
        in_example = bool(line.strip()) and (in_example or line.lstrip().startswith(">>>"))
        result.append(line if in_example else _SIZE.sub(r"\\|\1\\|", line))
    return result


def _process(app, what, name, obj, options, lines):
    lines[:] = escaped(lines)


def setup(app):
    """Escape before numpydoc reads the docstring."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", _process, priority=100)
    return {"parallel_read_safe": True}
