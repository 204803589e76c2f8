"""Formulas of the pages as MathML, which browsers set themselves: nothing is loaded or run."""

import re

from latex2mathml.converter import convert
from sphinx.errors import ExtensionError

NAMES = r"<mi>(?:ln|log|exp|cos|sin|cosh|sinh|tanh|arccos|max|min)</mi>"
THIN = '<mspace width="0.17em"></mspace>'
BEFORE = re.compile(rf"(?<=</mi>|</mn>)(?={NAMES})|(?<=</msup>|</msub>)(?={NAMES})")
# of sizes and lengths: without this, browsers take a bar for a relation and put space around it
BAR = '<mo stretchy="false">&#x0007C;</mo>'
TIGHT_BAR = BAR.replace("<mo ", '<mo lspace="0" rspace="0" ')
BARS = ("<mo>&#x0007C;</mo>", BAR)
# the letter that the text around has, and relations with the space of relations
SIGNS = {"&#x003F5;": "&#x003B5;", "<mi>&#x0007E;</mi>": "<mo>&#x0223C;</mo>"}
FENCES = re.compile(r"<mi>(&#x0230[89AB];)</mi>")
# not inside an index or a power, which take two parts and no space
AFTER = re.compile(rf"(?<!<msub>)(?<!<msup>)({NAMES})(?=<m(?:i|n|frac|row|sup|sub|sqrt)>)")


def formula(latex, **options):
    """Return MathML; the names of functions stand apart from their arguments."""
    try:
        found = convert(latex, **options)
    except Exception as error:
        raise ExtensionError(f"a formula must be known to latex2mathml: got {latex!r}") from error
    for bar in BARS:
        found = found.replace(bar, TIGHT_BAR)
    for old, new in SIGNS.items():
        found = found.replace(old, new)
    found = FENCES.sub(r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>', found)
    return AFTER.sub(rf"\1{THIN}", BEFORE.sub(THIN, found))


def visit_inline(self, node):
    self.body.append(formula(node.astext()))
    raise self.SkipNode


def visit_block(self, node):
    # latex2mathml knows no gathered rows of its own accord: \\ asks for them
    latex = node.astext()
    if r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{aligned}}{latex}\end{{aligned}}"
    self.body.append(f'<div class="math">{formula(latex, display="block")}</div>')
    raise self.SkipNode


def setup(app):
    from docutils.nodes import SkipNode
    from sphinx.writers.html5 import HTML5Translator

    HTML5Translator.SkipNode = SkipNode
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True}
