"""Checks the theorems in Rocq, and writes the page that prints them.

    python proofs/rocq/check.py           # what `make rocq` runs
    python proofs/rocq/check.py --page    # and writes docs/theory/machine-checked.md

Every file must compile, admit nothing, assume nothing, and end with `Print Assumptions` for each of
its theorems, to which the prover must answer that they are closed. Where the prover is missing that
is said, and nothing is checked; with ROCQ_REQUIRED=1 it is an error.

The page shows of every file the comment at its head and, verbatim and in their order, its theorems
with the definitions that they are made of, wherever these stand. So it can be compared with the
files without the prover.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "theory" / "machine-checked.md"
CLOSED = "Closed under the global context"
PROVER = "coqc"

GROUPS = {
    "Trees, forests and laminar classes": ("trees", "laminar", "forests", "preorder"),
    "Intervals: two and three dimensions": (
        *("vectors", "laminar_intervals", "interval_cover", "three_dimensions"),
        *("half_plane", "two_dimensions", "ordered_ring", "three_are_least"),
    ),
    "Kraft tries": ("kraft_words", "kraft_height", "kraft_scores", "kraft_tree", "kraft_classes"),
    "Rainbows": ("rainbow",),
    "Mixtures of queries": ("mixture_band",),
    "Margin ceilings": ("weak_duality", "elimination", "ceiling_check", "ceiling_example"),
}
"""The files in the order of the page."""

HEAD = """# Machine-checked theorems

*Proved* in Rocq, `proofs/rocq/`: `make rocq` compiles every file and asks what each theorem
assumes. This page is written by `proofs/rocq/check.py --page` and compared with the files by
`tests/proofs/test_rocq.py`.

What is printed below is all that has to be read: the theorems as the prover has them, and every
definition they are made of. Their proofs do not have to be read by people. *Closed under the global
context* is the prover's word for a proof without axioms and without gaps. A section says what its
theorem does *not* say; none is about floats as stored, which [certificates](certificate.md) check
one by one.

`Section` variables are shown as they are declared; a theorem is about all of their values. `nat`
are the integers from 0 on, `Z` the integers, `Q` the fractions.
"""

FORBIDDEN = (
    *("Admitted", "admit", "Axiom", "Axioms", "Parameter", "Parameters", "Conjecture"),
    *("Hypothesis", "Hypotheses", "Abort", "Unset", "bypass_check", "Extract"),
)
"""Words that no file may have outside comments; `Hypothesis` only in a section that ends."""

DEFINING = ("Definition", "Fixpoint", "Inductive", "Record")
DECLARING = ("Variable", "Variables", "Context")
STATING = ("Theorem",)


@dataclass(frozen=True)
class Sentence:
    """One command of a file, with the comment right before it."""

    comment: str
    text: str

    @property
    def kind(self) -> str:
        """Its first word."""
        return self.text.split(maxsplit=1)[0]

    @property
    def words(self) -> set[str]:
        """All names in it."""
        return set(re.findall(r"[A-Za-z_][\w']*", self.text))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that it introduces."""
        if self.kind in DECLARING:
            groups = re.findall(r"([A-Za-z_][\w' ]*?)\s*:", self.text.split(maxsplit=1)[1])
            return tuple(name for group in groups for name in group.split())
        if self.kind not in DEFINING + STATING:
            return ()
        own = self.text.split()[1].rstrip(":")
        if self.kind == "Inductive":
            return (own, *re.findall(r"(?:\||:=)\s*([A-Za-z_]\w*)", self.text))
        if self.kind == "Record":
            return (own, *re.findall(r"[{;]\s*([A-Za-z_]\w*)\s*:", self.text))
        return (own,)


