"""The command `hrgeom`, before the package is there.

It stands beside the package, whose import takes most of a second: an interrupt during that time,
and a machine on which it fails, end in a line and a status that is no verdict (1 would say that a
certificate fails).
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Load the package and run the command line.

    Returns
    -------
    status : int
        That of `hrgeom.cli.main`; 2 if the package cannot be loaded; 130: interrupted.
    """
    try:
        from hrgeom.cli import main as run
    except KeyboardInterrupt:
        print("hrgeom: interrupted; nothing was written", file=sys.stderr)
        return 130
    except (ImportError, MemoryError, OSError, RuntimeError) as error:
        print(f"hrgeom: error: the package cannot be loaded: {error}", file=sys.stderr)
        return 2
    return run()
