"""The command before the package is there: an interrupt and a failure are no verdict."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hrgeom
import hrgeom_command

ROOT = Path(hrgeom.__file__).parents[1]


def test_it_is_the_command_line(capsys):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["hrgeom", "datasets"])
        assert hrgeom_command.main() == 0
    assert "wordnet-mammals" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        ("KeyboardInterrupt", 130, "hrgeom: interrupted; nothing was written\n"),
        ("ImportError('libm')", 2, "hrgeom: error: the package cannot be loaded: libm\n"),
        ("MemoryError('little')", 2, "hrgeom: error: the package cannot be loaded: little\n"),
    ],
)
def test_what_happens_while_it_is_loaded(tmp_path, error, status, said):
    """A package of the same name that fails as it is imported comes first."""
    (tmp_path / "hrgeom").mkdir()
    (tmp_path / "hrgeom" / "__init__.py").write_text(f"raise {error}\n")
    done = subprocess.run(
        [sys.executable, "-c", "import sys, hrgeom_command; sys.exit(hrgeom_command.main())"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, "", said)
