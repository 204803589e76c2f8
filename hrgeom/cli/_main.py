"""Command line: parsing, dispatch and exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from hrgeom._version import __version__
from hrgeom.checker.kernels import kernel_info
from hrgeom.cli import (
    _bounds,
    _certify,
    _claims,
    _compare,
    _construct,
    _convert,
    _datasets,
    _export,
    _info,
    _plan,
    _query,
    _recheck,
    _train,
)
from hrgeom.cli._output import remark
from hrgeom.errors import HrgeomError

__all__ = ["main", "parser"]

_COMMANDS = (
    _construct,
    _certify,
    _recheck,
    _train,
    _plan,
    _bounds,
    _compare,
    _query,
    _export,
    _convert,
    _info,
    _claims,
    _datasets,
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="hrgeom",
        description="Construct and certify embeddings of hierarchies for retrieval by dot product.",
        epilog="example: hrgeom construct --tree wordnet --out wordnet.emb",
    )
    top.add_argument("--version", action=_Version, help="print version and kernel, and exit")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in _COMMANDS:
        module.add_parser(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the name of the program. Default: those of the process.

    Returns
    -------
    status : int
        0: done, and what was checked holds; 1: it fails; 2: an error, described on standard
        error; 3: a certificate is undecided; 130: interrupted.

    Examples
    --------
    >>> main(["info", "--tree", "wordnet-mammals"])  # doctest: +ELLIPSIS
    wordnet30-mammals: 1,182 nodes, 1,182 edges
    ...
    0
    """
    try:
        args = parser().parse_args(argv)
        args.command_line = " ".join(["hrgeom", *(sys.argv[1:] if argv is None else argv)])
        information = kernel_info()
        if not information.compiled:
            remark(args, str(information))
        status: int = args.run(args)
        sys.stdout.flush()
    except HrgeomError as error:
        print(f"hrgeom: error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader left (as `head` does): not an error, and nothing more to print.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"hrgeom: error: {error}", file=sys.stderr)
        return 2
    except MemoryError as error:
        print(f"hrgeom: error: not enough memory: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("hrgeom: interrupted; nothing was written", file=sys.stderr)
        return 130
    return status


class _Version(argparse.Action):
    """Prints version and kernel; the kernel is looked up, which loads it, only when asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: object) -> None:
        super().__init__(option_strings, dest, nargs=0, **options)  # type: ignore[arg-type]

    def __call__(self, parser: argparse.ArgumentParser, *unused: object) -> None:
        print(f"hrgeom {__version__}, {kernel_info()}")
        parser.exit()
