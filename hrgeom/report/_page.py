"""The page of a report: one HTML document with its styles, scripts and data."""

from __future__ import annotations

import base64
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

from hrgeom._version import __version__
from hrgeom.report._explored import explorer_data
from hrgeom.report._packed import script_json
from hrgeom.report._report import Report
from hrgeom.report._sections import SECTIONS, about, hero
from hrgeom.report._words import shown

__all__ = ["explorer_script", "explorer_style", "page"]

_EXPLORER = (
    "drawing.js",
    "unpack.js",
    "hierarchy.js",
    "search.js",
    "scores.js",
    "tree_canvas.js",
    "score_canvas.js",
    "explorer.js",
)


def _asset(name: str) -> str:
    return files("hrgeom.report").joinpath("assets", name).read_text(encoding="utf-8")


def explorer_script() -> str:
    """Return the scripts of the explorer; they define `mountExplorer`."""
    return "\n".join(map(_asset, _EXPLORER))


def explorer_style() -> str:
    """Return the styles of the explorer, and the colors of both themes, for a whole page."""
    return _asset("theme.css") + _asset("explorer.css")


def page(report: Report) -> str:
    """Return the page of a report: one document that needs nothing else.

    Parameters
    ----------
    report : Report
        What the page says.

    Returns
    -------
    text : str
        HTML, to be written as UTF-8.

    Notes
    -----
    The policy in its head lets no script run but the one that is hashed there, and nothing be
    fetched; all text from the data is escaped besides.

    Examples
    --------
    >>> from hrgeom.constructions import construct
    >>> from hrgeom.core import Hierarchy
    >>> from hrgeom.report import build_report
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> "exactly its ancestors" in page(build_report({"pets": construct(h).embedding}, h))
    True
    """
    script = f"\n{explorer_script()}\n{_asset('page.js')}"
    style = f"\n{explorer_style()}{_asset('page.css')}"
    parts = [(section.key, section.link, section.body(report)) for section in SECTIONS]
    shown_parts = [part for part in parts if part[2]]
    return Template(_asset("page.html")).substitute(
        script_hash=_hash(script),
        style_hash=_hash(style),
        version=escape(__version__),
        title=escape(f"{shown(report.facts.name)}: {report.embeddings[0].sentence}"),
        brand=escape(f"hrgeom · {shown(report.facts.name)}"),
        links="".join(f'<a href="#{key}">{escape(link)}</a>' for key, link, _ in shown_parts),
        sections="\n".join([hero(report), *(body for _, _, body in shown_parts)]),
        about=about(report),
        data=script_json(explorer_data(report)),
        style=style,
        script=script,
    )


def _hash(text: str) -> str:
    digest = sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
