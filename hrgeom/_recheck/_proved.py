"""All pairs by a program that is proved: `hrgeom-verified`, extracted from a proof in Rocq.

The program reads the stored arrays and the target by itself and trusts nothing of hrgeom. What is
here finds it, hands it files and reads what it says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hrgeom._recheck._thresholds import row_thresholds
from hrgeom.checker import Certificate
from hrgeom.core import DualEmbedding, Hierarchy, target_labels
from hrgeom.errors import HrgeomError
from hrgeom.io import save, write_hierarchy
from hrgeom.io.judgments import Judgments

__all__ = ["Proved", "proved", "verified_program"]

PROGRAM = "hrgeom-verified"
TRUSTED = (
    "trusted: Rocq's kernel and its words, extraction, OCaml, the program's reader of files; not "
    "hrgeom, NumPy, the C kernels or floating point"
)


@dataclass(frozen=True)
class Proved:
    """What the program said.

    Attributes
    ----------
    sentence : str
        The theorem with its numbers, or why there is none.
    n_wrong : int or None
        Number of wrong pairs, exactly; None if nothing was proved.
    trusted : str
        What the sentence rests on.
    """

    sentence: str
    n_wrong: int | None
    trusted: str = TRUSTED

    def contradictions(self, certificate: Certificate) -> tuple[str, ...]:
        """Return what the certificate states otherwise."""
        if self.n_wrong is None:
            return ()
        if certificate.notion == "global" and certificate.n_violations != self.n_wrong:
            return (
                f"n_violations must be {self.n_wrong:,}, the number of pairs proved to be wrong: "
                f"got {certificate.n_violations:,}",
            )
        if self.n_wrong == 0 and certificate.verdict != "holds":
            return (f"verdict must be 'holds', which is proved: got {certificate.verdict!r}",)
        return ()


def verified_program() -> Path:
    """Find the program: in HRGEOM_VERIFIED, on PATH, or where `make verified` puts it.

    Raises
    ------
    HrgeomError
        If it is nowhere; the message says how to build it.
    """
    given = os.environ.get("HRGEOM_VERIFIED")
    built = Path(__file__).parents[2] / "proofs" / "rocq" / "verified" / PROGRAM
    found = given or shutil.which(PROGRAM) or (str(built) if built.is_file() else None)
    if found is None or not Path(found).is_file():
        raise HrgeomError(
            f"--verified must find the program {PROGRAM}: got {given or 'nothing on PATH'}; build "
            "it with make verified in the source of hrgeom (needs OCaml; Debian: apt install "
            "ocaml-nox), and put it on PATH or name it in HRGEOM_VERIFIED"
        )
    return Path(found)


def proved(
    program: Path,
    embedding: DualEmbedding,
    folder: Path,
    certificate: Certificate,
    target: Hierarchy | Judgments,
    *,
    jobs: int = 1,
) -> Proved:
    """Have the program check all pairs.

    Parameters
    ----------
    program : path
        From `verified_program`.
    embedding : DualEmbedding
        The rows in the order of the target.
    folder : path
        An embedding folder with these rows. It is given to the program as it is, if it is one and
        its order is the target's; otherwise a copy in that order is.
    certificate : Certificate
        States the notion and the threshold.
    target : Hierarchy or Judgments
        Who matches what.
    jobs : int
        Number of processes.
    """
    with tempfile.TemporaryDirectory(prefix="hrgeom-verified-") as scratch:
        _write_target(target, Path(scratch, "target.json"))
        if not _is_in_order(folder, target_labels(target)):
            queries, documents = target_labels(target)
            in_order = replace(embedding, query_labels=queries, document_labels=documents)
            folder = save(in_order, Path(scratch, "in-order.emb"))
        command = [str(program), str(Path(scratch, "target.json")), str(folder)]
        command += ["--notion", certificate.notion, "--jobs", str(jobs)]
        if certificate.notion == "row":
            return _row_notion(command, embedding, target, Path(scratch, "thresholds.npy"))
        if certificate.threshold is not None:
            command += ["--threshold", repr(certificate.threshold)]
        return _outcome(_run(command))


def _row_notion(
    command: list[str], embedding: DualEmbedding, target: Hierarchy | Judgments, path: Path
) -> Proved:
    """Ask for the structure first, and pair by pair with a threshold for each query."""
    found = _outcome(_run([*command, "--structure"]))
    if found.n_wrong is not None:
        return found
    np.save(path, row_thresholds(embedding, target.relevance))
    return _outcome(_run([*command, "--pairs", "--thresholds", str(path)]))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _outcome(done: subprocess.CompletedProcess[str]) -> Proved:
    says = done.stdout.strip()
    wrong = re.search(r"exactly ([\d,]+) are wrong", says)
    if done.returncode == 0 and says.startswith("VERIFIED "):
        return Proved(says, 0)
    if done.returncode == 1 and wrong is not None:
        return Proved(says, int(wrong[1].replace(",", "")))
    if done.returncode == 3 and says.startswith("NOT VERIFIED"):
        return Proved(says, None)
    raise HrgeomError(
        f"{PROGRAM} must say what it proved: got status {done.returncode}, "
        f"{(done.stderr or says)[-500:]!r}"
    )


def _write_target(target: Hierarchy | Judgments, path: Path) -> None:
    if isinstance(target, Hierarchy):
        write_hierarchy(target, path)
        return
    pairs = [[q, v] for q, documents in enumerate(target.sets) for v in sorted(documents)]
    lists = {"queries": target.queries, "documents": target.documents, "pairs": pairs}
    path.write_text(json.dumps(lists, ensure_ascii=False), encoding="utf-8")


def _is_in_order(folder: Path, needed: tuple[tuple[str, ...], tuple[str, ...]]) -> bool:
    """Say whether the folder's labels are the target's, in their order."""
    try:
        labels = json.loads(Path(folder, "labels.json").read_text(encoding="utf-8"))
        queries, documents = labels["queries"], labels["documents"]
    except (OSError, ValueError, KeyError):
        return False
    if documents == "as queries":
        documents = queries
    return bool([queries, documents] == [list(side) for side in needed])