@dataclass(frozen=True)
class File:
    """A file of theorems, read without the prover."""

    name: str
    source: str

    @cached_property
    def sentences(self) -> list[Sentence]:
        """All commands in their order."""
        return list(_sentences(self.source))

    @cached_property
    def introduced(self) -> list[tuple[str, ...]]:
        """What each command introduces; inside a module nothing, as names there are longer."""
        depth, found = 0, []
        for sentence in self.sentences:
            starts = sentence.kind == "Module" and ":=" not in sentence.text
            depth += starts
            found.append(() if depth else sentence.names)
            depth -= depth > 0 and sentence.kind == "End"
        return found

    @property
    def head(self) -> str:
        """The comment it begins with."""
        return self.source.partition("(*")[2].partition("*)")[0].strip()

    @property
    def imports(self) -> list[str]:
        """The files of this folder that it uses."""
        lines = [s.text for s in self.sentences if s.text.startswith("Require Import")]
        return [name for line in lines for name in re.findall(r"\b[a-z_]+\b", line)]

    @property
    def theorems(self) -> list[str]:
        """The names of its theorems."""
        return [s.names[0] for s in self.sentences if s.kind in STATING]

    @property
    def asked(self) -> list[str]:
        """The theorems whose assumptions are printed."""
        return [s.text.rstrip(".").split()[2] for s in self.sentences if s.kind == "Print"]


