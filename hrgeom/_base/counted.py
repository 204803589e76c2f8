"""Numbers of things in words."""

from __future__ import annotations

__all__ = ["counted"]


def counted(n: int, what: str, several: str | None = None) -> str:
    """Return a number with the name of what is counted, in the singular for one.

    Parameters
    ----------
    n : int
        How many.
    what : str
        Name of one.
    several : str, optional
        Name of several. Default: that of one with an s.

    Examples
    --------
    >>> counted(1, "pair"), counted(1182, "pair"), counted(2, "query", "queries")
    ('1 pair', '1,182 pairs', '2 queries')
    """
    return f"{n:,} {what if n == 1 else several or what + 's'}"
