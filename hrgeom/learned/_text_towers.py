r"""Text towers: dual encoders whose query side reads text, so that unseen text has a vector.

A query is :math:`W_2\,\mathrm{gelu}(W_1 t + b_1) + b_2 + W_3 t` of the row t that a text encoder
gives its text. The encoder is frozen, or it is a table of word pieces that is trained with the
tower. Documents are a lookup table, trained with the tower or held fixed at certified vectors. The
nodes' own texts are the training queries, against their *strict* ancestors: a text that no node has
yet has no document of its own either.

The losses, columns, labels and samplers are those of `Config`, with one change of scale: the
vectors start at about unit length, as do the rows of encoders, where tables start at length
:math:`\sqrt d`. `text_config` carries a recipe over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Hierarchy, Relevance
from hrgeom.errors import ShapeError
from hrgeom.learned._config import Config, Stage
from hrgeom.learned._optimizers import rate
from hrgeom.learned._samplers import TrainingPairs
from hrgeom.learned._stepping import Stepper
from hrgeom.learned._tables import DualTables
from hrgeom.learned._text_rows import Pieces, TextRows, summed
from hrgeom.learned._torch import torch

__all__ = ["TextTower", "text_config", "train_text"]

_HIDDEN = 512
_DROPOUT = 0.1
_RATE = 1e-3  # of AdamW, for the tower and for rows of word pieces
_DECAY = 1e-2
_SHARE_OF_TOWER = 0.15  # of the documents' rate, by gradient descent
_LONGEST = 1.0  # norm to which the gradient of the tower is cut
_SCALE = 20.0  # by which scores are smaller than those of tables: T = 20 becomes 1
_TABLE_RATE = 10.0  # by which Adagrad's steps are shorter, as the rows are
_FIXED_SCALE = 20.0  # length of queries against fixed documents of unit length, at first

Rows = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TextTower:
    """A trained tower, which needs no torch to be used.

    Attributes
    ----------
    weights : dict of str to ndarray of float32
        `hidden` (h, t), `hidden_bias` (h,), `out` (d, h), `out_bias` (d,), `direct` (d, t), for
        rows of t numbers and vectors of d; of an encoder that was trained `pieces` (v, t).
    documents : ndarray of float32, shape (n_documents, d)
        Vectors of the documents.
    log : list of dict
        One entry per evaluation: `stage`, `step`, `loss`, `recall` (share of the validation
        texts' ancestors in the top), `best`.
    config : Config
        What was done.
    """

    weights: dict[str, Rows]
    documents: Rows
    log: list[dict[str, Any]]
    config: Config

    def queries(self, rows: Any) -> Rows:
        """Return the query vectors of texts.

        Parameters
        ----------
        rows : ndarray of float, shape (k, t), or sparse matrix, shape (k, v)
            Rows of the text encoder that the tower was trained on; weights of word pieces if it
            was trained with them.

        Returns
        -------
        queries : ndarray of float32, shape (k, d)
            Scores are dot products with `documents`; they rank, no threshold is implied.
        """
        w = self.weights
        texts = summed(rows, w["pieces"]) if "pieces" in w else np.asarray(rows, dtype=np.float32)
        hidden = _gelu(texts @ w["hidden"].T + w["hidden_bias"])
        result: Rows = hidden @ w["out"].T + w["out_bias"] + texts @ w["direct"].T
        return result


def text_config(config: Config) -> Config:
    """Return a recipe for tables in the scale of text towers.

    Parameters
    ----------
    config : Config
        Result of a recipe such as `masked`.

    Returns
    -------
    config : Config
        Temperatures are divided by 20 and the rates of the documents by 10, so that T = 20 and
        500 become 1 and 25; everything else is the same.

    Examples
    --------
    >>> from hrgeom.learned import standard
    >>> text_config(standard(64)).stages[0].temperature
    1.0
    """
    return replace(config, stages=tuple(_scaled(stage) for stage in config.stages))


def train_text(
    hierarchy: Hierarchy,
    rows: Any,
    config: Config,
    *,
    validation: tuple[Any, Relevance],
    documents: NDArray[Any] | None = None,
    pieces: NDArray[Any] | None = None,
    minutes: float | None = None,
    report: Callable[[str], None] | None = None,
) -> TextTower:
    """Train a text tower, and the documents with it unless they are given.

    Parameters
    ----------
    hierarchy : Hierarchy
        Whose nodes are the training queries, each against its strict ancestors, and the documents.
    rows : ndarray of float, shape (n_nodes, t), or sparse matrix, shape (n_nodes, v)
        Row of the text encoder for every node's text; weights of word pieces where `pieces` are
        given.
    config : Config
        What to do, in the scale of towers (`text_config`); every stage keeps its best state.
    validation : tuple of (rows of k texts as above, Relevance)
        Texts that are in no hierarchy, and what each must retrieve: they choose the state kept.
    documents : ndarray of float, shape (n_nodes, config.dim), optional
        Document vectors to hold fixed, such as certified ones. Default: trained.
    pieces : ndarray of float, shape (v, t), optional
        Rows of word pieces (`hrgeom.models.word_pieces`): the encoder is trained as well, from
        there on. A text has the sum of its pieces' rows by their weights, at unit length.
    minutes : float, optional
        Time for all stages. Default: no limit.
    report : callable, optional
        Called with a line of text at every evaluation.

    Returns
    -------
    tower : TextTower
        The state of best recall on the validation texts.

    Raises
    ------
    ShapeError
        If rows, documents or validation texts do not fit the hierarchy or each other.
    ConfigError
        If a sampler has no pair to draw.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> from hrgeom.learned import masked
    >>> h = perfect_tree(2, 3)
    >>> rows = np.eye(h.relevance.n_queries, dtype=np.float32)
    >>> held = rows[[3, 4]], h.relevance.restrict_queries(np.array([3, 4]))
    >>> tower = train_text(h, rows, text_config(masked(4, steps=20)), validation=held)
    >>> tower.queries(rows[:2]).shape
    (2, 4)
    """
    rows, validation = _as_matrix(rows), (_as_matrix(validation[0]), validation[1])
    table = None if pieces is None else np.ascontiguousarray(pieces, dtype=np.float32)
    _check(hierarchy, rows, config, validation, documents, table)
    run = _Run(hierarchy, rows, config, validation, documents, table, report or (lambda line: None))
    ends = None if minutes is None else time.perf_counter() + 60 * minutes
    for number, stage in enumerate(config.stages):
        run.do(number, stage, ends)
    return run.result()


class _Tower(torch.nn.Module):  # type: ignore[misc,unused-ignore]
    def __init__(self, n_inputs: int, dim: int, pieces: Pieces | None) -> None:
        super().__init__()
        self.hidden = torch.nn.Linear(n_inputs, _HIDDEN)
        self.out = torch.nn.Linear(_HIDDEN, dim)
        self.direct = torch.nn.Linear(n_inputs, dim, bias=False)
        self.pieces = pieces

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        hidden = torch.nn.functional.gelu(self.hidden(rows), approximate="tanh")
        hidden = torch.nn.functional.dropout(hidden, _DROPOUT, self.training)
        result: torch.Tensor = self.out(hidden) + self.direct(rows)
        return result

    def weights(self) -> dict[str, Rows]:
        tensors = {
            "hidden": self.hidden.weight,
            "hidden_bias": self.hidden.bias,
            "out": self.out.weight,
            "out_bias": self.out.bias,
            "direct": self.direct.weight,
        }
        found = {name: tensor.detach().numpy().copy() for name, tensor in tensors.items()}
        return found if self.pieces is None else found | {"pieces": self.pieces.table()}

    def groups(self) -> list[dict[str, Any]]:
        """Return the parameters as groups of an optimizer; rows of pieces do not decay."""
        own = [each for name, each in self.named_parameters() if not name.startswith("pieces.")]
        groups: list[dict[str, Any]] = [{"params": own}]
        if self.pieces is not None:
            groups.append({"params": [self.pieces.rows], "weight_decay": 0.0})
        return groups


class _TextStepper(Stepper):
    """Steps whose queries come out of a tower."""

    def __init__(
        self,
        stage: Stage,
        pairs: TrainingPairs,
        tables: DualTables,
        tower: _Tower,
        rows: TextRows,
        trains_documents: bool,
    ) -> None:
        super().__init__(stage, pairs, tables)
        self._tower, self._rows, self._trains_documents = tower, rows, trains_documents
        self._of_tower: Any = torch.optim.AdamW(tower.groups(), lr=_RATE, weight_decay=_DECAY)
        if stage.optimizer == "sgd":  # a fine-tuning in small steps is one on both sides
            self._of_tower = torch.optim.SGD(tower.parameters(), lr=_SHARE_OF_TOWER * stage.lr)

    def step(self, number: int, rng: np.random.Generator) -> float:
        batch = self.batches.draw(rng)
        columns = self._to_device(batch.columns)
        if batch.targets is None:
            columns = torch.cat((columns, self._to_device(batch.documents)))
        documents = self.tables.documents[columns].requires_grad_()
        queries = self._tower(self._rows.of(batch.queries))
        scalars = self._scalars.clone().requires_grad_()
        has_scalars = self.stage.loss == "sigmoid"
        loss = self._loss(batch, queries, documents, *([scalars] if has_scalars else []))
        self._of_tower.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        torch.nn.utils.clip_grad_norm_(self._tower.parameters(), _LONGEST)
        self._of_tower.step()
        if self._trains_documents and documents.grad is not None:
            lr = rate(self.stage.lr, self.stage.schedule, number, self.stage.steps)
            self._optimizers[1].step(self.tables.documents, columns, documents.grad, lr)
        if has_scalars and scalars.grad is not None:
            self._step_scalars(scalars.grad)
        return float(loss.detach())


class _Run:
    def __init__(
        self,
        hierarchy: Hierarchy,
        rows: Any,
        config: Config,
        validation: tuple[Any, Relevance],
        documents: NDArray[Any] | None,
        table: Rows | None,
        report: Callable[[str], None],
    ) -> None:
        self._config, self._report = config, report
        self._pairs = TrainingPairs.of(hierarchy, hierarchy.distances > 0)
        pieces = None if table is None else Pieces(table, [rows, validation[0]])
        self._rows, self._texts = TextRows(rows, pieces), TextRows(validation[0], pieces)
        self._right = validation[1]
        self._trains_documents = documents is None
        self._rng = np.random.default_rng([config.seed, 2])
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            n_inputs = rows.shape[1] if table is None else table.shape[1]
            self._tower = _Tower(n_inputs, config.dim, pieces)
        if documents is None:
            shape = rows.shape[0], config.dim
            documents = np.random.default_rng(config.seed).normal(size=shape) / config.dim**0.5
        else:  # unit rows score from -1 to 1, too little for a softmax at T = 1
            documents = documents * _FIXED_SCALE
        self._tables = DualTables(np.zeros((1, config.dim)), documents, unit=False, device="cpu")
        self._best: tuple[float, dict[str, torch.Tensor], torch.Tensor]
        self._best = (-1.0, {}, self._tables.documents)
        self._log: list[dict[str, Any]] = []

    def do(self, number: int, stage: Stage, ends: float | None) -> None:
        stepper = _TextStepper(
            stage, self._pairs, self._tables, self._tower, self._rows, self._trains_documents
        )
        losses: list[float] = []
        stale = 0
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._config.seed + number)  # dropout
            for step in range(1, stage.steps + 1):
                losses.append(stepper.step(step - 1, self._rng))
                late = ends is not None and time.perf_counter() >= ends
                if step % stage.evaluate_every == 0 or step == stage.steps or late:
                    stale = 0 if self._look(number, step, float(np.mean(losses))) else stale + 1
                    losses = []
                if late or (stage.patience and stale >= stage.patience):
                    break
        self._restore()

    def _look(self, number: int, step: int, loss: float) -> bool:
        self._tower.eval()
        with torch.no_grad():
            found = _recall(self._tower(self._texts.all()), self._tables.documents, self._right)
        self._tower.train()
        is_best = found > self._best[0]
        if is_best:
            state = {name: value.clone() for name, value in self._tower.state_dict().items()}
            self._best = found, state, self._tables.documents.clone()
        self._log.append(
            {"stage": number, "step": step, "loss": loss, "recall": found, "best": is_best}
        )
        self._report(
            f"stage {number + 1} of {len(self._config.stages)}, step {step}: loss {loss:.4g}, "
            f"recall {100 * found:.2f} %"
        )
        return is_best

    def _restore(self) -> None:
        _, state, documents = self._best
        self._tower.load_state_dict(state)
        self._tables.documents.copy_(documents)

    def result(self) -> TextTower:
        return TextTower(self._tower.weights(), self._tables.to_numpy()[1], self._log, self._config)


def _is_sparse(rows: Any) -> bool:
    return hasattr(rows, "tocsr")


def _as_matrix(rows: Any) -> Any:
    """Return rows as an array of float32, sparse weights row by row."""
    return rows.tocsr() if _is_sparse(rows) else np.ascontiguousarray(rows, dtype=np.float32)


def _scaled(stage: Stage) -> Stage:
    return replace(stage, temperature=stage.temperature / _SCALE, lr=stage.lr / _TABLE_RATE)


def _recall(queries: torch.Tensor, documents: torch.Tensor, right: Relevance) -> float:
    """The share of what is right in the top |S(q)|, mean over the queries; ties count as found."""
    shares = []
    for i, scores in enumerate(queries @ documents.T):
        own = torch.from_numpy(right.matches(i).astype(np.int64))
        if len(own):
            cut = torch.topk(scores, len(own)).values[-1]
            shares.append(float((scores[own] >= cut).float().mean()))
    return float(np.mean(shares)) if shares else 0.0


def _gelu(x: Rows) -> Rows:
    """The form with tanh, as in training."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x**3)
    result: Rows = np.float32(0.5) * x * (1 + np.tanh(inner))
    return result


def _check(
    hierarchy: Hierarchy,
    rows: Any,
    config: Config,
    validation: tuple[Any, Relevance],
    documents: NDArray[Any] | None,
    table: Rows | None,
) -> None:
    n = hierarchy.relevance.n_queries
    texts, right = validation
    if len({table is not None, _is_sparse(rows), _is_sparse(texts)}) > 1:
        raise ShapeError(
            "with pieces rows and validation must be weights as sparse matrices, without them "
            f"arrays of rows: got {type(rows).__name__} and {type(texts).__name__}"
        )
    if len(rows.shape) != 2 or rows.shape[0] != n:
        raise ShapeError(f"rows must have one row per node: got shape {rows.shape} for {n} nodes")
    if table is not None and (table.ndim != 2 or table.shape[0] != rows.shape[1]):
        raise ShapeError(
            f"pieces must have a row for each of the {rows.shape[1]} columns of rows: got shape "
            f"{table.shape}"
        )
    if texts.shape != (right.n_queries, rows.shape[1]) or right.n_documents != n:
        raise ShapeError(
            f"validation must be rows of {rows.shape[1]} numbers and as many queries among {n} "
            f"documents: got shape {texts.shape} for {right.n_queries} queries among "
            f"{right.n_documents}"
        )
    if documents is not None and np.shape(documents) != (n, config.dim):
        raise ShapeError(
            f"documents must have shape ({n}, {config.dim}): got {np.shape(documents)}"
        )