def read(folder: Path = FOLDER) -> dict[str, File]:
    """Return all files by name, each after those it imports."""
    found = {
        p.stem: File(p.stem, p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.v"))
    }
    order: dict[str, File] = {}

    def add(name: str) -> None:
        if name in found and name not in order:
            for other in found[name].imports:
                add(other)
            order[name] = found[name]

    for name in found:
        add(name)
    return order


def problems(file: File) -> list[str]:
    """Return what is wrong with a file, read without the prover."""
    found = []
    words = {word for s in file.sentences for word in s.words}
    found += [f"{file.name}.v must not say {word}" for word in FORBIDDEN if word in words]
    if file.theorems != file.asked:
        found.append(
            f"{file.name}.v must end with Print Assumptions of all its theorems, in their order: "
            f"found {', '.join(file.asked) or 'none'} of {', '.join(file.theorems) or 'none'}"
        )
    if file.theorems and not all(f"\n   {part}" in file.source for part in ("Proved", "Used for")):
        found.append(f"{file.name}.v must say what is proved and what it is used for")
    return found


def compiled(files: dict[str, File]) -> dict[str, list[str]]:
    """Return what the prover prints for each file; `CalledProcessError` if it refuses one."""
    printed = {}
    with tempfile.TemporaryDirectory() as folder:
        for file in files.values():
            (Path(folder) / f"{file.name}.v").write_text(file.source, encoding="utf-8")
            command = [PROVER, "-q", f"{file.name}.v"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.stderr.write(done.stderr)
                done.check_returncode()
            printed[file.name] = done.stdout.splitlines()
    return printed


def expected(files: dict[str, File]) -> dict[str, list[str]]:
    """Return what the prover is to print: every theorem closed."""
    return {name: [CLOSED] * len(file.theorems) for name, file in files.items()}


def needed(files: dict[str, File]) -> dict[str, set[int]]:
    """Return for each file the places of the sentences that theorems are made of."""
    chosen: dict[str, set[int]] = {name: set() for name in files}
    waiting = [
        (n, i) for n, f in files.items() for i, s in enumerate(f.sentences) if s.kind in STATING
    ]
    while waiting:
        name, place = waiting.pop()
        if place not in chosen[name]:
            chosen[name].add(place)
            words = files[name].sentences[place].words
            waiting += [where for word in words if (where := _place(files, name, place, word))]
    return chosen


def _place(files: dict[str, File], name: str, before: int, word: str) -> tuple[str, int] | None:
    """Return where a name that a sentence uses is introduced: here, else in the last import."""
    for place in range(before, -1, -1):
        kind = files[name].sentences[place].kind
        if kind in DEFINING + DECLARING and word in files[name].introduced[place]:
            return name, place
    for other in reversed([n for n in files[name].imports if n in files]):
        for place, names in enumerate(files[other].introduced):
            if files[other].sentences[place].kind in DEFINING and word in names:
                return other, place
    return None


def page(files: dict[str, File], printed: dict[str, list[str]]) -> str:
    """Return the text of the page."""
    chosen, parts = needed(files), [HEAD]
    for title, names in GROUPS.items():
        parts.append(f"## {title}\n")
        for name in names:
            parts += _section(files[name], chosen[name], printed[name])
    return "\n".join(parts)


def _section(file: File, chosen: set[int], printed: list[str]) -> Iterator[str]:
    title, _, body = file.head.partition("\n\n")
    yield f"### {_prose(' '.join(title.split())).rstrip('.')}\n"
    yield f"`proofs/rocq/{file.name}.v`\n"
    yield _prose(re.sub(r"^   ", "", body, flags=re.M)) + "\n"
    sentences = [file.sentences[place] for place in sorted(chosen)]
    if sentences:
        shown = "\n".join(
            "\n" * (s.kind in STATING) + s.comment + s.text for s in sentences
        ).strip()
        yield f"```coq\n{shown}\n```\n"
    if file.theorems:
        answers = zip(file.asked, printed, strict=True)
        lines = [f"Print Assumptions {name}.\n{answer}" for name, answer in answers]
        yield "```text\n" + "\n".join(lines) + "\n```\n"


def _prose(text: str) -> str:
    """Return a comment as Markdown: files as code, and what is proved on lines of their own."""
    text = re.sub(
        r"(?<![`\w/])((?:\w+/)*[\w-]+\.(?:v|py|md)|hrgeom/[\w/]+\w)(?![\w`])", r"`\1`", text
    )
    text = re.sub(r"`(\w+\.v)`", r"`proofs/rocq/\1`", text)
    text = re.sub(r"^(Proved)\b", r"\n**\1**", text, flags=re.M)
    text = re.sub(r"^(Used for)\b", r"\n**\1**", text, flags=re.M)
    return re.sub(r"(^|\s)(Not here)\b", r"\n\n**\2**", text).strip()


def _sentences(source: str) -> Iterator[Sentence]:
    """Yield the commands of a file: text up to a full stop, comments apart."""
    comment, start, place = "", 0, 0
    while place < len(source):
        if source.startswith("(*", place):
            end = source.index("*)", place) + 2
            if not source[start:place].strip():
                comment, start = source[place:end] + "\n", end
            place = end
        elif source[place] == "." and re.match(r"\.(\s|$)", source[place:]):
            text = source[start : place + 1]
            if text.strip():
                yield Sentence(_beside(comment), _dedented(text))
            comment, start, place = "", place + 1, place + 1
        else:
            place += 1


def _dedented(text: str) -> str:
    lines = text.strip("\n").splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] if not line[:indent].strip() else line for line in lines)


def _beside(comment: str) -> str:
    """Return a comment, but not the one at the head of a file."""
    return "" if "\n\n" in comment else comment


def main(arguments: list[str]) -> int:
    """Check all files; print what is wrong."""
    files = read()
    wrong = [problem for file in files.values() for problem in problems(file)]
    if not wrong and shutil.which(PROVER) is None:
        required = bool(os.environ.get("ROCQ_REQUIRED"))
        end = "ROCQ_REQUIRED is set" if required else "no theorem was checked"
        print(f"rocq: {PROVER} must be installed (Debian: apt install coq): not found; {end}")
        return int(required)
    if not wrong:
        printed = compiled(files)
        wrong = [
            f"{n}.v must be closed: {printed[n]}"
            for n, e in expected(files).items()
            if printed[n] != e
        ]
    for problem in wrong:
        print(f"rocq: {problem}", file=sys.stderr)
    if not wrong:
        print(f"rocq: {sum(len(f.theorems) for f in files.values())} theorems, all closed")
        if arguments == ["--page"]:
            PAGE.write_text(page(files, printed), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
