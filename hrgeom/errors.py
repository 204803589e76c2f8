"""Exceptions; every message says what must hold, what was found, and where."""

from __future__ import annotations


class HrgeomError(Exception):
    """Base of all errors that hrgeom raises on purpose."""


class HierarchyError(HrgeomError, ValueError):
    """A hierarchy or a list of judgments is malformed."""


class CycleError(HierarchyError):
    """The edges contain a cycle.

    Attributes
    ----------
    cycle : list of str
        Labels along the cycle, child before parent; the last one's parent is the first.
    """

    def __init__(self, cycle: list[str]) -> None:
        self.cycle = cycle
        super().__init__(
            f"edges must not form a cycle: got one of length {len(cycle)}, child -> parent: "
            + " -> ".join(repr(label) for label in [*cycle, cycle[0]])
        )


class ShapeError(HrgeomError, ValueError):
    """Arrays do not fit each other or the relevance."""


class NotFiniteError(HrgeomError, ValueError):
    """An array holds NaN or infinity."""


class FormatError(HrgeomError, ValueError):
    """A file or folder is not in a format that hrgeom reads."""


class ConstructionError(HrgeomError, ValueError):
    """A construction cannot do what was asked of it."""


class PluginWarning(UserWarning):
    """A plug-in of another distribution cannot be used and is left out."""


class KernelError(HrgeomError, RuntimeError):
    """The kernel asked for is not available on this machine."""
