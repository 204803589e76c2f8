"""What is wrong with the docstrings of public names: numpydoc's checks and a few of our own.

The codes of numpydoc's checks stand in pyproject.toml. Our own, which read the code as well:

- HR01: an exception is raised in the body and not named under Raises.
- HR02: an array is taken or returned and its shape is not told.
- HR03: a dataclass describes its fields neither all as Attributes nor all as Parameters.
- HR04: an attribute has no type, or no description that is a sentence.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
import tomllib
import typing
import warnings
from collections.abc import Iterator

from numpydoc import validate
from numpydoc.docscrape import get_doc_object
from places import ROOT

__all__ = ["CHECKS", "OWN_CHECKS", "method_problems", "problems"]

CHECKS = frozenset(
    tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["numpydoc_validation"]["checks"]
)
OWN_CHECKS = frozenset({"HR01", "HR02", "HR03", "HR04"})


def problems(value: object) -> list[tuple[str, str]]:
    """Return (code, message) for everything that is wrong with a public docstring.

    Values that are neither functions nor classes have no docstring of their own: nothing is wrong.
    """
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return []
    if inspect.isclass(value) and issubclass(value, BaseException):
        return [] if own_doc(value) else [("GL08", "The object does not have a docstring")]
    if not own_doc(value):
        return [("GL08", "The object does not have a docstring")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an unknown section is GL06 as well
        doc = validate.Validator(get_doc_object(value))
        told = validate.validate(get_doc_object(value))["errors"]
    found = [(code, text) for code, text in told if code in CHECKS]
    if is_plain(value):
        found = [e for e in found if e[0] not in ("PR01", "PR02", "PR03", "EX01")]
    elif is_record(value):
        found = [e for e in found if e[0] not in ("PR01", "PR02", "PR03", "EX01")]
        found += undescribed_fields(value, doc)
    return [*found, *attributes(doc), *unnamed_errors(value, doc), *shapeless(value, doc)]


def method_problems(value: type) -> list[tuple[str, str]]:
    """Return (code, message) for the public methods and properties that a class defines.

    They need no example. Properties, and methods without a parameter, say what they return in
    their summary.
    """
    found = []
    for name, member in vars(value).items():
        function = getattr(member, "__func__", getattr(member, "fget", None))
        function = function or getattr(member, "func", member)
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        if not function.__doc__:
            found.append(("GL08", f"{name}: The object does not have a docstring"))
            continue
        excused = {"EX01"}
        if not (inspect.isfunction(member) or isinstance(member, classmethod | staticmethod)):
            excused |= {"RT01", "SS05"}
        if len(inspect.signature(function).parameters) < 2:
            excused.add("RT01")
        told = validate.validate(get_doc_object(function))["errors"]
        found += [
            (code, f"{name}: {text}")
            for code, text in told
            if code in CHECKS - excused and "{'self'}" not in text and "{'cls'}" not in text
        ]
    return found


def own_doc(value: object) -> str:
    """Return the docstring, unless it is the one that `dataclass` makes out of the signature."""
    text = value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__
    made = inspect.isclass(value) and str(text).startswith(f"{value.__name__}(")
    return "" if made else text or ""


def is_plain(value: object) -> bool:
    """Whether a class has no signature to describe: protocols and typed dictionaries."""
    return inspect.isclass(value) and (
        typing.is_typeddict(value) or getattr(value, "_is_protocol", False)
    )


def is_record(value: object) -> bool:
    """Whether a class is a dataclass or named tuple, whose fields are its signature."""
    return inspect.isclass(value) and (dataclasses.is_dataclass(value) or hasattr(value, "_fields"))


def fields(value: type) -> list[str]:
    """Return the public names of the fields."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
    else:
        names = list(value._fields)  # type: ignore[attr-defined]
    return [name for name in names if not name.startswith("_")]


def undescribed_fields(value: type, doc: validate.Validator) -> Iterator[tuple[str, str]]:
    described = {
        name.strip()
        for section in ("Attributes", "Parameters")
        for entry in doc.doc[section]
        for name in entry.name.split(",")
    }
    missing = [name for name in fields(value) if name not in described]
    if missing:
        yield "HR03", f"Fields {missing} are not described"


def attributes(doc: validate.Validator) -> Iterator[tuple[str, str]]:
    for name, kind, text in doc.doc["Attributes"]:
        words = " ".join(text).strip()
        if not kind and not hasattr(getattr(doc, "code_obj", None), name):
            yield "HR04", f'Attribute "{name}" has no type'
        if kind and not (words and words[-1] in ".`" and not words[0].islower()):
            yield "HR04", f'Attribute "{name}" has no description that is a sentence'


def body_of(value: object) -> list[ast.FunctionDef]:
    """Return the function, or the constructors of a class, as syntax trees."""
    if inspect.isclass(value):
        made = [value.__dict__.get(name) for name in ("__init__", "__post_init__")]
        parts = [f for f in made if inspect.isfunction(f) and "__create_fn__" not in f.__qualname__]
    else:
        parts = [inspect.unwrap(value)]
    trees = []
    for part in parts:
        try:
            text = textwrap.dedent(inspect.getsource(part))
        except OSError:  # made by `dataclass`
            continue
        trees.append(ast.parse(text).body[0])
    return [tree for tree in trees if isinstance(tree, ast.FunctionDef)]


def unnamed_errors(value: object, doc: validate.Validator) -> Iterator[tuple[str, str]]:
    if is_plain(value):
        return
    named = {entry.type or entry.name for entry in doc.doc["Raises"]}
    for tree in body_of(value):
        for node in walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func).rpartition(".")[2]
                if name not in named | {"AssertionError"}:
                    named.add(name)
                    yield "HR01", f"{name} is raised but not documented"


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of the functions and classes inside it."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield from walk(node)


def shapeless(value: object, doc: validate.Validator) -> Iterator[tuple[str, str]]:
    """Yield arrays without a shape; aliases of array types are not followed."""
    kinds = {
        name.strip(): entry.type
        for section in ("Parameters", "Attributes")
        for entry in doc.doc[section]
        for name in entry.name.split(",")
        if entry.type  # properties are listed without one
    }
    for name, annotation in annotations(value).items():
        if name == "return" or not is_array(annotation):
            continue
        if name in kinds and "shape" not in kinds[name]:
            yield "HR02", f'Array "{name}" has no shape: {kinds[name]!r}'
    returned = annotations(value).get("return", "")
    told = " ".join(entry.type or entry.name for entry in doc.doc["Returns"])
    if not inspect.isclass(value) and is_array(returned) and told and "shape" not in told:
        yield "HR02", f"The array returned has no shape: {told!r}"


def annotations(value: object) -> dict[str, str]:
    if inspect.isclass(value) and not is_record(value):
        value = value.__dict__.get("__init__", value)
    return {name: str(text) for name, text in getattr(value, "__annotations__", {}).items()}


def is_array(annotation: str) -> bool:
    """Whether it is an array, perhaps None: not a list or tuple of them, or a function of some."""
    return re.match(r"(NDArray|ArrayLike|numpy\.typing\.|.*ndarray)", annotation) is not None
