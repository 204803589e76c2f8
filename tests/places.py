"""Where things lie that tests read: the repository, and data that may be missing."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DATA = Path(os.environ.get("HRGEOM_TEST_DATA", ROOT.parent / "shared" / "data"))
"""Real hierarchies that do not come with hrgeom; see CONTRIBUTING.md."""


def data_file(name):
    """Return the path of a file in the folder of test data; skip the test if it is missing."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not in {DATA} (HRGEOM_TEST_DATA)")
    return path
