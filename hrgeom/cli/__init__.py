"""The command line: one file a subcommand, thin over the library.

Results go to standard output, progress and remarks to standard error. Exit status: 0 holds,
1 fails, 2 misuse or bad input, 3 undecided.
"""

from hrgeom.cli.main import main

__all__ = ["main"]
