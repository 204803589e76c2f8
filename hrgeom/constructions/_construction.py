"""What a construction is: an entry of the registry, with its capabilities as fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

from hrgeom._base.checks import check_effort
from hrgeom._base.nearest import meant
from hrgeom.constructions._promise import Promise
from hrgeom.core import Basis, DualEmbedding
from hrgeom.errors import ConstructionError

__all__ = ["EFFORT", "KEYWORDS", "MINUTES", "NOTION", "Construction", "Option", "PromiseKind"]

PromiseKind = Literal["proved", "predicted", "none"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VALUES: dict[type, type] = {str: str, int: Integral, float: Real}  # of options, by their type
KEYWORDS = frozenset(
    (
        *("target", "method", "dim", "n_bytes", "margin", "proved", "fewest"),
        *("dtype", "seed", "certify", "report", "start"),
        *("kernel", "threads", "memory", "exact", "progress"),
    )
)
"""Keywords of `construct` itself, which no option may be called."""


@dataclass(frozen=True)
class Option:
    """A keyword that a construction takes besides dim, dtype and seed.

    Parameters
    ----------
    name : str
        The keyword; on the command line ``--name``, with hyphens for underscores.
    type : {str, int, float}
        What its values are; how their text is read on the command line.
    choices : tuple, optional
        The values there are. Default: any of the type.
    default : str, int, float or None
        What stands for the option where it is not given. None: the construction decides.
    help : str
        A few words for the command line and the table of the documentation.
    metavar : str, optional
        Placeholder for the value in the help of the command line.
    check : callable, optional
        Of a value; raises ConstructionError where it is out of range.

    Raises
    ------
    ConstructionError
        If the name is no identifier, or a keyword of `construct` itself.

    Examples
    --------
    >>> code = Option("code", choices=("parabola", "arc"), help="how positions are coded")
    >>> code.parse("arc")
    'arc'
    """

    name: str
    type: type[str] | type[int] | type[float] = str
    choices: tuple[Any, ...] | None = None
    default: Any = None
    help: str = ""
    metavar: str | None = None
    check: Callable[[Any], None] | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name in KEYWORDS:
            raise ConstructionError(
                "the name of an option must be an identifier other than the keywords of "
                f"construct, {', '.join(sorted(KEYWORDS))}: got {self.name!r}"
            )

    @property
    def flag(self) -> str:
        """The option on the command line."""
        return f"--{self.name.replace('_', '-')}"

    def parse(self, text: str) -> Any:
        """Return the value that a text stands for.

        Parameters
        ----------
        text : str
            As it stands on the command line.

        Returns
        -------
        value : str, int or float
            Of the option's type, and one of its values.

        Raises
        ------
        ConstructionError
            If the text is no value of the option.
        """
        try:
            value = self.type(text)
        except ValueError:
            raise ConstructionError(
                f"{self.name} must be of type {self.type.__name__}: got {text!r}"
            ) from None
        self.require(value)
        return value

    def require(self, value: Any) -> None:
        """Raise ConstructionError unless a value is one of the option.

        Parameters
        ----------
        value : object
            Of the option's type; None where the default is None.

        Raises
        ------
        ConstructionError
            If it is of another type, not among the choices, or out of range.
        """
        if value is None and self.default is None:
            return
        if isinstance(value, bool) or not isinstance(value, _VALUES[self.type]):
            raise ConstructionError(
                f"{self.name} must be of type {self.type.__name__}: got {value!r}"
            )
        if self.choices is not None and value not in self.choices:
            raise ConstructionError(
                f"{self.name} must be one of {', '.join(map(str, self.choices))}: got {value!r}"
            )
        if self.check is not None:
            self.check(value)


def _check_minutes(value: float) -> None:
    if not 0 < value < float("inf"):
        raise ConstructionError(f"minutes must be a finite number above 0: got {value}")


EFFORT = Option(
    "effort",
    float,
    default=1.0,
    help="how long constructions search for fewer classes and lower tries, and descent goes on",
    metavar="X",
    check=check_effort,
)
MINUTES = Option(
    "minutes",
    float,
    help="wall-clock minutes that descent may take",
    metavar="M",
    check=_check_minutes,
)
NOTION = Option("notion", choices=("global", "row"), default="global", help="notion to build for")


@dataclass(frozen=True)
class Construction:
    """A construction: its name, what it guarantees and needs, and how to call it.

    Everything else follows from the entries: the options and help of ``hrgeom construct``, the
    table in the documentation, the automatic choice, and the contract that
    `hrgeom.testing.check_construction` tests.

    Parameters
    ----------
    name : str
        Lower case, with hyphens. Embeddings on disk record it.
    build : callable
        ``build(relevance, *, dim, dtype, seed, **options) -> DualEmbedding``. Raises
        ConstructionError where it cannot meet what was asked of it.
    guarantee : str
        What is proved of its result, in a few words.
    needs : str
        What it is made for, or cannot do without.
    options : tuple of Option
        Further keywords of `build` (and of `promise`, as far as they are `EFFORT`).
    promise : callable, optional
        ``promise(relevance, *, dim, dtype, seed) -> Promise | None``, and `effort` if that is
        among the options: what `build` would give with the same keywords, without building it;
        None where it would raise. Without a promise a construction is used by name only.
    promise_kind : {"proved", "predicted", "none"}
        Whether `promise` says what a theorem guarantees for the stored numbers, or what is likely.
    is_quick : bool
        The promise takes seconds even for a hundred thousand nodes.
    by_name_only : bool
        The automatic choice never takes it.
    is_iterative : bool
        It goes on step by step and says how far it has come: `build` takes two more keywords,
        `report`, called with a line of text now and then (None: nobody listens), and `threads`,
        how many it may use (None: the processors this process may use).
    takes_forests : bool
        It serves a `ForestRelevance`, whose pairs are too many to be written out; the automatic
        choice passes over the others there.
    takes_start : bool
        It can begin at vectors there are: `build` takes one more keyword, `start`, a
        `DualEmbedding` (None: it begins by itself).
    proof : str
        Program that checks its formulas: the name of a module in ``proofs/``. Empty: none.
    page : str
        Its page in the documentation, relative to ``docs/`` and without suffix, or the address of
        one elsewhere. Empty: none.

    Raises
    ------
    ConstructionError
        If the name is of another form, two options share one, or the fields contradict each other.

    Examples
    --------
    >>> from hrgeom.constructions import find_construction
    >>> trie = find_construction("trie")
    >>> trie.guarantee, trie.accepted(effort=0.5, code="arc")
    ('exact small integers, d = 1 + heights', {'effort': 0.5})
    """

    name: str
    build: Callable[..., DualEmbedding]
    guarantee: str
    needs: str
    options: tuple[Option, ...] = ()
    promise: Callable[..., Promise | None] | None = None
    promise_kind: PromiseKind = "none"
    is_quick: bool = False
    by_name_only: bool = False
    is_iterative: bool = False
    takes_start: bool = False
    takes_forests: bool = False
    proof: str = ""
    page: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name == "auto":
            raise ConstructionError(
                "the name of a construction must be lower-case words joined by hyphens, other "
                f"than auto: got {self.name!r}"
            )
        names = [option.name for option in self.options]
        if len(set(names)) < len(names):
            raise ConstructionError(
                f"options of {self.name} must have names of their own: got {', '.join(names)}"
            )
        if (self.promise is None) != (self.promise_kind == "none"):
            raise ConstructionError(
                f"{self.name} must have a promise, and promise_kind other than none, or neither: "
                f"got promise {self.promise!r} and promise_kind {self.promise_kind!r}"
            )

    @property
    def is_automatic(self) -> bool:
        """Whether the automatic choice may take it."""
        return self.promise is not None and not self.by_name_only

    def basis(self, promise: Promise | None) -> Basis:
        """Return why its vectors are expected to hold.

        Parameters
        ----------
        promise : Promise or None
            What it promises for them.

        Returns
        -------
        basis : {"theorem", "chance", "descent", "certificate"}
            As `DualEmbedding.basis` has it.
        """
        if self.is_iterative:
            return "descent"
        if promise is not None and self.promise_kind != "none":
            return "theorem" if self.promise_kind == "proved" else "chance"
        return "certificate"

    def accepted(self, **options: Any) -> dict[str, Any]:
        """Return those of some options that this construction takes.

        Parameters
        ----------
        **options
            Values by name.

        Returns
        -------
        accepted : dict
            In the order given.
        """
        known = {option.name for option in self.options}
        return {name: value for name, value in options.items() if name in known}

    def require_options(self, **options: Any) -> None:
        """Raise ConstructionError unless this construction takes these options and values.

        Parameters
        ----------
        **options
            Values by name.

        Raises
        ------
        ConstructionError
            Naming the first option that it does not take, or whose value is none of its values.
        """
        known = {option.name: option for option in self.options}
        for name, value in options.items():
            if name not in known:
                raise ConstructionError(
                    f"options of method {self.name} must be among ({', '.join(known)}): "
                    f"got {name!r}{meant(name, [*known, *KEYWORDS])}"
                )
            known[name].require(value)
