"""What pages may write and the parser would misread: both are right on a forge.

An alternative text may be broken into lines, whose words the parser would join; a displayed formula
may stand in a paragraph, where the parser would see two empty ones in the line.
"""

import re

PICTURE = re.compile(r"!\[[^\]]+\]\(")
DISPLAYED = re.compile(r"^(\$\$[^$]+\$\$)\n", re.M)


def mend(app, docname, source):
    """Put alternative texts on one line, and displayed formulas between blank lines."""
    text = PICTURE.sub(lambda found: " ".join(found[0].split()), source[0])
    source[0] = DISPLAYED.sub(r"\n\1\n\n", text)


def setup(app):
    """Before anything is parsed."""
    app.connect("source-read", mend)
    return {"parallel_read_safe": True}
