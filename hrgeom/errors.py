"""Exceptions; every message says what must hold, what was found, and where."""

from __future__ import annotations

__all__ = [
    "ChangedError",
    "ConstructionError",
    "CycleError",
    "FormatError",
    "HierarchyError",
    "HrgeomError",
    "KernelError",
    "NotFiniteError",
    "ShapeError",
]


class HrgeomError(Exception):
    """Base of all errors that hrgeom raises on purpose."""


class HierarchyError(HrgeomError, ValueError):
    """A hierarchy or a list of judgments is malformed."""


class CycleError(HierarchyError):
    """The edges contain a cycle.

    Attributes
    ----------
    cycles : list of list of str
        Labels along some cycles, child before parent; the last one's parent is the first. No two
        are in the same group of nodes that are above and below one another.
    cycle : list of str
        The first of them.
    n_groups, n_nodes : int
        How many such groups there are, and nodes in all of them.
    arguments : dict
        What the hierarchy was to be made of, as keywords of `Hierarchy`; empty if unknown.
    """

    def __init__(
        self, cycles: list[list[str]], *, n_groups: int, n_nodes: int, **arguments: object
    ) -> None:
        self.cycles, self.cycle = cycles, cycles[0]
        self.n_groups, self.n_nodes = n_groups, n_nodes
        self.arguments = arguments
        shown = "; ".join(_shortened(cycle) for cycle in cycles)
        if n_groups == 1:
            what = f"a cycle: got one of length {len(self.cycle)}"
            if n_nodes > len(self.cycle):
                what += f" among {n_nodes:,} nodes that are above and below one another"
        else:
            what = (
                f"cycles: got {n_groups:,} groups of nodes that are above and below one another, "
                f"{n_nodes:,} nodes in all"
            )
        such = "such as " if n_groups > len(cycles) else ""
        super().__init__(
            f"edges must not form {what}, child -> parent: {such}{shown}; condense each group to "
            "one node or drop edges (--on-cycle condense, drop)"
        )

    def __reduce__(self) -> tuple[object, ...]:
        state = {"args": self.args, **self.__dict__}
        return _cycle_error, (self.cycles, self.n_groups, self.n_nodes), state


def _cycle_error(cycles: list[list[str]], n_groups: int, n_nodes: int) -> CycleError:
    return CycleError(cycles, n_groups=n_groups, n_nodes=n_nodes)


def _shortened(cycle: list[str]) -> str:
    """Return a cycle with a few of its labels, the first and the last."""
    labels = [repr(label if len(label) <= 30 else f"{label[:27]}...") for label in cycle]
    if len(labels) > 5:
        labels = [*labels[:3], f"... {len(labels) - 4:,} more ...", labels[-1]]
    return " -> ".join([*labels, labels[0]])


class ShapeError(HrgeomError, ValueError):
    """Arrays do not fit each other or the relevance."""


class NotFiniteError(HrgeomError, ValueError):
    """An array holds NaN or infinity."""


class ChangedError(HrgeomError, RuntimeError):
    """Numbers changed, or the file that holds them, while they were being read."""


class FormatError(HrgeomError, ValueError):
    """A file or folder is not in a format that hrgeom reads."""


class ConstructionError(HrgeomError, ValueError):
    """A construction cannot do what was asked of it."""


class PluginWarning(UserWarning):
    """A plug-in of another distribution cannot be used and is left out."""


class KernelError(HrgeomError, RuntimeError):
    """The kernel asked for is not available on this machine."""
