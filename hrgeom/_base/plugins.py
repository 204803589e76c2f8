"""Plug-ins: entries that other installed distributions add to a registry by entry points."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from hrgeom.errors import HrgeomError, PluginWarning

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["clear_plugins", "plugin_entries", "with_plugins"]

T = TypeVar("T")

_Plugin = tuple[Any, str]  # an entry and, in words, where it comes from
_LOADED: dict[tuple[str, type[Any]], tuple[_Plugin, ...]] = {}  # by group and class


def plugin_entries(group: str, kind: type[T]) -> tuple[T, ...]:
    """Return the entries that installed distributions add under an entry-point group.

    Every entry point of the group loads an instance of `kind` or an iterable of instances. They are
    loaded at the first call for the group and kept. An entry point that cannot be loaded, or that
    loads anything else, is left out with a `PluginWarning` that names its distribution.

    Parameters
    ----------
    group : str
        Name of the group, such as "hrgeom.theorems".
    kind : type
        Class of the entries.

    Returns
    -------
    entries : tuple of kind
        Ordered by the names of the distributions, then of their entry points.

    Warns
    -----
    PluginWarning
        Once per broken entry point and process.

    Examples
    --------
    >>> plugin_entries("hrgeom.no-such-group", str)
    ()
    """
    return tuple(cast(T, entry) for entry, _ in _plugins(group, kind))


def with_plugins(
    built_in: Iterable[T], group: str, kind: type[T], key: Callable[[T], Hashable]
) -> tuple[T, ...]:
    """Return the built-in entries of a registry followed by those of plug-ins.

    Parameters
    ----------
    built_in : iterable of kind
        Entries of hrgeom itself, in their order.
    group : str
        Name of the entry-point group.
    kind : type
        Class of the entries.
    key : callable
        Name of an entry, or whatever else no two entries may share.

    Returns
    -------
    entries : tuple of kind
        Built-in entries first, then those of plug-ins in the order of `plugin_entries`.

    Raises
    ------
    HrgeomError
        If two entries have the same key; the message names both.

    Examples
    --------
    >>> with_plugins(("a", "b"), "hrgeom.no-such-group", str, key=str)
    ('a', 'b')
    """
    entries = [(entry, "hrgeom") for entry in built_in]
    entries += [(cast(T, entry), origin) for entry, origin in _plugins(group, kind)]
    origins: dict[Hashable, str] = {}
    for entry, origin in entries:
        name = key(entry)
        if name in origins:
            raise HrgeomError(
                f"every entry of {group} must have its own name: {name!r} is defined by "
                f"{origins[name]} and again by {origin}; rename one or uninstall its distribution"
            )
        origins[name] = origin
    return tuple(entry for entry, _ in entries)


def clear_plugins() -> None:
    """Forget all loaded entries, so that the next call looks for them again."""
    _LOADED.clear()


def _plugins(group: str, kind: type[Any]) -> tuple[_Plugin, ...]:
    if (group, kind) not in _LOADED:
        points = _entry_points(group)
        _LOADED[group, kind] = tuple(p for point in points for p in _loaded(point, kind))
    return _LOADED[group, kind]


def _entry_points(group: str) -> list[EntryPoint]:
    from importlib.metadata import entry_points  # for weight: `import hrgeom` does without it

    return sorted(entry_points(group=group), key=lambda point: (_distribution(point), point.name))


def _loaded(point: EntryPoint, kind: type[Any]) -> list[_Plugin]:
    """Return the entries of one entry point; none, with a warning, if it is broken."""
    origin = f"entry point {point.name!r} of distribution {_distribution(point)}"
    try:
        entries = _instances(point.load(), kind)
    except Exception as error:  # foreign code may raise anything
        warnings.warn(
            f"{origin} is ignored: {point.value} in group {point.group} cannot be used: "
            f"{type(error).__name__}: {error}",
            PluginWarning,
            stacklevel=2,
        )
        return []
    return [(entry, origin) for entry in entries]


def _instances(value: Any, kind: type[Any]) -> tuple[Any, ...]:
    """Return what an entry point loaded as a tuple of instances of a class."""
    if isinstance(value, kind):
        return (value,)
    wanted = f"it must be a {kind.__name__} or an iterable of them"
    if not isinstance(value, Iterable):
        raise TypeError(f"{wanted}: got {type(value).__name__}")
    entries = tuple(value)
    for entry in entries:
        if not isinstance(entry, kind):
            raise TypeError(f"{wanted}: got one that holds {type(entry).__name__}")
    return entries


def _distribution(point: EntryPoint) -> str:
    return "unknown" if point.dist is None else f"{point.dist.name} {point.dist.version}"
