"""Configuration of a training run: plain data, saved beside its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from hrgeom.errors import HrgeomError

__all__ = ["Config", "ConfigError", "Stage"]

# Names of fields in runs saved by earlier versions.
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
    """The configuration of a training run is invalid."""


@dataclass(frozen=True)
class Stage:
    """Stage of a training run: one loss, one distribution of pairs, and a fresh optimizer.

    Attributes
    ----------
    steps : int
        Number of gradient steps, positive.
    loss : {"softmax", "sigmoid", "hinge"}
        Loss of a batch, as the guide *Training* defines them.
    columns : {"batch", "unique", "sampled", "all"}
        Candidate documents that every query of a batch is scored against. "batch": those of the
        batch's pairs, one column per pair, duplicates kept. "unique": the same, each once.
        "sampled": the pair's own, and `uniform` drawn for the whole batch and weighted so that
        they stand for all. "all": all documents.
    uniform : int
        Documents drawn uniformly, in addition to those of "batch" and "unique", and instead of
        them for "sampled".
    labels : {"pair", "exact"}
        What the loss knows. "pair": the drawn pair matches and every other column does not.
        "exact": what truly matches; softmax then leaves the other matches out of the denominator.
    frequency : {"as drawn", "divided out", "expected"}
        How softmax uses the frequency at which a document is drawn. "divided out": its logarithm
        is subtracted from every score (the logQ correction; columns "batch"). "expected": it is
        added (columns "all"), so that all documents count as often as in a batch on average.
    sampler : {"pairs", "queries", "rebalanced", "far", "stratified", "even"}
        Distribution of the drawn pairs; see `PairSampler`.
    share : float
        Probability of drawing from all pairs, from 0 to 1, for "rebalanced" and "even"; otherwise
        a far pair is drawn.
    cut : int
        Least distance of a far pair, for "rebalanced", "even" and "far".
    optimizer : {"adagrad", "adam", "sgd"}
        Row-wise Adagrad [1]_, Adam [2]_ of the rows touched, or plain gradient descent; fresh in
        every stage.
    lr : float
        Learning rate, absolute: nothing but the schedule rescales it.
    batch : int
        Pairs drawn per step, positive.
    temperature : float
        Temperature T, a *divisor* of the scores. For the sigmoid, its initial value: it is
        learned.
    schedule : {"constant", "linear", "cosine"}
        Learning rate from `lr` at the first step to 0 after the last, or constant.
    keep : {"last", "best"}
        State that the stage hands on: the last one, or among the evaluated ones, the start
        included, the one of best recall on the validation queries.
    evaluate_every : int
        Steps between evaluations on the validation queries.
    patience : int
        Evaluations in a row without a new best after which the stage ends; 0: never.

    Raises
    ------
    ConfigError
        If a setting is out of its range, or settings do not fit each other.

    References
    ----------
    .. [1] J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and
       Stochastic Optimization", JMLR 12, 2011.
    .. [2] D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
       arXiv:1412.6980.
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
    """Configuration of a training run.

    On the same machine with the same number of threads, equal configurations give equal tables.

    Attributes
    ----------
    recipe : str
        Display name.
    dim : int
        Dimension of the vectors, positive.
    stages : tuple of Stage
        Stages in order, at least one.
    seed : int
        Seed of the initial vectors, the pairs drawn and the choice of validation queries.
    start : {"normal", "construction"}
        Initial vectors: independent normal numbers of variance 1, or a certified construction
        reduced or padded to `dim` dimensions.
    unit : bool
        Whether to keep every row at unit length.
    finish : {"none", "max-margin queries"}
        Last step of the run: nothing, or `hrgeom.constructions.max_margin_queries` for the queries
        that fail.
    n_validation : int
        Largest number of queries by whose recall checkpoints are chosen; never more than half of
        all queries.
    n_test : int
        Largest number of other queries, whose recall is reported.

    Raises
    ------
    ConfigError
        If a setting is out of its range, or there is no stage.

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
        """Return the JSON form."""
        data = asdict(self)
        data["stages"] = [asdict(stage) for stage in self.stages]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Config:
        """Return the configuration that `to_dict` described.

        Parameters
        ----------
        data : mapping
            The JSON form; the field names of earlier versions are read as well.

        Returns
        -------
        config : Config
            Equal to the one that was written.

        Raises
        ------
        ConfigError
            If the fields are not those of `Config`, or as for the class.
        """
        try:
            stages = tuple(
                Stage(**{_OLD_NAMES.get(name, name): value for name, value in stage.items()})
                for stage in data["stages"]
            )
            return cls(**{**data, "stages": stages})
        except (TypeError, KeyError) as error:
            raise ConfigError(f"a training run must have the fields of Config: {error}") from None


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
