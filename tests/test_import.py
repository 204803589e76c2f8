"""Importing stays light: heavy and optional packages load where they are used."""

import json
import subprocess
import sys

HEAVY = {
    *("scipy", "networkx", "matplotlib", "torch", "cvxpy", "sympy"),
    *("hypothesis", "tqdm", "ml_dtypes", "threadpoolctl"),
}


def test_import_loads_nothing_heavy():
    program = "import hrgeom, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert "numpy" in loaded
    assert not loaded & HEAVY


def test_four_lines(tmp_path):
    """The library in four lines, as README has it."""
    program = (
        "import hrgeom\n"
        'h = hrgeom.read_hierarchy("wordnet-mammals")\n'
        "r = hrgeom.construct(h)\n"
        "print(r.certificate)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.startswith(b"HOLDS: 0 violations in 1,397,124 pairs")
