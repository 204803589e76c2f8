"""The theorems in Rocq: the page prints them, proofs name them, and the prover closes them."""

import importlib
import importlib.util
import re
import shutil
import subprocess
import sys

import pytest
from hrgeom.proofs import kit
from places import ROOT

FOLDER = ROOT / "proofs" / "rocq"
needs_prover = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


def _load():
    spec = importlib.util.spec_from_file_location("rocq_check", FOLDER / "check.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


check = _load()
FILES = check.read()
PROOFS = [importlib.import_module(f"hrgeom.proofs.{n.replace('-', '_')}") for n in kit.names()]
WITH_ROCQ = [module for module in PROOFS if hasattr(module, "ROCQ")]


def file_of(text, name="planted"):
    return check.File(name, text)


GOOD = """(* A planted theorem.

   Proved: something.  Used for: nothing.
   Used for: tests. *)

Definition one := 1.
Theorem same : one = 1.
Proof. reflexivity. Qed.

Print Assumptions same.
"""


def test_the_page_is_what_the_files_say():
    text = check.page(FILES, check.expected(FILES))
    found = check.PAGE.read_text(encoding="utf-8")
    assert found == text, "write the page by `python proofs/rocq/check.py --page`"


def test_the_page_has_every_file_once():
    shown = [name for names in check.GROUPS.values() for name in names]
    assert sorted(shown) == sorted(FILES)


@pytest.mark.parametrize("file", FILES.values(), ids=lambda file: file.name)
def test_files_say_what_they_must(file):
    assert check.problems(file) == []


@pytest.mark.parametrize("file", FILES.values(), ids=lambda file: file.name)
def test_every_statement_is_on_the_page_as_it_stands_in_its_file(file):
    page = check.PAGE.read_text(encoding="utf-8")
    for theorem in file.theorems:
        (statement,) = re.findall(rf"^ *Theorem {theorem}\b.*?\.$", file.source, re.M | re.S)
        indent = len(statement) - len(statement.lstrip())
        lines = [line[indent:] for line in statement.splitlines()]
        assert "\n".join(lines) in page


def test_a_good_file_is_accepted():
    assert check.problems(file_of(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reflexivity. Qed.", "Admitted.", "Admitted"),
        ("Definition one := 1.", "Axiom one : nat.", "Axiom"),
        ("Definition one := 1.", "Parameter one : nat.", "Parameter"),
        ("Print Assumptions same.", "", "Print Assumptions"),
        ("Print Assumptions same.", "Print Assumptions other.", "found other of same"),
        ("Used for", "Good for", "what it is used for"),
    ],
)
def test_what_must_not_be_is_found(old, new, said):
    (problem,) = check.problems(file_of(GOOD.replace(old, new)))
    assert said in problem


def test_words_in_comments_are_not_commands():
    commented = GOOD.replace("Definition", "(* no Axiom. Admitted. *)\nDefinition")
    assert check.problems(file_of(commented)) == []


def test_definitions_of_a_statement_are_found_wherever_they_stand():
    base = file_of("(* Lemmas. *)\n\nDefinition two := 2.\nDefinition idle := 3.\n", "base")
    text = GOOD.replace("Definition one := 1", "Require Import base.\nDefinition one := two - 1")
    files = {"base": base, "planted": file_of(text)}
    shown = {
        n: [files[n].sentences[i].text for i in sorted(c)] for n, c in check.needed(files).items()
    }
    assert shown["base"] == ["Definition two := 2."]
    assert shown["planted"] == ["Definition one := two - 1.", "Theorem same : one = 1."]


def test_files_come_after_those_they_import():
    order = list(FILES)
    for file in FILES.values():
        assert all(order.index(n) < order.index(file.name) for n in file.imports if n in FILES)


@pytest.mark.parametrize("module", WITH_ROCQ, ids=lambda module: module.ID)
def test_theorems_that_a_proof_names_exist_and_its_words_say_so(module):
    part = hasattr(module, "ROCQ_PART")
    assert ("*Machine-checked*, statement included" in module.__doc__) != part
    assert "*Machine-checked*" in module.__doc__
    for name, theorem in module.ROCQ:
        assert theorem in FILES[name.removesuffix(".v")].theorems
        assert f"`proofs/rocq/{name}`" in module.__doc__


def test_seven_proofs_have_theorems_in_rocq():
    parts = {module.ID: getattr(module, "ROCQ_PART", None) is None for module in WITH_ROCQ}
    whole = sorted(name for name, all_of_it in parts.items() if all_of_it)
    assert whole == [
        *("half-plane", "interval-cover", "kraft-trie", "sdp-weak-duality", "three-dimensions"),
    ]
    assert sorted(parts.keys() - whole) == ["mixture-band", "rainbow"]


@pytest.mark.parametrize(("required", "status"), [("", 0), ("1", 1)])
def test_a_missing_prover_is_said_and_is_an_error_where_it_is_required(
    monkeypatch, capsys, required, status
):
    monkeypatch.setattr(check, "PROVER", "no-such-prover")
    monkeypatch.setenv("ROCQ_REQUIRED", required)
    assert check.main([]) == status
    assert "must be installed" in capsys.readouterr().out


@needs_prover
def test_the_prover_closes_theorems():
    """Of a file and those it imports; `make rocq` has all of them closed."""
    files = {name: FILES[name] for name in ("trees", "vectors", "kraft_scores")}
    assert check.compiled(files) == check.expected(files)
    assert check.expected(files)["kraft_scores"]


@needs_prover
def test_the_prover_tells_of_what_is_assumed():
    text = GOOD.replace("Definition one := 1.", "Axiom magic : 0 = 1.\nDefinition one := 0.")
    files = {"planted": file_of(text.replace("reflexivity", "exact magic"))}
    assert check.compiled(files) != check.expected(files)


@needs_prover
def test_the_prover_refuses_a_false_proof(capfd):
    files = {"planted": file_of(GOOD.replace("one := 1", "one := 2"))}
    with pytest.raises(subprocess.CalledProcessError):
        check.compiled(files)
    assert "planted.v" in capfd.readouterr().err
