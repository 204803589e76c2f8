"""Docstrings of all public names: complete, and checked so that an incomplete one fails."""

import ast
import importlib
import inspect
from dataclasses import dataclass

import numpy as np
import pytest
from docstrings import CHECKS, OWN_CHECKS, method_problems, problems
from numpy.typing import NDArray
from places import ROOT

from hrgeom.errors import HrgeomError, ShapeError

FACES = sorted(
    ".".join(path.parent.relative_to(ROOT).parts)
    for path in (ROOT / "hrgeom").rglob("__init__.py")
    if not any(part.startswith("_") for part in path.parent.relative_to(ROOT).parts)
)

# Public functions and classes without an Examples section, and why.
NO_EXAMPLE: dict[str, str] = {}


def exported(face):
    """The `__all__` of a package, read without importing it."""
    path = ROOT.joinpath(*face.split("."), "__init__.py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return []


def public(face):
    """(name, value) of what a package exports; without torch, less what needs it."""
    module = importlib.import_module(face)
    for name in exported(face):
        try:
            yield name, getattr(module, name)
        except HrgeomError as error:
            if "torch" not in str(error):
                raise


@pytest.mark.parametrize("face", FACES)
def test_public_docstrings_are_complete(face):
    if face == "hrgeom.figures":
        pytest.importorskip("matplotlib")
    wrong = [
        f"{name}: {code} {text}"
        for name, value in public(face)
        for code, text in problems(value)
        if not (code == "EX01" and name in NO_EXAMPLE)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("face", [face for face in FACES if face.count(".") <= 1])
def test_public_methods_are_documented(face):
    """Of the classes on the two upper floors of names; deeper ones serve other packages."""
    if face == "hrgeom.figures":
        pytest.importorskip("matplotlib")
    wrong = [
        f"{name}.{text} ({code})"
        for name, value in public(face)
        if inspect.isclass(value)
        for code, text in method_problems(value)
    ]
    assert not wrong, "\n".join(wrong)


def test_there_are_public_names_to_check():
    assert {"hrgeom", "hrgeom.core", "hrgeom.bounds.lower"} <= set(FACES)
    assert all(exported(face) for face in FACES)


def test_exemptions_are_needed():
    functions = {name: value for face in FACES for name, value in _importable(face)}
    for name, reason in NO_EXAMPLE.items():
        assert reason
        if name in functions:
            assert "EX01" in {code for code, _ in problems(functions[name])}, name


def _importable(face):
    try:
        return list(public(face))
    except ModuleNotFoundError:
        return []


# Planted docstrings: each is wrong in one way, and is found.


def complete(rows: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return the rows above a level.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, d)
        Any numbers.
    level : float
        What their sums must exceed.

    Returns
    -------
    kept : ndarray of float64, shape (k, d)
        Some of the rows.

    Raises
    ------
    ShapeError
        If the rows are no matrix.

    Examples
    --------
    >>> complete(np.eye(2), 1.0)
    array([], shape=(0, 2), dtype=float64)
    """
    if rows.ndim != 2:
        raise ShapeError(f"rows must be a matrix: got shape {rows.shape}")
    return rows[rows.sum(axis=1) > level]


def planted(old, new):
    """The function above with one piece of its docstring replaced."""
    assert old in complete.__doc__

    def broken(rows: NDArray[np.float64], level: float) -> NDArray[np.float64]:
        if rows.ndim != 2:
            raise ShapeError(f"rows must be a matrix: got shape {rows.shape}")
        return rows[rows.sum(axis=1) > level]

    broken.__doc__ = complete.__doc__.replace(old, new)
    return broken


def test_a_complete_docstring_passes():
    assert problems(complete) == []
    assert problems(planted("Any numbers.", "Some numbers.")) == []


RAISES = """Raises
    ------
    ShapeError
        If the rows are no matrix.

"""
RETURNS = """Returns
    -------
    kept : ndarray of float64, shape (k, d)
        Some of the rows.

"""
EXAMPLES = """Examples
    --------
    >>> complete(np.eye(2), 1.0)
    array([], shape=(0, 2), dtype=float64)
    """


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Return the rows", "return the rows", "SS02"),
        ("above a level.", "above a level", "SS03"),
        ("Return the rows", "Returns the rows", "SS05"),
        ("above a level.", "above\n    a level.", "SS06"),
        ("    level : float\n        What their sums must exceed.\n", "", "PR01"),
        ("level : float", "levels : float", "PR02"),
        ("level : float", "level", "PR04"),
        ("        Any numbers.\n", "", "PR07"),
        ("Any numbers.", "any numbers.", "PR08"),
        ("Any numbers.", "Any numbers", "PR09"),
        (RETURNS, "", "RT01"),
        ("        Some of the rows.\n", "", "RT03"),
        (EXAMPLES, "", "EX01"),
        (RAISES, "", "HR01"),
        ("ndarray of float64, shape (n, d)", "ndarray of float64", "HR02"),
        ("ndarray of float64, shape (k, d)", "ndarray of float64", "HR02"),
        ("Raises\n    ------", "Faults\n    ------", "GL06"),
    ],
)
def test_a_planted_fault_is_found(old, new, code):
    assert code in CHECKS | OWN_CHECKS
    assert code in {found for found, _ in problems(planted(old, new))}


def test_a_missing_docstring_is_found():
    @dataclass
    class Bare:
        n: int

    class BrokenError(HrgeomError):
        pass

    assert [code for code, _ in problems(Bare)] == ["GL08"]
    assert [code for code, _ in problems(BrokenError)] == ["GL08"]
    assert [code for code, _ in problems(lambda n: n)] == ["GL08"]


def test_fields_of_a_dataclass_must_be_described():
    @dataclass
    class Record:
        """A record.

        Attributes
        ----------
        n : int
            Number of things.
        m : int
        """

        n: int
        m: int
        k: int

    assert {code for code, _ in problems(Record)} == {"HR03", "HR04"}


def test_faults_of_methods_are_found():
    class Complete:
        """A class."""

        @property
        def n(self):
            """Number of things."""
            return 1

        def all(self):
            """Return everything."""
            return 1

        @classmethod
        def of(cls, n):
            """Return one of n things.

            Parameters
            ----------
            n : int
                Number of things.

            Returns
            -------
            made : Complete
                One of them.
            """
            return cls()

    class Faulty:
        """A class."""

        @property
        def n(self):
            """number of things"""
            return 1

        def all(self):
            return 1

        @classmethod
        def of(cls, n):
            """Return one of n things."""
            return cls()

    assert method_problems(Complete) == []
    found = method_problems(Faulty)
    assert [code for code, _ in found] == ["SS02", "SS03", "GL08", "PR01", "RT01"]
