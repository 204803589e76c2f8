"""Commands of a page, run when it is built, with what they print.

A block `file NAME` is shown, and written to a folder of the page's own; a block `run` has
commands after `$ `, which are run there one after another. What is to follow `$ hrgeom` or
`$ python` is run by the Python that builds the page. A command that ends with another status than
that of its line (`# status 1`), or 0, is an error.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

STATUS = re.compile(r"\s+# status (\d)$")
PROGRAMS = {"hrgeom": [sys.executable, "-m", "hrgeom"], "python": [sys.executable]}
COLUMNS = "100"


def run(line, folder):
    """Return what a command prints; an error where it ends otherwise than its line says."""
    wanted = int(found[1]) if (found := STATUS.search(line)) else 0
    program, *rest = shlex.split(line, comments=True)
    if program == "cat":
        return "".join((folder / name).read_text(encoding="utf-8") for name in rest)
    environment = {**os.environ, "COLUMNS": COLUMNS, "NO_COLOR": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [*PROGRAMS[program], *rest],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode != wanted:
        raise ExtensionError(f"{line} must end with {wanted}: got {done.returncode}\n{done.stdout}")
    return done.stdout


def folder_of(env, docname):
    """Return where the files of a page are."""
    return Path(env.doctreedir) / "transcripts" / docname


def clean(app, env, docname):
    """Begin a page that is read again with an empty folder."""
    shutil.rmtree(folder_of(env, docname), ignore_errors=True)


class Page(SphinxDirective):
    """What both blocks share: the folder of the page."""

    has_content = True

    def folder(self):
        """Return the folder of the page, made if it is not there."""
        folder = folder_of(self.env, self.env.docname)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def literal(self, text, language):
        """Return a block of text as it is."""
        return nodes.literal_block(text, text, language=language)


class File(Page):
    """A file of the reader's, shown and written."""

    required_arguments = 1

    def run(self):
        """Write the file, and show it under its name."""
        (name,) = self.arguments
        text = "\n".join(self.content)
        (self.folder() / name).write_text(text + "\n", encoding="utf-8")
        caption = nodes.paragraph("", "", nodes.literal(name, name), classes=["file-name"])
        language = "python" if name.endswith(".py") else "text"
        return [caption, self.literal(text, language)]


class Run(Page):
    """Commands, and what they print."""

    def run(self):
        """Run the commands, and show each with its output."""
        shown = []
        for line in self.content:
            command = line.removeprefix("$ ")
            shown += [f"$ {STATUS.sub('', command)}"]
            shown += run(command, self.folder()).rstrip().splitlines()
        return [self.literal("\n".join(shown), "console")]


def setup(app):
    """Add both blocks."""
    app.connect("env-purge-doc", clean)
    app.add_directive("file", File)
    app.add_directive("run", Run)
    return {"parallel_read_safe": True}
