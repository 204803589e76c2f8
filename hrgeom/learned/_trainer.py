r"""Training: carries out a `Config` and returns an embedding with its log.

Runs are reproducible: initial tables, validation queries and the pairs of every step come from
generators seeded by the config. On the CPU the same config with the same number of threads gives
the same tables, and a run that was interrupted and resumed from its checkpoint ends in the same
bits as one that was not. On a GPU sums of gradients have no fixed order, and the last bits differ.

A run with a time limit (`minutes`) is cut off by the clock, so it is not reproducible; the log
records the step at which each stage ended.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.errors import FormatError
from hrgeom.learned._checkpoint import read_checkpoint, write_checkpoint
from hrgeom.learned._config import Config, ConfigError, Stage
from hrgeom.learned._evaluation import Recall, recall
from hrgeom.learned._graded import Graded
from hrgeom.learned._repair import repaired
from hrgeom.learned._samplers import TrainingPairs
from hrgeom.learned._splits import QuerySplit, split_queries
from hrgeom.learned._starts import first_tables
from hrgeom.learned._stepping import Stepper
from hrgeom.learned._tables import DualTables
from hrgeom.learned._torch import torch

__all__ = ["Trained", "train"]


@dataclass(frozen=True, eq=False)
class Trained:
    """Result of a training run.

    Attributes
    ----------
    embedding : DualEmbedding
        The learned vectors in float32, for the row notion: training ranks, and sets no threshold.
    config : Config
        The configuration of the run.
    log : list of dict
        One entry per evaluation: `stage`, `step`, `seconds` of training so far, `loss` (the mean
        since the last evaluation; None at a start), `recall` on the validation queries, `best`
        (whether it is the stage's best so far). With a `finish`, a last entry on its result.
    split : QuerySplit
        The validation and test queries.
    test : Recall
        Recall of the test queries, which no choice depended on.
    """

    embedding: DualEmbedding
    config: Config
    log: list[dict[str, Any]]
    split: QuerySplit
    test: Recall


def train(
    hierarchy: Graded,
    config: Config,
    *,
    start: tuple[NDArray[Any], NDArray[Any]] | None = None,
    held_out: NDArray[np.bool_] | None = None,
    minutes: float | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    device: str = "cpu",
    report: Callable[[str], None] | None = None,
) -> Trained:
    """Train an embedding by a configuration.

    Parameters
    ----------
    hierarchy : Hierarchy or GradedRelevance
        Matches with distances; at least two queries.
    config : Config
        What to do: the result of a recipe such as `masked`, or one of your own.
    start : tuple of ndarray, shapes (n, d) and (m, d), optional
        Queries and documents to start from, such as those of an earlier run. Default: what
        `config.start` says.
    held_out : ndarray of bool, shape (n_pairs,), optional
        Pairs that are not trained on (`split_pairs`). Default: none.
    minutes : float, optional
        Time for all stages, divided in proportion to their numbers of steps; a stage ends when its
        time is up. Default: no limit.
    checkpoint : path-like, optional
        File for the state, written at every evaluation. If it exists, the run resumes from it.
    device : str
        Device by its name in torch: "cpu", or "cuda" for a GPU.
    report : callable, optional
        Called with a line of text at every evaluation.

    Returns
    -------
    trained : Trained
        The embedding, the log, and the recall of the test queries.

    Raises
    ------
    ConfigError
        If a sampler has no pair to draw, or the start does not have the shapes of the run.
    FormatError
        If the checkpoint is not one, or is one of another run.
    HierarchyError
        If there are fewer than two queries.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> from hrgeom.learned import masked
    >>> trained = train(perfect_tree(2, 4), masked(4, steps=200))
    >>> trained.test.exact
    1.0
    """
    run = _Run(hierarchy, config, start, held_out, device, report or (lambda line: None))
    if checkpoint is not None:
        run.attach(Path(checkpoint))
    for number, stage in enumerate(config.stages):
        if number >= run.stage:
            allowed = None
            if minutes is not None:
                allowed = 60 * minutes * stage.steps / sum(s.steps for s in config.stages)
            run.do(number, stage, allowed)
    return run.finished()


class _Run:
    """The state of a run; everything that `attach` restores is written by `_save`."""

    def __init__(
        self,
        hierarchy: Graded,
        config: Config,
        start: tuple[NDArray[Any], NDArray[Any]] | None,
        held_out: NDArray[np.bool_] | None,
        device: str,
        report: Callable[[str], None],
    ) -> None:
        self.hierarchy, self.config, self.report = hierarchy, config, report
        self.relevance = hierarchy.relevance
        self.pairs = TrainingPairs.of(hierarchy, None if held_out is None else ~held_out)
        self.split = split_queries(
            self.relevance.n_queries, config.n_validation, config.n_test, seed=config.seed
        )
        first = first_tables(hierarchy, config) if start is None else start
        expected = tuple(
            (n, config.dim) for n in (self.relevance.n_queries, self.relevance.n_documents)
        )
        if tuple(rows.shape for rows in first) != expected:
            raise ConfigError(
                f"start must be two arrays of shapes {expected[0]} and {expected[1]}: got "
                f"{first[0].shape} and {first[1].shape}"
            )
        self.tables = DualTables(*first, unit=config.unit, device=device)
        self.best = [table.clone() for table in self.tables]
        # A stream other than that of the initial tables, whose seed is the bare number.
        self.rng = np.random.default_rng([config.seed, 1])
        self.log: list[dict[str, Any]] = []
        self.stage = self.done = self.stale = 0
        self.best_recall = -1.0
        self.seconds = self.stage_seconds = 0.0
        self.losses: list[float] = []
        self.checkpoint: Path | None = None
        self.restored: dict[str, NDArray[Any]] | None = None

    def do(self, number: int, stage: Stage, allowed: float | None) -> None:
        """Carry out a stage, or the rest of one that was interrupted."""
        stepper = Stepper(stage, self.pairs, self.tables)
        if self.restored is not None:
            for name, tensor in stepper.state().items():
                tensor.copy_(torch.from_numpy(self.restored[name]))
            self.restored = None
        else:
            self.stage, self.done, self.stale = number, 0, 0
            self.best_recall, self.stage_seconds = -1.0, 0.0
            self._look(stage, stepper)
        while self.done < stage.steps and not self._is_over(stage, allowed):
            started = time.perf_counter()
            self.losses.append(stepper.step(self.done, self.rng))
            self.done += 1
            spent = time.perf_counter() - started
            self.seconds += spent
            self.stage_seconds += spent
            if (
                self.done == stage.steps
                or self.done % stage.evaluate_every == 0
                or self._is_over(stage, allowed)
            ):
                self._look(stage, stepper)
        if stage.keep == "best":
            for table, best in zip(self.tables, self.best, strict=True):
                table.copy_(best)

    def _left(self, stage: Stage) -> str:
        """How long the steps of this stage take yet, if they go on as they did."""
        if not 0 < self.done < stage.steps:
            return ""
        return f", {self.stage_seconds / self.done * (stage.steps - self.done):.0f} s left"

    def finished(self) -> Trained:
        """Apply the config's finish and return the result."""
        queries, documents = self.tables.to_numpy()
        config = self.config
        if config.finish == "max-margin queries":
            every = np.arange(self.relevance.n_queries)
            before = recall(self.tables, self.hierarchy, every)
            outcome = repaired(queries, documents, self.relevance, before.failing)
            queries = outcome.queries
            counts = {"n_failing": outcome.n_failing, "n_repaired": outcome.n_repaired}
            self.log.append({"finish": config.finish, **counts, "recall": before.to_dict()})
            self.report(f"{config.finish}: {outcome.n_repaired} of {outcome.n_failing} repaired")
        embedding = DualEmbedding(
            queries,
            documents,
            notion="row",
            query_labels=self.relevance.query_labels,
            document_labels=self.relevance.document_labels,
            construction=f"learned-{config.recipe}",
            parameters={"training": config.to_dict()},
            promise={"dim": config.dim, "margin": None, "theorem": "none: learned"},
        )
        if isinstance(self.hierarchy, Hierarchy):
            embedding = embedding.made_for(self.hierarchy)
        self.tables.queries.copy_(torch.from_numpy(queries))
        test = recall(self.tables, self.hierarchy, self.split.test)
        return Trained(embedding, config, self.log, self.split, test)

    def attach(self, path: Path) -> None:
        """Write checkpoints to this file from now on; resume from it if it exists."""
        self.checkpoint = path
        if not path.exists():
            return
        arrays, data = read_checkpoint(path)
        found = {"config": data["config"], "hierarchy": data["hierarchy"]}
        if found != self._identity():
            raise FormatError(
                f"{path} must be a checkpoint of this run: it has another config or hierarchy"
            )
        for tensor, name in (
            (self.tables.queries, "table_queries"),
            (self.tables.documents, "table_documents"),
            (self.best[0], "best_queries"),
            (self.best[1], "best_documents"),
        ):
            tensor.copy_(torch.from_numpy(arrays.pop(name)))
        self.restored = arrays
        self.rng.bit_generator.state = data["rng"]
        self.log = data["log"]
        self.stage, self.done, self.stale = data["stage"], data["done"], data["stale"]
        self.best_recall = data["best_recall"]
        self.seconds, self.stage_seconds = data["seconds"], data["stage_seconds"]

    def _identity(self) -> dict[str, Any]:
        return {"config": self.config.to_dict(), "hierarchy": self.hierarchy.sha256}

    def _save(self, stepper: Stepper) -> None:
        if self.checkpoint is None:
            return
        arrays = {
            "table_queries": self.tables.queries,
            "table_documents": self.tables.documents,
            "best_queries": self.best[0],
            "best_documents": self.best[1],
            **stepper.state(),
        }
        data = {
            **self._identity(),
            "rng": self.rng.bit_generator.state,
            "log": self.log,
            "stage": self.stage,
            "done": self.done,
            "stale": self.stale,
            "best_recall": self.best_recall,
            "seconds": self.seconds,
            "stage_seconds": self.stage_seconds,
        }
        write_checkpoint(
            self.checkpoint, {name: t.cpu().numpy() for name, t in arrays.items()}, data
        )

    def _is_over(self, stage: Stage, allowed: float | None) -> bool:
        """Whether patience or time has run out."""
        impatient = stage.patience > 0 and self.stale >= stage.patience
        return impatient or (allowed is not None and self.stage_seconds >= allowed)

    def _look(self, stage: Stage, stepper: Stepper) -> None:
        """Record recall on the validation queries, keep the best tables, write the checkpoint."""
        here = recall(self.tables, self.hierarchy, self.split.validation)
        is_best = here.pairs > self.best_recall
        if is_best:
            self.best_recall, self.stale = here.pairs, 0
            for best, table in zip(self.best, self.tables, strict=True):
                best.copy_(table)
        else:
            self.stale += 1
        loss = float(np.mean(self.losses)) if self.losses else None
        self.losses = []
        self.log.append(
            {
                "stage": self.stage,
                "step": self.done,
                "seconds": round(self.seconds, 3),
                "loss": loss,
                "recall": here.to_dict(),
                "best": is_best,
            }
        )
        by_distance = " ".join("-" if r != r else f"{100 * r:.0f}" for r in here.by_distance)
        self.report(
            f"stage {self.stage + 1} of {len(self.config.stages)}, step {self.done} of "
            f"{stage.steps}: loss {'-' if loss is None else f'{loss:.4g}'}, recall "
            f"{100 * here.pairs:.2f} %, at distances 0, 1, 2, ...: {by_distance} %"
            + self._left(stage)
        )
        self._save(stepper)
