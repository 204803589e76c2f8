"""Command line: parsing, dispatch and exit codes."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Sequence

from hrgeom._version import __version__
from hrgeom.checker.kernels import kernel_info
from hrgeom.cli import (
    _bounds,
    _certify,
    _claims,
    _combine,
    _compare,
    _completion,
    _construct,
    _convert,
    _datasets,
    _explain,
    _export,
    _extend,
    _info,
    _locate,
    _locate_evaluate,
    _locate_fit,
    _plan,
    _plot,
    _quantize,
    _query,
    _recheck,
    _report,
    _terminal,
    _train,
)
from hrgeom.cli._inputs import without_folders
from hrgeom.cli._locate_options import with_forms_joined
from hrgeom.cli._output import remark
from hrgeom.cli._parser import CommandParser, TopParser, refuse_unknown_options
from hrgeom.errors import HrgeomError

__all__ = ["main", "parser"]

_COMMANDS = {
    "build vectors": (_construct, _extend, _combine, _quantize, _train),
    "check them": (_certify, _recheck),
    "understand": (_info, _plan, _bounds, _compare, _report, _plot, _claims, _explain),
    "use": (_query, _locate, _locate_fit, _locate_evaluate, _export),
    "data and shell": (_convert, _datasets, _completion),
}
"""Modules of the commands, by what they are for."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    groups: dict[str, list[tuple[str, str]]] = {}
    top = TopParser(
        groups=groups,
        prog="hrgeom",
        description="Construct and certify embeddings of hierarchies for retrieval by dot product.",
        epilog="example: hrgeom construct --tree wordnet --out wordnet.emb",
    )
    top.add_argument("--version", action=_Version, help="print version and kernel, and exit")
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=CommandParser
    )
    for title, modules in _COMMANDS.items():
        n_before = len(commands._choices_actions)
        for module in modules:
            module.add_parser(commands)
        added = commands._choices_actions[n_before:]
        groups[title] = [(action.dest, action.help or "") for action in added]
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
        error; 3: a certificate is undecided, or only a sample of it was checked again; 130:
        interrupted.

    Examples
    --------
    >>> main(["info", "--tree", "wordnet-mammals"])  # doctest: +ELLIPSIS
    wordnet30-mammals: 1,182 nodes, 1,182 edges
    ...
    0
    """
    _terminal.prepare()
    args = argparse.Namespace(writing=None, qrels=None, started=time.monotonic())
    try:
        given = list(sys.argv[1:] if argv is None else argv)
        top = args.parser = parser()
        joined = with_forms_joined(given)
        refuse_unknown_options(top, joined)
        top.parse_args(joined, namespace=args)
        args.command_line = " ".join(["hrgeom", *map(without_folders, given)])
        information = kernel_info()
        if not information.compiled:
            remark(args, str(information))
        status: int = args.run(args)
        _terminal.flush()
    except SystemExit:
        _terminal.flush()
        raise
    except KeyboardInterrupt:
        _terminal.say(f"interrupted; {_left_behind(args)}")
        return 130
    except Exception as error:
        return _failed(error)
    return status


def _failed(error: Exception) -> int:
    """Describe an error on standard error; the status is never that of a certificate that fails."""
    if isinstance(error, HrgeomError | OSError):
        _terminal.say(f"error: {error}")
    elif isinstance(error, MemoryError):
        _terminal.say(f"error: not enough memory: {error}")
    elif isinstance(error, RuntimeError) and "start new thread" in str(error):
        _terminal.say(f"error: not enough memory for a thread: {error}; say --threads 1")
    elif isinstance(error, RecursionError):
        _terminal.say(f"error: what was read nests too deeply: {error}")
    else:
        _terminal.say("".join(traceback.format_exception(error)).rstrip())
        _terminal.say("error: this is a mistake in hrgeom; please report it with the lines above")
    return 2


def _left_behind(args: argparse.Namespace) -> str:
    """Say what an interrupted command has written, or may have."""
    if args.writing is not None:
        return str(args.writing)
    if (checkpoint := getattr(args, "checkpoint", None)) is not None:
        return f"{checkpoint} may hold what was done so far; nothing else was written"
    return "nothing was written"


class _Version(argparse.Action):
    """Prints version and kernel; the kernel is looked up, which loads it, only when asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: object) -> None:
        super().__init__(option_strings, dest, nargs=0, **options)  # type: ignore[arg-type]

    def __call__(self, parser: argparse.ArgumentParser, *unused: object) -> None:
        _terminal.write(f"hrgeom {__version__}, {kernel_info()}")
        parser.exit()
