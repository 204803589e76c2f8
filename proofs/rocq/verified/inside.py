"""Write an interval cover and its hierarchy as a file of Rocq that proves it exact.

`python inside.py TREE.json NAME.emb NAME.v`: the rows are whole numbers in float64, as the
construction `interval` stores them. The proof is one computation by Rocq's own machine
(`vm_compute`): no extraction, no OCaml; what has to be believed besides Rocq is that the file holds
the data.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np


def main() -> None:
    """Write the file."""
    tree, folder, out = sys.argv[1:4]
    hierarchy = json.loads(Path(tree).read_text(encoding="utf-8"))
    nodes, edges = len(hierarchy["nodes"]), hierarchy["edges"]
    labels = json.loads(Path(folder, "labels.json").read_text(encoding="utf-8"))
    if labels["queries"] != hierarchy["nodes"] or labels["documents"] != "as queries":
        raise SystemExit("rows must be in the order of the nodes")
    queries, documents = (_rows(Path(folder, f"{side}.npy")) for side in ("queries", "documents"))
    name = Path(out).stem
    Path(out).write_text(
        TEXT.format(
            name=name,
            nodes=nodes,
            classes=(queries.shape[1] - 1) // 2,
            edges=_list(f"({c}, {p})" for c, p in edges),
            queries=_list(_row(i, row) for i, row in enumerate(queries.tolist())),
            documents=_list(_row(i, row) for i, row in enumerate(documents.tolist())),
            marks=_list(_mark(row) for row in documents.tolist()),
            order=_list(map(str, _order(nodes, edges))),
        ),
        encoding="utf-8",
    )


def _rows(path: Path) -> np.ndarray:
    rows = np.load(path)
    whole = rows.astype(np.int64)
    if not (whole == rows).all():
        raise SystemExit(f"{path}: whole numbers are needed")
    return whole


def _list(items) -> str:
    return "[\n  " + ";\n  ".join(items) + "]"


def _row(number: int, row: list[int]) -> str:
    return f"Row {number} (1, 0) [{'; '.join(f'({x}, 0)' for x in row)}]"


def _mark(row: list[int]) -> str:
    """Return the class of a document, and the positions just outside of its interval."""
    number = next(c for c in range(len(row) // 2) if row[2 * c + 1])
    total, product = row[2 * number] // 2, (row[-1] + 1) // -2
    width = math.isqrt(total * total - 4 * product)
    return f"Mark {number} ({(total - width) // 2}) ({(total + width) // 2})"


def _order(n: int, edges: list[list[int]]) -> list[int]:
    """Return the nodes, parents first."""
    waits, children = [0] * n, [[] for _ in range(n)]
    for child, parent in edges:
        waits[child] += 1
        children[parent].append(child)
    order = [v for v in range(n) if not waits[v]]
    for parent in order:
        for child in children[parent]:
            waits[child] -= 1
            if not waits[child]:
                order.append(child)
    return order


TEXT = """\
(* Written by inside.py.  Every query and every document of {name}, {nodes} of each: the inner
   product of the stored numbers is above 0 if the document is the query itself or an ancestor of
   it, and below 0 otherwise. *)

Require Import ZArith QArith List.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement parabola.
Import ListNotations.
Open Scope sint63_scope.

Definition edges : list (word * word) := {edges}.

Definition queries : list row := {queries}.

Definition documents : list row := {documents}.

(* Hints. *)
Definition marks : list mark := {marks}.
Definition order : list word := {order}.

Theorem {name}_is_exact : forall q v, In q queries -> In v documents ->
  ((0 < score q v)%Q <-> ancestor edges (id q) (id v)) /\\ ~ (score q v == 0)%Q.
Proof.
  pose (marked := map (fun p => Document (fst p) (snd p)) (combine documents marks)).
  assert (map v_row marked = documents) as same by (vm_compute; reflexivity).
  assert (check_hierarchy {classes} edges order queries marked = true) as checked
    by (vm_compute; reflexivity).
  intros q v hq hv; apply (hierarchy_is_right _ _ _ _ _ checked q v hq).
  rewrite same; exact hv.
Qed.

(* Of each, one for every node. *)
Theorem {name}_is_whole :
  map id queries = order_of_nodes {nodes} /\\ map id documents = order_of_nodes {nodes}.
Proof. vm_compute; split; reflexivity. Qed.

Print Assumptions {name}_is_exact.
"""


if __name__ == "__main__":
    main()
