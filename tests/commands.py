"""Commands that the pages show: where they stand, and how a test runs them.

A command is a line after `$ ` in a block of code; lines that end in a backslash go on. What is run
is what is written, but for what would take minutes: WordNet's mammals stand for all of WordNet, a
tree of products does where bounds are asked for, and training and descent are cut short.
"""

import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from places import DOCS, ROOT

from hrgeom.cli import main

OUTSIDE = ("README.md", "CONTRIBUTING.md", "RELEASE.md", "proofs/README.md", "benchmarks/README.md")
BLOCK = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1$", re.M | re.S)
STATUS = re.compile(r"# status (\d)$")
SHORTER = (("descent", ["--effort", "0.1"]), ("train", ["--steps", "20"]))
"""A word of a command, and what cuts it short where it says nothing of the kind itself."""


class Command(NamedTuple):
    """A command as written, and the status with which its line says it ends."""

    text: str
    status: int

    @property
    def words(self) -> list[str]:
        """The words, without variables of the environment before them."""
        return shlex.split(re.sub(r"^(?:\w+=\S* )+", "", self.text), comments=True)


def pages() -> list[Path]:
    """Return all pages on which commands may stand."""
    found = [path for path in DOCS.rglob("*.md") if "_build" not in path.parts]
    return sorted([*found, *(ROOT / name for name in OUTSIDE)])


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def parts(page: Path) -> Iterator[Command | tuple[str, str]]:
    """Yield the commands of a page, and its files as name and text, in their order."""
    for _, head, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if head.startswith("{file}"):
            yield head.removeprefix("{file}").strip(), text
        for line in re.findall(r"^\$ (.+)$", text.replace("\\\n", " "), re.M):
            status = STATUS.search(line)
            yield Command(line, int(status[1]) if status else 0)


def commands(page: Path) -> list[Command]:
    """Return the commands of a page."""
    return [part for part in parts(page) if isinstance(part, Command)]


def shortened(words: list[str]) -> list[str]:
    """Return the words of a command of hrgeom as a test runs it."""
    small = "products.csv" if words[0] == "bounds" else "wordnet-mammals"
    mine = [small if word.startswith("wordnet") and "." not in word else word for word in words]
    for word, options in SHORTER:
        if word in mine and options[0] not in mine:
            mine += options
    if mine[0] == "construct":
        tree = words[words.index("--tree") + 1]
        mine += [] if "--out" in mine else ["--out", f"{Path(tree).stem}.emb"]
    takes_force = mine[0] in ("construct", "train", "export", "extend", "quantize", "combine")
    return mine + ["--force"] * (takes_force and "--force" not in mine)


def run(command: Command) -> int:
    """Run a command of hrgeom or a program in Python here, and return its status."""
    program, *words = command.words
    if program == "python":
        runpy.run_path(words[0], run_name="__main__")
        return 0
    return main(shortened(words))
