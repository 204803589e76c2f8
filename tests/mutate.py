"""A module's source with one sign, constant, factor or comparison changed at a time.

``python tests/mutate.py [--sample] [ID ...]`` changes all of them in the proof files, which takes
hours for all, or those that the tests change, and prints what no step notices, in the form of
`tests/proofs/survivors.txt`.
"""

import ast
import importlib
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

KINDS = ("sign", "constant", "factor", "comparison")
_SWAPPED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.UAdd: ast.USub,
    ast.USub: ast.UAdd,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_OPERATORS = {
    "sign": (ast.Add, ast.Sub, ast.UAdd, ast.USub),
    "factor": (ast.Mult, ast.Div, ast.Pow),
    "comparison": (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
}
_SAMPLES = ((2, 3, 5, 7, 11, 13), (17, 3, 2, 23, 5, 29))


@dataclass(frozen=True)
class Place:
    """Something that can be changed: its number among those of its kind, and how it is named.

    The name has no line number, so that it stays when other lines change: the function, the
    statement, and the number of the place in it.
    """

    kind: str
    number: int
    function: str
    statement: str
    nth: int

    def __str__(self) -> str:
        return f"{self.kind} {self.nth} in {self.function}: {self.statement}"


def places(module: ModuleType, kinds: tuple[str, ...] = KINDS) -> list[Place]:
    """Return what can be changed in a module, in the order of its source.

    Constants are those of the formulas: not those of `instances`, which are sizes of trials.
    """
    tree = _parsed(module)
    return [place for kind in kinds for place, _ in _found(tree, kind)]


def mutant(module: ModuleType, place: Place) -> ModuleType:
    """Return the module with one place changed."""
    tree = _parsed(module)
    _change(next(node for at, node in _found(tree, place.kind) if at.number == place.number))
    changed = ModuleType(module.__name__)
    changed.__package__ = module.__package__
    changed.__file__ = module.__file__
    exec(compile(tree, str(changed.__file__), "exec"), changed.__dict__)
    return changed


def _parsed(module: ModuleType) -> ast.Module:
    with open(str(module.__file__), encoding="utf-8") as file:
        return ast.parse(file.read())


def _found(tree: ast.Module, kind: str) -> Iterator[tuple[Place, ast.AST]]:
    number = 0
    for top in tree.body:
        if not isinstance(top, ast.FunctionDef):
            continue
        for statement in _statements(top):
            nth = 0
            for node in _own(statement):
                if _is_kind(node, kind, top.name):
                    text = " ".join(ast.unparse(statement).split())[:90]
                    yield Place(kind, number, top.name, text, nth), node
                    number, nth = number + 1, nth + 1


def _statements(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function:
            yield node


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """Walk a statement without the statements inside it, in the order of the source."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(statement))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.stmt):
            continue
        yield node
        waiting = [*ast.iter_child_nodes(node), *waiting]


def _is_kind(node: ast.AST, kind: str, function: str) -> bool:
    if kind == "constant":
        return (
            function != "instances" and isinstance(node, ast.Constant) and type(node.value) is int
        )
    operators = _OPERATORS[kind]
    if isinstance(node, ast.Compare):
        return kind == "comparison" and isinstance(node.ops[0], operators)
    return isinstance(node, ast.BinOp | ast.AugAssign | ast.UnaryOp) and isinstance(
        node.op, operators
    )


def _change(node: Any) -> None:
    if isinstance(node, ast.Constant):
        node.value += 1
    elif isinstance(node, ast.Compare):
        node.ops[0] = _SWAPPED[type(node.ops[0])]()
    else:
        node.op = _SWAPPED[type(node.op)]()


def still_holds(module: ModuleType, place: Place, kit: ModuleType) -> bool:
    """Whether a mutant has no fault; the first one is enough, and an error is a fault too."""
    try:
        proof = kit.load(mutant(module, place))
        steps = []
        for step in proof.steps():
            steps.append(step)
            if not step.holds:
                return False
        if kit.Report(proof, tuple(steps), 0.0).faults:
            return False
        return all(step.holds for step in proof.instances(kit.np.random.default_rng(0)))
    except Exception:
        return False


def quick_tests(kit: ModuleType) -> Callable[..., bool]:
    """Return `kit._is` that decides each formula once, and none that a value refutes.

    The verdicts stay what `kit._is` says of every formula; this only saves asking again.
    """
    decide = kit._is
    remembered = lru_cache(maxsize=None)(lambda expression, test: decide(expression, test))
    by_code: dict[Any, Any] = {}

    def quick(expression: Any, test: Any) -> bool:
        test = by_code.setdefault(test.__code__, test)
        return not _refuted(expression, test) and remembered(expression, test)

    return quick


def _refuted(expression: Any, test: Any) -> bool:
    """Whether values of the symbols, which their assumptions admit, contradict the test."""
    symbols = sorted(expression.free_symbols, key=str)
    for sample in _SAMPLES:
        values = dict(zip(symbols, sample, strict=False))
        if len(symbols) > len(sample) or not all(_admits(*pair) for pair in values.items()):
            return False
        if _contradicts(expression, values, test):
            return True
    return False


def _contradicts(expression: Any, values: dict[Any, int], test: Any) -> bool:
    """Whether the test is false there: exactly, or in 30 digits and by far more than those."""
    there = expression.subs(values)
    if expression.is_rational_function(*values):
        return bool(values) and test(there) is False
    number = there.evalf(30)
    return bool(number.is_Float) and abs(number) > 1e-9 and test(number) is False


def _admits(symbol: Any, value: int) -> bool:
    """Whether the assumptions on a symbol admit a prime number."""
    import sympy as sp

    number = sp.Integer(value)
    return symbol.is_Symbol and all(
        getattr(number, f"is_{fact}") in (wanted, None)
        for fact, wanted in symbol.assumptions0.items()
    )


def sample(name: str, module: ModuleType, size: int = 6) -> list[Place]:
    """Return the changes, other than of signs, that every run of the tests makes."""
    others = places(module, ("constant", "factor", "comparison"))
    return random.Random(name).sample(others, min(size, len(others)))


def main(wanted: list[str]) -> int:
    """Print the survivors of all changes to proof files, and how many there were."""
    sampled = "--sample" in wanted
    wanted = [name for name in wanted if name != "--sample"]
    kit = importlib.import_module("hrgeom.proofs.kit")
    kit._is = quick_tests(kit)
    for name in wanted or kit.names():
        module = importlib.import_module(f"hrgeom.proofs.{name.replace('-', '_')}")
        everywhere = sample(name, module) if sampled else places(module)
        left = [p for p in everywhere if still_holds(module, p, kit)]
        lines = [f"# {name}: {len(left)} of {len(everywhere)}", *(f"{name} {p}" for p in left)]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
