"""README's first lines, run by the hrgeom that is installed: `python tests/first_lines.py`.

The commands under "Your own hierarchy" up to `recheck`, on a small tree and in a folder of their
own, and the lines of Python below them, with WordNet's mammals for all of WordNet. A wheel that
does this is a wheel that works. Nothing but the standard library is needed here.
"""

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
SHOP = """id,name,parent_id
1,Animals,
2,Dogs,1
3,Dog Beds,2
4,Dog Toys,2
5,Cats,1
"""
MODEL = """import numpy as np
rng = np.random.default_rng(0)
np.savez("theirs.npz", queries=rng.normal(size=(5, 4)), documents=rng.normal(size=(5, 4)))
"""
LAST = "recheck"
FAILS = ("certify",)
"""Commands that must end with 1: the vectors they check are random."""


def commands(text):
    """Return the commands of the section, without `hrgeom`, the last one included."""
    section = text.partition("## Your own hierarchy")[2]
    found = [
        shlex.split(line, comments=True) for line in re.findall(r"^\$ hrgeom (.+)$", section, re.M)
    ]
    names = [command[0] for command in found]
    return found[: names.index(LAST) + 1]


def program(text):
    """Return the lines of Python, about the mammals."""
    lines = re.search(r"```python\n(import hrgeom\n.+?)```", text, re.S)[1]
    small = lines.replace('"wordnet"', '"wordnet-mammals"')
    if small == lines:
        raise SystemExit("the lines of Python must read WordNet")
    return small


def run(arguments, folder, status=0):
    """Run Python with arguments in a folder; another status than the one wanted ends all."""
    sys.stdout.write(f"$ {' '.join(arguments)}\n")
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-I", *arguments], cwd=folder, check=False)
    if done.returncode != status:
        raise SystemExit(f"{arguments} must end with {status}: got {done.returncode}")


def main():
    """Run everything in a folder that is empty before."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "products.csv").write_text(SHOP, encoding="utf-8")
        run(["-c", MODEL], folder)
        for command in commands(text):
            run(["-m", "hrgeom", *command], folder, int(command[0] in FAILS))
        run(["-c", program(text)], folder)
    sys.stdout.write("README's first lines work\n")


if __name__ == "__main__":
    main()
