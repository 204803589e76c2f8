"""`hrgeom completion`: a script that completes commands and options in a shell."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from hrgeom._base.optional import imported
from hrgeom.cli import _options, _output

_SHELLS = {
    "bash": 'eval "$(hrgeom completion bash)" in ~/.bashrc',
    "zsh": "hrgeom completion zsh > a folder of $fpath, as _hrgeom",
    "fish": "hrgeom completion fish > ~/.config/fish/completions/hrgeom.fish",
}
_FILES = ("FILE", "PATH", "IN", "OUT", "VECTORS", "MODEL", "TEXT")
_FOLDERS = ("DIR", "FOLDER")


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "completion",
        run_completion,
        "print a script that completes commands, options and files in a shell (requires shtab)",
        "hrgeom completion bash",
    )
    parser.add_argument(
        "shell",
        choices=list(_SHELLS),
        help="; ".join(f"{name}: {how}" for name, how in _SHELLS.items()),
    )


def run_completion(args: argparse.Namespace) -> int:
    """Run the command."""
    shtab = imported("shtab", "hrgeom completion", "'hrgeom[completion]'")
    top = args.parser
    _leave_out_forms(top)
    for action in _actions(top):
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    script = shtab.complete(top, args.shell)
    _output.emit(args, {"shell": args.shell, "script": script}, script)
    return 0


def _leave_out_forms(top: argparse.ArgumentParser) -> None:
    """Leave out commands of two words, of which a shell completes the first."""
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name in [name for name in action.choices if " " in name]:
                del action.choices[name]
            kept = [entry for entry in action._choices_actions if " " not in entry.dest]
            action._choices_actions[:] = kept


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield what a parser and those of its commands take."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
