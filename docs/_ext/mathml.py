"""Formulas of the pages as MathML, which browsers set themselves: nothing to load, nothing to run."""

from latex2mathml.converter import convert


def visit_inline(self, node):
    self.body.append(convert(node.astext()))
    raise self.SkipNode


def visit_block(self, node):
    # latex2mathml knows no gathered rows of its own accord: \\ asks for them
    latex = node.astext()
    if r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{aligned}}{latex}\end{{aligned}}"
    self.body.append(f'<div class="math">{convert(latex, display="block")}</div>')
    raise self.SkipNode


def setup(app):
    from docutils.nodes import SkipNode
    from sphinx.writers.html5 import HTML5Translator

    HTML5Translator.SkipNode = SkipNode
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True}
