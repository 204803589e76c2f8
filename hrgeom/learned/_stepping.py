"""One training step: batch, scores, loss, gradients, updated rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.learned import _losses
from hrgeom.learned._batches import Batch, BatchMaker
from hrgeom.learned._config import Stage
from hrgeom.learned._optimizers import RowAdagrad, new_optimizer, rate
from hrgeom.learned._samplers import TrainingPairs
from hrgeom.learned._tables import DualTables
from hrgeom.learned._torch import torch

__all__ = ["Stepper"]

_SCALAR_RATE = 0.1  # learning rate of the sigmoid's ln T and b, by Adagrad; not tuned


class Stepper:
    """Steps of a stage, with a new sampler, new optimizers and new scalars of the sigmoid.

    Parameters
    ----------
    stage : Stage
        What every step does.
    pairs : TrainingPairs
        Pairs to draw from.
    tables : DualTables
        Changed in place by every step.
    """

    def __init__(self, stage: Stage, pairs: TrainingPairs, tables: DualTables) -> None:
        self.stage = stage
        self.tables = tables
        self.batches = BatchMaker(pairs, stage)
        self._device = tables.queries.device
        self._optimizers = [new_optimizer(stage.optimizer, table) for table in tables]
        # The bias starts at -ln C: with all scores 0, a column is then a match with probability of
        # about 1/C.
        n_columns = pairs.n_documents if stage.columns == "all" else stage.batch + stage.uniform
        self._scalars = torch.tensor(
            [[math.log(stage.temperature)], [-math.log(n_columns)]], device=self._device
        )
        self._scalar_optimizer = RowAdagrad(self._scalars)
        self._log_q = None
        if stage.frequency != "as drawn":
            self._log_q = torch.tensor(self._log_frequencies(), device=self._device)

    def step(self, number: int, rng: np.random.Generator) -> float:
        """Take step `number` of the stage, and return the loss before it."""
        batch = self.batches.draw(rng)
        rows = [self._to_device(batch.queries), self._to_device(batch.columns)]
        if batch.targets is None:  # the pairs' own documents are scored separately, after these
            rows[1] = torch.cat((rows[1], self._to_device(batch.documents)))
        leaves = [table[row].requires_grad_() for table, row in zip(self.tables, rows, strict=True)]
        if self.stage.loss == "sigmoid":
            leaves.append(self._scalars.clone().requires_grad_())
        loss = self._loss(batch, *leaves)
        gradients = torch.autograd.grad(loss, leaves)
        lr = rate(self.stage.lr, self.stage.schedule, number, self.stage.steps)
        for table, optimizer, row, gradient in zip(
            self.tables, self._optimizers, rows, gradients, strict=False
        ):
            self.tables.touched(table, optimizer.step(table, row, gradient, lr))
        if self.stage.loss == "sigmoid":
            self._step_scalars(gradients[2])
        return float(loss.detach())

    def _step_scalars(self, gradient: torch.Tensor) -> None:
        both = torch.arange(2, device=self._device)
        self._scalar_optimizer.step(self._scalars, both, gradient, _SCALAR_RATE)

    def state(self) -> dict[str, torch.Tensor]:
        """Return the tensors, other than the tables, that steps change; they are not copied."""
        return {
            "queries": self._optimizers[0].state(),
            "documents": self._optimizers[1].state(),
            "scalars": self._scalars,
            "scalar_sums": self._scalar_optimizer.state(),
        }

    def _log_frequencies(self) -> NDArray[np.float32]:
        """Return what softmax subtracts from every document's score."""
        stage = self.stage
        share = self.batches.sampler.document_probabilities
        if stage.frequency == "divided out":
            # The expected number of the document's copies among the columns of a batch. A document
            # that is never drawn occurs only among the uniform ones; without those its value has
            # no effect.
            copies = stage.batch * share + stage.uniform / len(share)
            return np.log(np.maximum(copies, 1e-12)).astype(np.float32)
        return -np.log(np.maximum(share, 1e-12)).astype(np.float32)

    def _loss(
        self,
        batch: Batch,
        queries: torch.Tensor,
        documents: torch.Tensor,
        scalars: torch.Tensor | None = None,
    ) -> torch.Tensor:
        stage = self.stage
        others = None if batch.others is None else self._to_device(batch.others)
        if batch.targets is None:
            n_columns = len(batch.columns)
            return _losses.sampled_softmax(
                (queries * documents[n_columns:]).sum(1),
                queries @ documents[:n_columns].T,
                n_documents=self.batches.pairs.n_documents,
                temperature=stage.temperature,
                others=others,
            )
        scores = queries @ documents.T
        targets = self._to_device(batch.targets)
        if scalars is not None:
            return _losses.sigmoid(
                scores, targets, log_temperature=scalars[0, 0], bias=scalars[1, 0], others=others
            )
        if stage.loss == "hinge":
            return _losses.hinge(scores, targets, temperature=stage.temperature, others=others)
        log_q = None if self._log_q is None else self._log_q[self._to_device(batch.columns)]
        return _losses.softmax(
            scores, targets, temperature=stage.temperature, others=others, log_q=log_q
        )

    def _to_device(self, array: NDArray[Any]) -> torch.Tensor:
        return torch.from_numpy(array).to(self._device)
