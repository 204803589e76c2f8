"""Commands and cells of the pages on fewer bits and of the questions are run."""

import re
import shlex

import pytest
from places import DOCS

import hrgeom
from hrgeom.cli import main

BITS = (DOCS / "guide" / "fewer-bits.md").read_text(encoding="utf-8")
QUESTIONS = (DOCS / "faq.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [BITS, QUESTIONS], ids=["bits", "questions"])
def test_commands_are_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^\$ hrgeom (.+)$", page, re.M)
    assert len(commands) >= 3
    for command in commands:
        assert main([*shlex.split(command), "--quiet"]) == 0, command
    sizes = {path.name: hrgeom.load(path).bits_per_vector for path in tmp_path.glob("*.emb")}
    assert sizes["small.emb"] < sizes["mammals.emb"]


def test_cells_say_what_the_page_says(capsys):
    names = {}
    for cell in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", BITS, re.S):
        exec(cell, names)
    printed = capsys.readouterr().out
    default, fewest = printed.splitlines()[:2]
    assert default.endswith("[]")
    assert "in float16 they fail" in fewest
    assert "HOLDS" in printed


def test_the_bound_of_float16_is_the_one_of_the_theorem():
    u = 2.0**-11
    assert (1 + u) ** 2 - 1 == 2.0**-10 + 2.0**-22
    assert "2⁻¹⁰ + 2⁻²²" in QUESTIONS


@pytest.mark.parametrize("number", ["0.013 ms", "0.85 ms", "1.5 ", "93.6", "0.10 ms", "82,115"])
def test_numbers_of_the_questions_are_those_of_the_page_of_engines(number):
    page = (DOCS / "guide" / "databases.md").read_text(encoding="utf-8")
    assert number in QUESTIONS
    assert number in page


def test_every_question_has_an_answer_and_most_a_page():
    answers = re.split(r"^## ", QUESTIONS, flags=re.M)[1:]
    assert len(answers) >= 10
    assert sum("](" in answer for answer in answers) >= len(answers) - 1
    for target in re.findall(r"\]\(([\w/-]+\.md)", QUESTIONS):
        assert (DOCS / target).is_file(), target
