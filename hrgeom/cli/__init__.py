"""The command line: `hrgeom COMMAND`."""

from hrgeom.cli._main import main

__all__ = ["main"]
