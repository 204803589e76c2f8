"""What a training run does, as plain data that is saved beside its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from hrgeom.errors import HrgeomError

__all__ = ["Config", "ConfigError", "Stage"]

# What fields were called when runs were first saved.
_OLD_NAMES = {"optimiser": "optimizer"}

Loss = Literal["softmax", "sigmoid", "hinge"]
Columns = Literal["batch", "unique", "sampled", "all"]
Labels = Literal["pair", "exact"]
Frequency = Literal["as drawn", "divided out", "expected"]
Sampling = Literal["pairs", "queries", "rebalanced", "far", "stratified", "even"]
Optimizer = Literal["adagrad", "adam", "sgd"]
Schedule = Literal["constant", "linear", "cosine"]
Keep = Literal["last", "best"]
Start = Literal["normal", "construction"]
Finish = Literal["none", "max-margin queries"]

_POSITIVE = (
    *("steps", "batch", "lr", "temperature", "evaluate_every"),
    *("dim", "n_validation", "n_test"),
)


class ConfigError(HrgeomError, ValueError):
    """A training run is not well described."""


@dataclass(frozen=True)
class Stage:
    """A part of a run with one loss, one distribution of pairs and a fresh optimizer.

    Attributes
    ----------
    steps : int
    loss : {"softmax", "sigmoid", "hinge"}
        See `hrgeom.learned._losses`.
    columns : {"batch", "unique", "sampled", "all"}
        The documents every query of a batch is scored against: those of the batch's pairs, one
        column a pair, duplicates kept; the same, each once; the pair's own and `uniform` drawn
        for the whole batch, weighted so that they stand for all; all documents.
    uniform : int
        Documents drawn uniformly that "batch" and "unique" get besides, and "sampled" instead.
    labels : {"pair", "exact"}
        What the loss knows: that the pair drawn matches and every other column does not, or what
        truly matches. Softmax then leaves the other matches out of the denominator.
    frequency : {"as drawn", "divided out", "expected"}
        How often a document is drawn, and what softmax makes of it. "divided out": its logarithm
        is subtracted from every score (the logQ correction; columns "batch"). "expected": it is
        added (columns "all"), so that all documents count as often as in a batch on average.
    sampler : {"pairs", "queries", "rebalanced", "far", "stratified", "even"}
        See `hrgeom.learned._samplers`, where `share` and `cut` are explained.
    optimizer : {"adagrad", "adam", "sgd"}
        Row-wise Adagrad or Adam of the rows touched, fresh in every stage; or plain gradient
        descent.
    lr : float
        Absolute: nothing rescales it but the schedule.
    batch : int
        Pairs drawn per step.
    temperature : float
        T, a *divisor* of the scores. For the sigmoid where it starts; it is learnt.
    schedule : {"constant", "linear", "cosine"}
        The learning rate from `lr` at the first step to 0 after the last.
    keep : {"last", "best"}
        What the stage hands on: its last state, or the one of best recall on the validation
        queries among those looked at, the start included.
    evaluate_every : int
        Steps between looks at the validation queries.
    patience : int
        Looks in a row without a new best after which the stage ends; 0: never.
    """

    steps: int
    loss: Loss = "softmax"
    columns: Columns = "batch"
    uniform: int = 0
    labels: Labels = "pair"
    frequency: Frequency = "as drawn"
    sampler: Sampling = "pairs"
    share: float = 1.0
    cut: int = 0
    optimizer: Optimizer = "adagrad"
    lr: float = 3.0
    batch: int = 512
    temperature: float = 20.0
    schedule: Schedule = "constant"
    keep: Keep = "last"
    evaluate_every: int = 500
    patience: int = 0

    def __post_init__(self) -> None:
        _check_positive(self)
        _check_choices(
            self,
            loss=Loss,
            columns=Columns,
            labels=Labels,
            frequency=Frequency,
            sampler=Sampling,
            optimizer=Optimizer,
            schedule=Schedule,
            keep=Keep,
        )
        if not 0 <= self.share <= 1:
            raise ConfigError(f"share must be from 0 to 1: got {self.share}")
        if min(self.uniform, self.cut, self.patience) < 0:
            raise ConfigError(
                "uniform, cut and patience must be at least 0: "
                f"got {self.uniform}, {self.cut}, {self.patience}"
            )
        if (self.columns == "sampled" and self.uniform == 0) or (
            self.columns == "all" and self.uniform > 0
        ):
            raise ConfigError(
                "uniform must be positive for columns 'sampled' and 0 for 'all': "
                f"got {self.uniform} for {self.columns!r}"
            )
        needed = {"divided out": "batch", "expected": "all"}.get(self.frequency)
        if needed is not None and (self.loss, self.columns) != ("softmax", needed):
            raise ConfigError(
                f"frequency {self.frequency!r} must come with loss 'softmax' and columns "
                f"{needed!r}: got {self.loss!r}, {self.columns!r}"
            )
        if self.columns == "sampled" and self.loss != "softmax":
            raise ConfigError(f"columns 'sampled' must come with loss 'softmax': got {self.loss!r}")


@dataclass(frozen=True)
class Config:
    """A whole run: the same one on the same machine and thread count gives the same tables.

    Attributes
    ----------
    recipe : str
        A name for people; nothing depends on it.
    dim : int
    stages : tuple of Stage
        In order.
    seed : int
        Of the start, the pairs drawn and the choice of validation queries.
    start : {"normal", "construction"}
        Independent normal numbers of variance 1, or a certified construction reduced or padded
        to `dim` (`hrgeom.learned._starts`).
    unit : bool
        Keep every row at unit length.
    finish : {"none", "max-margin queries"}
        At the end, solve for the queries that fail (`hrgeom.learned._repair`).
    n_validation : int
        Queries, at most, by whose recall the checkpoint is chosen; half of all queries at most.
    n_test : int
        Other queries, at most, whose recall is reported.

    Examples
    --------
    >>> c = Config("mine", 8, (Stage(steps=100),))
    >>> Config.from_dict(c.to_dict()) == c
    True
    """

    recipe: str
    dim: int
    stages: tuple[Stage, ...]
    seed: int = 0
    start: Start = "normal"
    unit: bool = False
    finish: Finish = "none"
    n_validation: int = 1000
    n_test: int = 5000

    def __post_init__(self) -> None:
        _check_positive(self)
        _check_choices(self, start=Start, finish=Finish)
        if not self.stages:
            raise ConfigError("a run must have at least one stage: got none")
        if self.seed < 0:
            raise ConfigError(f"seed must be at least 0: got {self.seed}")

    def to_dict(self) -> dict[str, Any]:
        """Return the data as JSON has it."""
        data = asdict(self)
        data["stages"] = [asdict(stage) for stage in self.stages]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Config:
        """Return the run that `to_dict` described."""
        try:
            stages = tuple(
                Stage(**{_OLD_NAMES.get(name, name): value for name, value in stage.items()})
                for stage in data["stages"]
            )
            return cls(**{**data, "stages": stages})
        except (TypeError, KeyError) as error:
            raise ConfigError(f"a run must be described by the fields of Config: {error}") from None


def _check_positive(described: Stage | Config) -> None:
    for name in _POSITIVE:
        value = getattr(described, name, 1)
        if not 0 < value < float("inf"):
            raise ConfigError(f"{name} must be positive: got {value}")


def _check_choices(described: Stage | Config, **choices: Any) -> None:
    for name, literal in choices.items():
        value = getattr(described, name)
        if value not in get_args(literal):
            raise ConfigError(
                f"{name} must be one of {', '.join(get_args(literal))}: got {value!r}"
            )
