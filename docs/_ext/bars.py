"""Docstrings write |S(q)| for a size; reStructuredText would take it for a substitution."""

import re

SIZE = re.compile(r"\|([^|`\s][^|`]*)\|")


def escape(app, what, name, obj, options, lines):
    """Escape the bars of prose; formulas have backslashes or a role of their own."""
    for i, line in enumerate(lines):
        if not ("\\" in line or ":math:" in line or line.lstrip().startswith(">>>")):
            lines[i] = SIZE.sub(r"\\|\1\\|", line)


def setup(app):
    """Register after numpydoc, which reads the docstring as it is written."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", escape, priority=900)
    return {"parallel_read_safe": True}
