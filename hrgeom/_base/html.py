"""Small HTML tables, which notebooks show in place of a `repr`."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["html_table"]


def html_table(title: str, rows: Iterable[tuple[str, object]]) -> str:
    """Return a table of names and values under a title, all text escaped.

    Parameters
    ----------
    title : str
    rows : iterable of (str, object)
        Names, and values that are shown by `str`; numbers get thousands separators.

    Examples
    --------
    >>> html_table("a < b", [("nodes", 12345)])
    '<table><caption>a &lt; b</caption><tr><th>nodes</th><td>12,345</td></tr></table>'
    """
    lines = "".join(
        f"<tr><th>{escape(name)}</th><td>{_shown(value)}</td></tr>" for name, value in rows
    )
    return f"<table><caption>{escape(title)}</caption>{lines}</table>"


def _shown(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    return escape(str(value))
