"""The plan of the house, read from its imports: rooms, floors, arrows, circles.

    python tests/import_graph.py                    # the package of this repository
    python tests/import_graph.py ROOT               # that of another checkout
    python tests/import_graph.py --inside bounds    # the rooms of one subpackage

A room is a module or a folder directly in `hrgeom/`, those of data and `__init__.py` included. An
arrow is a pair of different rooms of which one imports the other: when it is loaded, in a function
(`import_module` with a literal name too), or under TYPE_CHECKING. A circle is a set of two or more
rooms that reach each other. The floor of a room is its place on the longest way up, a circle
taken as one room. An arrow runs up if it lies in a circle and is no import at load time.
"""

import argparse
import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "hrgeom"
HERE = Path(__file__).resolve().parents[1]
TARGETS = {"rooms": 28, "floors": 10, "arrows": 136, "circles": 0, "arrows up": 0}


@dataclass(frozen=True)
class Import:
    """One module importing another: `where` is module, function or typing."""

    source: str
    target: str
    line: int
    where: str


class Tree:
    """The modules of a package and what they import of it, found without running anything."""

    def __init__(self, root: Path, package: str = PACKAGE) -> None:
        self.folder = root
        self.package = package
        self.files = dict(_modules(root / package, package))
        self.packages = {n for n, path in self.files.items() if path.name == "__init__.py"}
        self.imports = sorted(
            (found for name in self.files for found in self._imports_of(name)),
            key=lambda i: (i.source, i.line, i.target),
        )

    def _imports_of(self, name: str) -> Iterator[Import]:
        tree = ast.parse(self.files[name].read_text(encoding="utf-8"))
        for node, where in _nodes(tree, "module"):
            for target in self._targets(name, node):
                if target != name:
                    yield Import(name, target, node.lineno, where)

    def _targets(self, name: str, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = self._absolute(name, node)
            named = [f"{base}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            first = node.args[0] if node.args else None
            literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
            named = [first.value] if literal else []
        else:
            return
        yield from {m for each in named if (m := self._module_of(each)) is not None}

    def _absolute(self, name: str, node: ast.ImportFrom) -> str:
        if node.level == 0:
            return node.module or ""
        parts = name.split(".")
        parts = parts[: len(parts) - node.level + (name in self.packages)]
        return ".".join([*parts, *([node.module] if node.module else [])])

    def _module_of(self, dotted: str) -> str | None:
        """The module that an imported name stands for: itself, or the one that holds the name."""
        for candidate in (dotted, dotted.rpartition(".")[0]):
            if candidate in self.files:
                return candidate
        return None


def _modules(folder: Path, package: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        yield ".".join([package, *(p for p in parts if p != "__init__")]), path


def _nodes(node: ast.AST, where: str) -> Iterator[tuple[ast.AST, str]]:
    """Every node with where it stands; bodies of functions run late, those of classes do not."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _is_type_checking(child.test):
            for inner in child.body:
                yield inner, "typing"
                yield from _nodes(inner, "typing")
            for inner in child.orelse:
                yield inner, where
                yield from _nodes(inner, where)
            continue
        late = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield child, where
        yield from _nodes(child, "function" if late and where == "module" else where)


def _is_type_checking(test: ast.AST) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", None), getattr(test, "attr", None))


def _called(call: ast.Call) -> str | None:
    return getattr(call.func, "id", None) or getattr(call.func, "attr", None)


@dataclass(frozen=True)
class Plan:
    """The rooms of one package, the arrows between them and what follows."""

    rooms: tuple[str, ...]
    arrows: dict[tuple[str, str], list[Import]]

    @property
    def circles(self) -> list[list[str]]:
        """The sets of two or more rooms that reach each other."""
        return [part for part in components(self.rooms, self.arrows) if len(part) > 1]

    def upward(self) -> list[tuple[str, str]]:
        """The arrows that run up."""
        part_of = {r: n for n, part in enumerate(self.circles) for r in part}
        return sorted(
            (a, b)
            for (a, b), found in self.arrows.items()
            if a in part_of
            and part_of[a] == part_of.get(b)
            and all(i.where != "module" for i in found)
        )

    def floors(self) -> dict[str, int]:
        """The floor of every room, from 1: the longest way down, a circle being one room."""
        parts = components(self.rooms, self.arrows)
        part_of = {room: number for number, part in enumerate(parts) for room in part}
        below = defaultdict(set)
        for source, target in self.arrows:
            if part_of[source] != part_of[target]:
                below[part_of[source]].add(part_of[target])
        floor: dict[int, int] = {}
        for number in range(len(parts)):  # components come out lowest first
            floor[number] = 1 + max((floor[n] for n in below[number]), default=0)
        return {room: floor[part_of[room]] for room in self.rooms}


def plan(tree: Tree, inside: str = "") -> Plan:
    """Return the plan of the package, or of one of its subpackages."""
    package = ".".join([tree.package, *([inside] if inside else [])])

    def room(module: str) -> str | None:
        if module != package and not module.startswith(f"{package}."):
            return None
        return module.removeprefix(package).lstrip(".").partition(".")[0] or "__init__"

    folder = tree.folder.joinpath(*package.split("."))
    data = {path.name for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"}
    rooms = sorted(data | {r for module in tree.files if (r := room(module)) is not None})
    arrows: dict[tuple[str, str], list[Import]] = defaultdict(list)
    for found in tree.imports:
        ends = room(found.source), room(found.target)
        if None not in ends and ends[0] != ends[1]:
            arrows[ends].append(found)
    return Plan(tuple(rooms), dict(arrows))


def components(nodes: Iterable[str], arrows: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the strongly connected components, each after all that it reaches (Tarjan 1972)."""
    successors = defaultdict(list)
    for source, target in sorted(arrows):
        successors[source].append(target)
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in successors[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            at = stack.index(node)
            found.append(sorted(stack[at:]))
            del stack[at:]

    for node in nodes:
        if node not in index:
            visit(node)
    return found


def main() -> int:
    """Print the counts, and whatever breaks a target; the exit status says whether one does."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("root", nargs="?", type=Path, default=HERE, help="a checkout (this one)")
    parser.add_argument("--inside", default="", metavar="PACKAGE", help="such as bounds")
    parser.add_argument("--arrows", action="store_true", help="list every arrow with one import")
    args = parser.parse_args()
    found = plan(Tree(args.root), args.inside)
    floors = found.floors()
    counts = {
        "rooms": len(found.rooms),
        "floors": max(floors.values()),
        "arrows": len(found.arrows),
        "circles": len(found.circles),
        "arrows up": len(found.upward()),
    }
    write = sys.stdout.write
    write(", ".join(f"{n} {what}" for what, n in counts.items()) + "\n")
    for floor in range(counts["floors"], 0, -1):
        write(f"  {floor:2}  {', '.join(r for r in found.rooms if floors[r] == floor)}\n")
    for circle in found.circles:
        write(f"circle: {', '.join(circle)}\n")
    for source, target in found.upward():
        first = found.arrows[source, target][0]
        write(f"runs up: {source} -> {target} ({first.source}, line {first.line})\n")
    if args.arrows:
        for (source, target), imports in sorted(found.arrows.items()):
            kinds = sorted({i.where for i in imports})
            write(f"  {source} -> {target}: {imports[0].source}:{imports[0].line} {kinds}\n")
    broken = [] if args.inside else [w for w, most in TARGETS.items() if counts[w] > most]
    for what in broken:
        write(f"over target: {counts[what]} {what}, at most {TARGETS[what]}\n")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
