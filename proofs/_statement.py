"""Statements whose numbers and formulas come from sympy, and whether steps show them.

A statement is a text with `@names`. Each name stands for a formula, which is printed from sympy's
expression, the same that steps speak of and that tests compare with the library. What stands in
`[[ ]]` is given: hypotheses, definitions, notation. The rest is the conclusion, and it has no
number of its own, be it a digit or a word: every one is a formula that some step shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sympy as sp

__all__ = ["Statement", "plain", "stated"]

_NAME = re.compile(r"@([a-z_]+)")
_GIVEN = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_WORDS = "one two three four five six seven eight nine ten eleven twelve half twice thrice double"
_NUMBER = re.compile(rf"\d+|\b(?:{_WORDS.replace(' ', '|')})\b", re.IGNORECASE)
_LOG_2 = re.compile(r"\\frac\{\\ln\{\\left\((\w+) \\right\)\}\}\{\\ln\{\\left\(2 \\right\)\}\}")
_NOTIONS = ("threshold 0",)  # names of kinds of embeddings, not numbers of the conclusion


class Statement(str):
    """A statement as printed, with the text and the formulas that it was made from.

    Attributes
    ----------
    formulas : dict of str to sympy expression
        What the names in the conclusion stand for.
    conclusion : str
        The text without what is given, names in place of formulas.
    """

    formulas: Mapping[str, Any]
    conclusion: str

    @property
    def loose_numbers(self) -> tuple[str, ...]:
        """Numbers of the conclusion, digits or words, that are no formula."""
        text = " ".join(_NAME.sub(" ", self.conclusion).split())
        for notion in _NOTIONS:
            text = text.replace(notion, "")
        return tuple(_NUMBER.findall(text))


def stated(text: str, tex: Mapping[str, str] | None = None, **formulas: Any) -> Statement:
    """Return the statement of a text with names of formulas.

    `tex` says how symbols are printed that have other names in the steps.

    Raises
    ------
    ValueError
        If a name has no formula, or a formula is not used.
    """
    conclusion = _GIVEN.sub("", text)
    if set(_NAME.findall(conclusion)) != set(formulas):
        raise ValueError(
            f"the names in a conclusion must be those of its formulas, {sorted(formulas)}: "
            f"got {sorted(set(_NAME.findall(conclusion)))}"
        )
    made = {name: sp.sympify(formula) for name, formula in formulas.items()}
    printed = {name: _latex(formula, tex or {}) for name, formula in made.items()}
    joined = text.replace("[[", "").replace("]]", "")
    statement = Statement(_NAME.sub(lambda found: printed[found[1]], joined))
    statement.formulas, statement.conclusion = made, conclusion
    return statement


def _latex(formula: Any, tex: Mapping[str, str]) -> str:
    names = {s: tex[s.name] for s in formula.free_symbols if s.name in tex}
    written = str(sp.latex(formula, symbol_names=names, ln_notation=True))
    return _LOG_2.sub(r"\\log_2 \1", written)


def plain(expression: Any) -> Any:
    """Return an expression with nothing assumed of its symbols, to compare those of two places."""
    expression = sp.sympify(expression)
    if not isinstance(expression, sp.Basic) or isinstance(expression, sp.MatrixExpr):
        return expression
    scalars = {s: sp.Symbol(s.name) for s in expression.free_symbols if isinstance(s, sp.Symbol)}
    return expression.xreplace(scalars)
