"""Signs of a module's source, flipped one at a time."""

import ast
from collections.abc import Iterator
from types import ModuleType


def flipped_signs(module: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """Yield, for every + and - of a module's source, where it is and the module with it flipped."""
    with open(module.__file__, encoding="utf-8") as file:
        source = file.read()
    n_signs = sum(_is_sign(node) for node in ast.walk(ast.parse(source)))
    for number in range(n_signs):
        tree = ast.parse(source)
        node = [node for node in ast.walk(tree) if _is_sign(node)][number]
        place = f"{module.__name__}:{node.lineno}:{node.col_offset}"
        _flip(node)
        mutant = ModuleType(module.__name__)
        mutant.__package__ = module.__package__
        mutant.__file__ = module.__file__
        yield place, _run(tree, mutant)


def _run(tree: ast.Module, mutant: ModuleType) -> ModuleType:
    exec(compile(tree, mutant.__file__, "exec"), mutant.__dict__)
    return mutant


def _is_sign(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        return isinstance(node.op, ast.Add | ast.Sub)
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub)


def _flip(node: ast.AST) -> None:
    other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.UAdd: ast.USub, ast.USub: ast.UAdd}
    node.op = other[type(node.op)]()
