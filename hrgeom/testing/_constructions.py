"""The contract of a construction: what `construct`, the command and the planner rely on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

from hrgeom.checker import Certificate, certify
from hrgeom.constructions import Construction, Promise, construct
from hrgeom.core import STORED_TYPES, DualEmbedding, Hierarchy, Relevance, as_dtype, fitted
from hrgeom.errors import ConstructionError, HrgeomError
from hrgeom.testing._strategies import relevances

__all__ = ["check_construction"]

_STATED = 2e-3  # a certificate states a normalized margin to 0.2 %, from below
_ROOMY = (16, 128)  # dimensions to ask for where a construction has no default
_UNIT = {"float64": 2.0**-53, "float32": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}


def check_construction(construction: Construction, *, max_examples: int = 15) -> None:
    """Check that a construction keeps the contract of the registry; say what it breaks.

    It is built for some small hierarchies and judgments, and for drawn ones, in every stored
    type, and every embedding is certified over all pairs.

    Parameters
    ----------
    construction : Construction
        An entry of the registry, or one of your own.
    max_examples : int
        How many relevances to draw, for each of a few settings.

    Raises
    ------
    AssertionError
        If it breaks the contract. The message says which part, for which input:

        - *fields*: guarantee and needs are said; options have help and defaults of their own.
        - *refusals*: what it cannot do is a ConstructionError with a message, never another error
          or an embedding of more dimensions than were asked for; options that it does not declare
          and values that are none of its choices are refused.
        - *embedding*: of the type that was asked for, with the labels, number of rows and notion
          of the input; `construction`, `parameters` and `promise` are filled in, and are JSON
          values.
        - *determinism*: the same seed gives the same numbers; options left out are the same as
          options at their defaults.
        - *report*: what is iterative reports one line of text at a time.
        - *start*: what takes a start takes its own vectors, and gives as many dimensions by
          default.
        - *promise*: what is proved is kept. The embedding has no more dimensions than promised,
          its certificate holds, and shows the promised margin.
        - *use*: something is built in at least one stored type.

    Examples
    --------
    >>> from hrgeom.constructions import find_construction
    >>> check_construction(find_construction("trie"), max_examples=3)
    """
    _check_fields(construction)
    checked = _Contract(construction)
    for name, relevance in _fixed_relevances():
        for dtype in STORED_TYPES:
            checked.check(f"{name}, {dtype}", relevance, dtype)
        checked.check_budgets(name, relevance)
        checked.check_options(name, relevance)
    if not checked.n_built:
        raise AssertionError(
            f"{construction.name}: use: it must build something in some stored type: got only "
            f"refusals, such as {checked.refusals[:1]}"
        )
    for dtype in ("float64", "int8"):
        _check_drawn(checked, dtype, max_examples)


def _check_fields(entry: Construction) -> None:
    """Check what an entry says of itself, as far as its own checks leave it open."""
    for name in ("guarantee", "needs"):
        if not getattr(entry, name):
            raise AssertionError(f"{entry.name}: fields: {name} must be said in a few words")
    if entry.promise_kind not in ("proved", "predicted", "none"):
        raise AssertionError(
            f"{entry.name}: fields: promise_kind must be proved, predicted or none: "
            f"got {entry.promise_kind!r}"
        )
    for option in entry.options:
        if not option.help:
            raise AssertionError(f"{entry.name}: fields: option {option.name} must have help")
        try:
            option.require(option.default)
            read = None if option.default is None else option.parse(str(option.default))
        except ConstructionError as error:
            raise AssertionError(
                f"{entry.name}: fields: the default of {option.name} must be one of its values: "
                f"{error}"
            ) from None
        if read != option.default:
            raise AssertionError(
                f"{entry.name}: fields: option {option.name} must read the text of its default "
                f"{option.default!r}: got {read!r}"
            )


def _lost_by_rounding(embedding: DualEmbedding) -> float:
    """Return how much a normalized margin can lose when rows are stored.

    A row moves by a share e of its length, and by at most 2e once it is scaled to length 1 again;
    so a score moves by at most 2e for the query and 2e for the document.
    """
    if embedding.dtype != np.int8:
        return 4 * _UNIT[str(embedding.dtype)]
    total = 0.0
    for rows, scale in (
        (embedding.queries, embedding.query_scale),
        (embedding.documents, embedding.document_scale),
    ):
        if np.ndim(scale) or scale != 1:  # else the integers are the numbers meant
            lengths = np.linalg.norm(rows.astype(np.float64), axis=1)
            total += 2 * math.sqrt(embedding.dim) / 2 / max(1.0, float(lengths.min()))
    return total


def _check_drawn(checked: _Contract, dtype: str, max_examples: int) -> None:
    @settings(
        max_examples=max_examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(relevance=relevances(max_queries=8, max_documents=8))
    def drawn(relevance: Relevance) -> None:
        checked.check(f"drawn relevance, {dtype}", relevance, dtype)

    drawn()


def _fixed_relevances() -> Iterator[tuple[str, Relevance]]:
    """Yield small inputs that reach what constructions treat apart."""
    labels = ["animal", "dog", "cat", "puppy", "pet"]
    tangled = Hierarchy(labels, [(1, 0), (2, 0), (3, 1), (1, 4), (2, 4)])
    yield "a hierarchy with two parents", tangled.relevance
    yield "a chain of six", Hierarchy(list("abcdef"), [(i, i - 1) for i in range(1, 6)]).relevance
    tree = [(i, (i - 1) // 3) for i in range(1, 13)]
    yield "a ternary tree of 13", Hierarchy([str(i) for i in range(13)], tree).relevance
    pairs = [{i, j} for i in range(4) for j in range(i)]
    yield "all pairs of four", Relevance.from_sets(pairs, 4)
    yield (
        "judgments with an empty set, a full one and a document without queries",
        Relevance.from_sets(
            [set(), {0, 1}, {0, 1, 2}, {1}],
            4,
            query_labels=["none", "both", "three", "one"],
            document_labels=["p", "q", "r", "unused"],
        ),
    )
    yield "one query that matches its one document", Relevance.from_sets([{0}], 1)


@dataclass
class _Contract:
    """The checks of one construction, and what came of them."""

    entry: Construction
    n_built: int = 0
    refusals: list[str] = field(default_factory=list)

    def require(self, holds: bool, part: str, case: str, text: str) -> None:
        """Raise AssertionError unless something holds."""
        if not holds:
            raise AssertionError(f"{self.entry.name}: {part}: {case}: {text}")

    def build(
        self, case: str, relevance: Relevance, dtype: str, dim: int | None = None, **options: Any
    ) -> DualEmbedding | None:
        """Return the embedding, or None where it is refused as the contract wants it."""
        seed = options.pop("seed", 0)
        said: list[object] = []
        if self.entry.is_iterative:
            options |= {"report": said.append, "threads": 1}
        if self.entry.takes_start:
            options.setdefault("start", None)
        try:
            embedding = self.entry.build(relevance, dim=dim, dtype=dtype, seed=seed, **options)
        except HrgeomError as error:
            self.require(
                isinstance(error, ConstructionError) and bool(str(error)),
                "refusals",
                case,
                f"must be a ConstructionError with a message: got {error!r}",
            )
            self.refusals.append(f"{case}: {error}")
            return None
        except Exception as error:
            raise AssertionError(
                f"{self.entry.name}: refusals: {case}: must be a ConstructionError: got {error!r}"
            ) from error
        self.n_built += 1
        self.require(
            all(isinstance(line, str) and "\n" not in line for line in said),
            "report",
            case,
            f"must be called with one line of text at a time: got {said!r}",
        )
        return embedding

    def promise(self, relevance: Relevance, dtype: str, dim: int | None = None) -> Promise | None:
        """Return what the entry promises for a relevance as it is, twins included."""
        if self.entry.promise is None:
            return None
        searching = self.entry.accepted(effort=1.0)
        return self.entry.promise(relevance, dim=dim, dtype=dtype, seed=0, **searching)

    def check(self, case: str, relevance: Relevance, dtype: str) -> None:
        """Check one input in one stored type: by default, or with dimensions where it asks."""
        promise = self.promise(relevance, dtype)
        for dim in (None, *_ROOMY):
            embedding = self.build(case, relevance, dtype, dim)
            if dim is not None:
                promise = self.promise(relevance, dtype, dim)
            if embedding is not None:
                self.check_embedding(case, embedding, relevance, dtype, dim)
                self.check_promise(case, promise, embedding, relevance)
                self.check_determinism(case, embedding, relevance, dtype, dim)
                self.check_start(case, embedding, relevance, dtype)
                return
            self.require(
                promise is None or self.entry.promise_kind == "predicted",
                "promise",
                case,
                f"what is refused must not be promised: got {promise}, then {self.refusals[-1:]}",
            )

    def check_embedding(
        self,
        case: str,
        embedding: DualEmbedding,
        relevance: Relevance,
        dtype: str,
        dim: int | None,
    ) -> None:
        """Check what an embedding says of itself, and that it fits what was asked for."""

        def require(holds: bool, text: str) -> None:
            self.require(holds, "embedding", case, text)

        require(
            embedding.dtype == as_dtype(dtype), f"must be of type {dtype}: got {embedding.dtype}"
        )
        require(dim is None or embedding.dim <= dim, f"d must be at most {dim}: {embedding!r}")
        try:
            fitted(embedding, relevance)
        except HrgeomError as error:
            require(False, str(error))
        require(
            embedding.query_labels == relevance.query_labels
            and embedding.document_labels == relevance.document_labels,
            "labels must be those of the relevance",
        )
        require(
            embedding.construction == self.entry.name,
            f"construction must be {self.entry.name!r}: got {embedding.construction!r}",
        )
        require(
            embedding.parameters.get("seed") == 0,
            f"parameters must record the seed: got {embedding.parameters}",
        )
        said = embedding.promise
        if said or self.entry.promise_kind != "none":
            require(
                {"dim", "margin", "theorem"} <= said.keys(),
                f"promise must say dim, margin and theorem: got {said}",
            )
            require(
                said["dim"] == embedding.dim,
                f"promise['dim'] must be the dimension {embedding.dim}: got {said['dim']}",
            )
        for name in ("parameters", "promise"):
            value = getattr(embedding, name)
            try:
                text = json.dumps(value, allow_nan=False)
            except (TypeError, ValueError) as error:
                raise AssertionError(
                    f"{self.entry.name}: embedding: {case}: {name} must be JSON values: {error}"
                ) from None
            require(json.loads(text) == value, f"{name} must be JSON values: got {value}")

    def check_promise(
        self, case: str, promise: Promise | None, embedding: DualEmbedding, relevance: Relevance
    ) -> None:
        """Check that certificates show what was promised, before and with the embedding."""
        certificate = certify(embedding, relevance, threads=1)
        stated = embedding.promise.get("margin")
        if stated is not None:
            # It is promised in exact arithmetic, and a certificate states it to 0.2 %, from below.
            real = (stated - _lost_by_rounding(embedding)) * (1 - _STATED)
            self.require_margin(case, "with the embedding", real, certificate, relevance)
        if promise is None or self.entry.promise_kind == "predicted":
            return
        self.require(
            embedding.dim <= promise.dim,
            "promise",
            case,
            f"d must be at most the promised {promise.dim}: got {embedding.dim}",
        )
        self.require(
            certificate.holds,
            "promise",
            case,
            f"the certificate must hold: got {certificate.verdict}, {certificate.n_violations} "
            "violations",
        )
        if promise.margin is not None:
            self.require_margin(case, "beforehand", promise.margin, certificate, relevance)

    def require_margin(
        self,
        case: str,
        when: str,
        promised: float,
        certificate: Certificate,
        relevance: Relevance,
    ) -> None:
        """Check a normalized margin where some query has both matches and non-matches."""
        both = (relevance.n_matches > 0) & (relevance.n_matches < relevance.n_documents)
        if promised <= 0 or not both.any():
            return
        shown = certificate.normalized_margin_lower_bound or 0.0
        self.require(
            certificate.holds and shown >= promised,
            "promise",
            case,
            f"a margin of {promised:.9g}, promised {when}, must be certified: got "
            f"{certificate.verdict}, {shown:.9g}; certificates are lower bounds, so promise "
            "beforehand 0.9975 of the margin of the stored rows",
        )

    def check_determinism(
        self,
        case: str,
        embedding: DualEmbedding,
        relevance: Relevance,
        dtype: str,
        dim: int | None,
    ) -> None:
        """Check that the same seed, and options at their defaults, give the same embedding."""
        fresh = copy(relevance)  # with nothing kept of what was searched before
        defaults = {option.name: option.default for option in self.entry.options}
        if self.is_same(embedding, self.build(case, fresh, dtype, dim, **defaults)):
            return
        repeated = self.is_same(embedding, self.build(case, copy(relevance), dtype, dim))
        what = "options at their defaults" if repeated else "the same seed"
        self.require(
            False, "determinism", case, f"{what} must give the same numbers and parameters"
        )

    def check_start(
        self, case: str, embedding: DualEmbedding, relevance: Relevance, dtype: str
    ) -> None:
        """Check that what takes a start takes its own vectors, and as many dimensions."""
        if not self.entry.takes_start:
            return
        case += ", from its own vectors"
        again = self.build(case, relevance, dtype, start=embedding)
        if again is None:
            self.require(False, "start", case, f"must not be refused: got {self.refusals[-1]}")
        else:
            self.check_embedding(case, again, relevance, dtype, embedding.dim)

    @staticmethod
    def is_same(one: DualEmbedding, other: DualEmbedding | None) -> bool:
        """Return whether two embeddings have the same numbers and parameters."""
        return (
            other is not None and one.sha256 == other.sha256 and one.parameters == other.parameters
        )

    def check_budgets(self, case: str, relevance: Relevance) -> None:
        """Check that no more dimensions are used than allowed, and few ones refused or met."""
        for dim in (1, 2, 4, 11):
            budget = f"{case}, dim {dim}"
            embedding = self.build(budget, relevance, "float64", dim)
            if embedding is not None:
                self.check_embedding(budget, embedding, relevance, "float64", dim)
                promise = self.promise(relevance, "float64", dim)
                self.check_promise(budget, promise, embedding, relevance)

    def check_options(self, case: str, relevance: Relevance) -> None:
        """Check that declared options are taken, and others refused."""
        for option in self.entry.options:
            for value in option.choices or (option.default,):
                chosen = f"{case}, {option.name} {value!r}"
                embedding = self.build(chosen, relevance, "float64", **{option.name: value})
                if embedding is not None:
                    self.check_embedding(chosen, embedding, relevance, "float64", None)
            if option.choices is not None:
                self.refuses(case, relevance, **{option.name: "no such choice"})
        self.refuses(case, relevance, no_such_option=1)

    def refuses(self, case: str, relevance: Relevance, **options: Any) -> None:
        """Check that `construct` refuses options, by name."""
        name = next(iter(options))
        try:
            construct(relevance, method=self.entry, certify=False, **options)
        except ConstructionError as error:
            self.require(name in str(error), "refusals", case, f"must name {name}: got {error}")
        else:
            self.require(False, "refusals", case, f"{options} must be refused")
