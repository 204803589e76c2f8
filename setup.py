"""The C kernels, and where the proofs lie. Everything else about the package is in pyproject.toml.

The extension is optional: without a compiler the install succeeds and the NumPy kernel serves. So
it does under MSVC, which has neither `__int128` nor the C of GNU. Instruction sets are chosen per
function, so one plain build serves every machine.
"""

import os
import sys
from pathlib import Path

from setuptools import Extension, find_packages, setup

SOURCES = Path("hrgeom/_native")
FLAGS = ["-std=gnu11", "-O3", "-g0", "-ffp-contract=off", "-Wall", "-Wextra"]


def extension(name: str, folder: Path) -> Extension:
    """Return the extension of a name whose sources lie in a folder."""
    return Extension(
        f"hrgeom._native.{name}",
        sources=sorted(str(path) for path in folder.glob("*.c")),
        depends=sorted(str(path) for path in folder.glob("*.h")),
        extra_compile_args=[] if sys.platform == "win32" else FLAGS,
        optional=True,
    )


setup(
    # The folder of proofs stands at the top level of the source and is installed with the package.
    packages=[*find_packages(include=["hrgeom*"]), "hrgeom.proofs"],
    package_dir={"hrgeom.proofs": "proofs"},
    py_modules=["hrgeom_command"],
    ext_modules=[
        extension("_extension", SOURCES),
        extension("_descent", SOURCES / "descent"),
    ],
    options={"build_ext": {"parallel": os.cpu_count() or 1}},
)
