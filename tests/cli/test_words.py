"""Comfort at the terminal: what was meant, help in groups and colors, words explained, shells."""

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

from hrgeom.cli import _colors, _construct, _main, _status, main
from hrgeom.cli._glossary import GLOSSARY, GROUPS
from hrgeom.cli._main import parser
from hrgeom.constructions import CONSTRUCTIONS

TREE = "dog\tanimal\ncat\tanimal\npuppy\tdog\nanimal\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, with a small tree."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree.tsv").write_text(TREE)
    return tmp_path


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """No wish for or against colors from outside."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("constuct --tree x", "did you mean 'construct'?"),
        ("construct --dims 3", "construct has no option '--dims'; did you mean '--dim'?"),
        ("construct --treee=x", "construct has no option '--treee'; did you mean '--tree'?"),
        ("certify x --kernal serial", "did you mean '--kernel'?"),
        ("construct --tree x --method trei", "got 'trei'; did you mean 'trie'?"),
        ("construct --tree x --dtype flaot16", "got 'flaot16'; did you mean 'float16'?"),
        ("construct --tree x --dim three", "argument --dim: must be a whole number: got 'three'"),
        ("construct --tree x --seed x", "argument --seed: must be a whole number: got 'x'"),
        ("bounds --tree x --effort x", "argument --effort: must be a finite number of at least"),
        ("bounds --tree x --quiet --verbose", "argument --verbose: not allowed with argument"),
        ("info --zzz", "info has no option '--zzz' (`hrgeom info --help` shows what there is)"),
        ("info", "the following arguments are required: --tree"),
    ],
)
def test_near_misses_are_named_and_usage_is_left_out(line, said, capsys):
    with pytest.raises(SystemExit) as stop:
        main(line.split())
    out, err = capsys.readouterr()
    assert (stop.value.code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("hrgeom: error: ")
    assert said in err
    assert "usage" not in err


def test_what_is_no_option_is_not_taken_for_one(here, capsys):
    assert main(["construct", "--tree", "tree.tsv", "--out", "t.emb", "--quie"]) == 0  # for --quiet
    assert capsys.readouterr().err == ""
    assert main(["query", "t.emb", "--", "--dims"]) == 2
    assert "text must stand for a node: got '--dims'" in capsys.readouterr().err
    assert main(["query", "t.emb", "--no such label"]) == 2
    assert "got '--no such label'" in capsys.readouterr().err


def test_help_has_every_command_once_by_what_it_is_for(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    out = capsys.readouterr().out
    assert stop.value.code == 0
    assert "\x1b" not in out  # no terminal
    titles = re.findall(r"^(\w[\w ]*):$", out, re.M)
    assert titles == [*_main._COMMANDS, "options"]
    listed = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", out, re.M)
    action = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert sorted(listed) == sorted(action.choices)
    assert len(set(listed)) == len(listed)


def test_options_stand_in_groups(capsys):
    with pytest.raises(SystemExit):
        main(["construct", "--help"])
    titles = re.findall(r"^(\w[\w ]*):$", capsys.readouterr().out, re.M)
    assert {"what is read", "how pairs are checked"} <= set(titles)
    assert titles[-1] == "what is printed"


def test_colors_are_for_terminals_that_may_have_them(monkeypatch):
    assert _colors.has_colors(Terminal())
    assert not _colors.has_colors(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not _colors.has_colors(Terminal())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert _colors.has_colors(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not _colors.has_colors(Terminal())
    assert not _colors.has_colors(io.StringIO())


def test_help_in_color_is_the_same_text():
    shown, plain = Terminal(), io.StringIO()
    parser().print_help(shown)
    parser().print_help(plain)
    assert "\x1b[1mbuild vectors\x1b[0m:" in shown.getvalue()
    assert "\x1b[36m--version\x1b[0m" in shown.getvalue()
    assert re.sub(r"\x1b\[[\d;]*m", "", shown.getvalue()) == plain.getvalue()


def test_verdicts_are_colored_and_labels_stay_plain(here, capsys, monkeypatch):
    assert main(["construct", "--tree", "tree.tsv", "--out", "good.emb", "--quiet"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(["certify", "good.emb", "--verbose"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("\x1b[1;32mEvery one of 4 queries ")
    assert any(line.startswith("\x1b[1;32mHOLDS\x1b[0m: ") for line in lines)
    bad = ["--method", "gaussian", "--dim", "1", "--out", "bad.emb", "--quiet"]
    assert main(["construct", "--tree", "tree.tsv", *bad]) == 1
    assert capsys.readouterr().out.startswith("\x1b[1;31m")
    assert main(["query", "good.emb", "puppy"]) == 0
    assert "\n\x1b[1;32m  right\x1b[0m          puppy " in capsys.readouterr().out
    assert main(["query", "good.emb", "wolf"]) == 2
    assert "hrgeom: \x1b[1;31merror:\x1b[0m " in capsys.readouterr().err
    assert main(["certify", "good.emb", "--json"]) == 0
    json.loads(capsys.readouterr().out)


def test_every_word_is_explained_with_a_page_that_exists(capsys):
    from places import DOCS

    for entry in GLOSSARY:
        for word in (entry.word, entry.word.upper()):
            assert main(["explain", *word.split()]) == 0
            out = capsys.readouterr().out
            assert out.startswith(f"{entry.word}\n  ")
            assert " ".join(out.split()).startswith(f"{entry.word} {entry.text}")
            assert out.rstrip().endswith(f"/docs/{entry.page}")
        assert (DOCS / entry.page.partition("#")[0]).is_file()
        assert len(entry.text) > 40
    words = [word.casefold() for entry in GLOSSARY for word in (entry.word, *entry.others)]
    assert len(set(words)) == len(words)


def test_words_that_are_looked_for_are_found(capsys):
    for word in ("margins", "--effort", "global", "laminar classes", "worst match", "HOLDS"):
        assert main(["explain", *word.split()] if word[0] != "-" else ["explain", "--", word]) == 0
    assert {c.name for c in CONSTRUCTIONS} <= {entry.word for entry in GLOSSARY}
    capsys.readouterr()
    assert main(["explain", "hybird"]) == 2
    assert "got 'hybird'; nearest: 'hybrid'" in capsys.readouterr().err
    assert main(["explain"]) == 0
    out = capsys.readouterr().out
    assert all(title in out for title in GROUPS)
    assert all(entry.word in " ".join(out.split()) for entry in GLOSSARY)


def test_constructions_of_plugins_are_explained_by_their_guarantee(monkeypatch, capsys):
    from dataclasses import replace

    from hrgeom.cli import _explain

    mine = replace(CONSTRUCTIONS[0], name="mine", guarantee="good", needs="luck", page="theory/x")
    monkeypatch.setattr(_explain, "all_constructions", lambda: (*CONSTRUCTIONS, mine))
    assert main(["explain", "mine"]) == 0
    out = capsys.readouterr().out
    assert "good. It needs: luck." in out
    assert out.endswith("/docs/theory/x.md\n")


def test_without_shtab_completion_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    said = "requires the package shtab; install it with pip install 'hrgeom[completion] @ "
    assert said in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_options_and_choices(here, capsys):
    pytest.importorskip("shtab", reason="needs the extra `completion`")
    assert main(["completion", "bash"]) == 0
    (here / "complete.sh").write_text(capsys.readouterr().out)

    def completed(*words):
        line = " ".join(f"'{word}'" for word in words)
        script = (
            f"source complete.sh; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
            "f=$(complete -p hrgeom | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $f; "
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        return {word.strip() for word in done.stdout.splitlines()}

    assert completed("hrgeom", "con") == {"construct", "convert"}
    assert {"--dim", "--dtype"} <= completed("hrgeom", "construct", "--d")
    assert completed("hrgeom", "construct", "--method", "tri") == {"trie"}
    assert "tree.tsv" in completed("hrgeom", "construct", "--tree", "tr")


@pytest.mark.parametrize(("shell", "check"), [("zsh", "-n"), ("fish", "--no-execute")])
def test_other_shells_can_read_their_script(here, capsys, shell, check):
    pytest.importorskip("shtab", reason="needs the extra `completion`")
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "construct" in script
    assert "--fewest" in script or "-l fewest" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (here / "script").write_text(script)
    subprocess.run([shell, check, "script"], check=True)


def test_the_line_of_status_says_how_long_it_takes_yet(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(_status, "_DELAY", 0.01)
    monkeypatch.setattr(_status, "_PAUSE", 0.01)
    args = argparse.Namespace(quiet=False)
    with _status.working(args, "building") as status:
        status.note("epoch 3: margin +0.1, 4 rows wrong, 70 s left")
        time.sleep(0.2)
        assert "\repoch 3: 0 s, about 1:" in terminal.getvalue()
        status.pause()
        n_shown = len(terminal.getvalue())
        time.sleep(0.1)
        assert len(terminal.getvalue()) == n_shown
        status.pause(False)
        time.sleep(0.1)
        assert len(terminal.getvalue()) > n_shown
        with _status.hidden():
            assert terminal.getvalue().endswith(" " * 79 + "\r")
            n_shown = len(terminal.getvalue())
            time.sleep(0.05)
            assert len(terminal.getvalue()) == n_shown
    assert terminal.getvalue().endswith("\r")
    n_shown = len(terminal.getvalue())
    time.sleep(0.05)
    assert len(terminal.getvalue()) == n_shown  # nothing goes on


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO, False), (Terminal, True)])
def test_no_line_of_status_where_nobody_looks(monkeypatch, stream, quiet):
    stderr = stream()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(_status, "_DELAY", 0.01)
    with _status.working(argparse.Namespace(quiet=quiet), "building") as status:
        status.note("epoch 1: 3 s left")
        time.sleep(0.05)
    assert stderr.getvalue() == ""


def test_a_threshold_that_moves_is_said(here, capsys):
    assert main(["construct", "--tree", "tree.tsv", "--out", "t.emb", "--quiet"]) == 0
    assert main(["quantize", "t.emb", "--out", "q.emb"]) == 0
    out, err = capsys.readouterr()
    used = re.findall(r"^Use: score > (\S+)\.$", out, re.M)
    assert used[0] == "0"
    assert f"remark: the threshold was 0 and is {used[1]}: " in err or used[1] == "0"


@pytest.mark.skipif(os.name == "nt", reason="environment of a POSIX shell")
def test_consoles_that_are_not_utf_8_are_written_in_ascii(here):
    (here / "cafe.tsv").write_text("Café\tplace\n", encoding="utf-8")
    commands = [["construct", "--tree", "cafe.tsv", "--force"], ["explain", "S(q)"]]
    if find_spec("hrgeom.proofs") and find_spec("sympy"):
        commands.append(["claims"])
    for argv in commands:
        done = subprocess.run(
            [sys.executable, "-m", "hrgeom", *argv],
            env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
        done.stdout.decode("ascii")


def test_on_a_terminal_construct_shows_how_long_it_takes_yet(here, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(_status, "_DELAY", 0.001)
    monkeypatch.setattr(_status, "_PAUSE", 0.001)
    monkeypatch.setattr(_construct, "_CHOOSING", 30.0)
    assert (
        main(["construct", "--tree", "wordnet-mammals", "--out", "m.emb", "--effort", "0.1"]) == 0
    )
    shown = [line.strip() for line in terminal.getvalue().split("\r")]
    assert any(re.search(r": \d+ s, about 7\d:\d\d min left$", line) for line in shown)
    assert any(re.match(r"choosing, d = \d+: ", line) for line in shown)
    assert "hrgeom: tried" in terminal.getvalue()
