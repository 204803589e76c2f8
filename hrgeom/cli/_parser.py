"""Parsers of arguments: errors in one line with what was meant, help in color and in groups."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any, NoReturn

from hrgeom._base.nearest import meant
from hrgeom.cli import _terminal
from hrgeom.cli._colors import has_colors, painted_help

__all__ = ["COMMON", "CommandParser", "TopParser", "refuse_unknown_options"]


COMMON = "what is printed"
"""Title of the options that all commands have."""


class CommandParser(argparse.ArgumentParser):
    """A parser whose errors are one line, with the nearest of what there is, and no usage."""

    color: bool = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.color = False  # Python 3.14 would color by itself, in another way than before it

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is, and exit with status 2."""
        _terminal.say(f"error: {message} (`{self.prog} --help` shows what there is)")
        self.exit(2)

    def format_help(self) -> str:
        """Return the help, with the options that all commands have at its end."""
        self._action_groups.sort(key=lambda group: group.title == COMMON)  # the others stay
        return super().format_help()

    def print_help(self, file: IO[str] | None = None) -> None:  # type: ignore[override]
        """Print the help, in color where the stream is a terminal."""
        stream = sys.stdout if file is None else file
        text = self.format_help()
        self._print_message(painted_help(text) if has_colors(stream) else text, stream)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a value that is none of the choices, with the nearest of them."""
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        raise argparse.ArgumentError(
            action,
            f"must be one of {', '.join(choices)}: got {value!r}{meant(str(value), choices)}",
        )


class TopParser(CommandParser):
    """The parser of the whole command line, whose help lists commands in groups."""

    def __init__(self, *, groups: Mapping[str, Sequence[tuple[str, str]]], **options: Any) -> None:
        super().__init__(**options)
        self.groups = groups

    def format_help(self) -> str:
        """Return usage, what it is, the commands by group with a line each, and the options."""
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        formatter.add_text(self.description)
        for title, commands in self.groups.items():
            formatter.start_section(title)
            formatter.add_arguments(
                [argparse.Action([], name, metavar=name, help=text) for name, text in commands]
            )
            formatter.end_section()
        formatter.start_section("options")
        formatter.add_arguments([action for action in self._actions if action.option_strings])
        formatter.end_section()
        formatter.add_text(self.epilog)
        return formatter.format_help()


def refuse_unknown_options(top: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    """Exit with an error at the first option that the command does not have.

    argparse would name what is missing first, which may be what the misspelt option was to give.
    """
    commands = _commands_of(top)
    name = next((word for word in argv if not word.startswith("-")), "")
    if name not in commands:
        return  # argparse refuses it
    command = commands[name]
    known = [text for text in command._option_string_actions if text.startswith("--")]
    for word in argv[argv.index(name) + 1 :]:
        if word == "--":
            return
        option = word.partition("=")[0]
        is_option = option.startswith("--") and " " not in word
        if is_option and not any(text.startswith(option) for text in known):
            command.error(f"{name} has no option {option!r}{meant(option, known)}")


def _commands_of(top: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            found: Mapping[str, argparse.ArgumentParser] = action.choices
            return found
    return {}
