"""Readers that leave, signs that terminals obey, labels without end: the status stays."""

import json
import os
import subprocess
import sys

import pytest

import hrgeom
from hrgeom.cli import _terminal, main

TREE = "dog\tanimal\ncat\tanimal\npuppy\tdog\nanimal\n"
CLOSED = """
certify bad.emb --quiet
certify bad.emb --quiet --json
recheck bad.emb --all --quiet
query bad.emb puppy
""".strip().splitlines()

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes of a POSIX shell")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with an embedding that holds and one that fails."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "tree.tsv").write_text(TREE)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["construct", "--tree", "tree.tsv", "--out", "good.emb", "--quiet"]) == 0
        fails = ["--method", "gaussian", "--dim", "1", "--out", "bad.emb", "--quiet"]
        assert main(["construct", "--tree", "tree.tsv", *fails]) == 1
    return folder


def shell(command, folder):
    """Run a command line of the shell with `hrgeom` in it; give it back whole."""
    source = os.path.dirname(os.path.dirname(hrgeom.__file__))
    return subprocess.run(
        ["bash", "-c", command.replace("hrgeom", f"{sys.executable} -m hrgeom")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("line", CLOSED)
def test_the_status_does_not_depend_on_the_reader(made, line):
    """The status of a certificate that fails is 1, whoever reads it, and `&&` relies on it."""
    done = shell(
        f"hrgeom {line} | true; echo ${{PIPESTATUS[0]}}; "
        f"hrgeom {line} | head -c 1 >&2; echo ${{PIPESTATUS[0]}}; "
        f"hrgeom {line} >&-; echo $?; hrgeom {line} 2>&- >/dev/null; echo $?",
        made,
    )
    assert done.stdout.split() == ["1"] * 4
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full")
def test_a_result_that_cannot_be_written_is_an_error(made):
    done = shell("hrgeom certify good.emb --quiet >/dev/full; echo $? >&2", made)
    assert done.stderr.splitlines()[-1] == "2"
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_version_for_nobody_is_no_error(made):
    done = shell("hrgeom --version | true; echo ${PIPESTATUS[0]}", made)
    assert (done.stdout, done.stderr) == ("0\n", "")


ESCAPE = "\x1b]0;owned\x07\x1b[31mred"


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """A hierarchy whose labels are no plain text, and its embedding."""
    monkeypatch.chdir(tmp_path)
    labels = [ESCAPE, "half \ud800", "nul \0", "turn \u202e", "c1 \x9b31m", "long " + "x" * 50_000]
    tree = {"nodes": labels, "edges": [[label, labels[0]] for label in labels[1:]]}
    (tmp_path / "odd.json").write_text(json.dumps(tree))
    assert main(["construct", "--tree", "odd.json", "--out", "odd.emb", "--quiet"]) == 0
    return labels


def test_no_command_writes_what_a_terminal_obeys(odd, capsys):
    capsys.readouterr()
    for argv in (
        ["info", "--tree", "odd.json"],
        ["query", "odd.emb", odd[1]],
        ["query", "odd.emb", odd[5]],
        ["query", "odd.emb", "nobody"],
        ["certify", "odd.emb"],
        ["recheck", "odd.emb", "--all"],
        ["compare", "odd.emb", "--tree", "odd.json"],
        ["plan", "--tree", "odd.json"],
        ["bounds", "--tree", "odd.json", "--no-solver"],
    ):
        main(argv)
        shown = "".join(capsys.readouterr())
        assert len(shown) > 20
        assert not [sign for sign in shown if sign != "\n" and ord(sign) < 32], argv
        assert not set(shown) & set("\x7f\x9b\u202e"), argv
        assert len(max(shown.splitlines(), key=len)) < 11_000, argv


def test_signs_are_written_out_not_dropped(odd, capsys):
    main(["query", "odd.emb", odd[2]])
    out = capsys.readouterr().out
    assert "nul \\x00" in out
    assert "\\x1b]0;owned\\x07" in out


def test_json_keeps_every_label(odd, capsys):
    capsys.readouterr()
    assert main(["query", "odd.emb", odd[5], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {d["document"] for d in found["documents"] if d["retrieved"]} == {odd[0], odd[5]}


def test_what_the_output_cannot_encode_is_written_in_ascii(odd):
    done = shell(
        "PYTHONIOENCODING=ascii hrgeom query odd.emb $'\\x1b]0;owned\\x07\\x1b[31mred'", "."
    )
    assert "Traceback" not in done.stderr
    (made := done.stdout) or pytest.fail(done.stderr)
    assert "\\x1b]0;owned" in made


def test_a_long_label_is_shortened_in_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    label = "x" * 10**7
    (tmp_path / "t.json").write_text(json.dumps({"nodes": [label, label], "edges": []}))
    assert main(["info", "--tree", "t.json"]) == 2
    err = capsys.readouterr().err
    assert len(err) < 3_000
    assert "characters left out" in err


def test_short_lines_are_left_alone():
    text = "one\ttwo\n" + "x" * 300
    assert _terminal._shown(text, 300) == text


def interrupted(monkeypatch, name):
    def interrupt(*unused, **also):
        raise KeyboardInterrupt

    monkeypatch.setattr(name, interrupt)


def test_an_interrupt_says_what_was_written(made, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(made)
    interrupted(monkeypatch, "hrgeom.cli._output.recall_by_distance")
    assert main(["certify", "bad.emb", "--quiet"]) == 130
    said = capsys.readouterr().err
    assert said == "hrgeom: interrupted; the certificate in bad.emb was written\n"
    interrupted(monkeypatch, "hrgeom.cli._certify.save_certificate")
    assert main(["certify", "bad.emb", "--quiet"]) == 130
    assert "the certificate in bad.emb may have been written" in capsys.readouterr().err
    interrupted(monkeypatch, "hrgeom.cli._certify.certify")
    assert main(["certify", "bad.emb", "--quiet"]) == 130
    assert capsys.readouterr().err == "hrgeom: interrupted; nothing was written\n"


def test_a_mistake_of_our_own_is_no_verdict(made, monkeypatch, capsys):
    """Exit status 1 says that a certificate fails: a crash must not say so."""
    monkeypatch.chdir(made)

    def broken(*unused, **also):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("hrgeom.cli._certify.certify", broken)
    assert main(["certify", "good.emb", "--quiet"]) == 2
    err = capsys.readouterr().err
    assert "ZeroDivisionError: planted" in err
    assert "this is a mistake in hrgeom" in err
    for error, said in ((RecursionError("deep"), "nests too deeply"), (MemoryError(), "memory")):

        def raised(*unused, error=error, **also):
            raise error

        monkeypatch.setattr("hrgeom.cli._certify.certify", raised)
        assert main(["certify", "good.emb", "--quiet"]) == 2
        assert said in capsys.readouterr().err
