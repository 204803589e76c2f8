"""A small network that ranks the candidates of a text, and *none of these* among them.

One hidden layer scores each candidate by its features; a linear score of the best features of the
list stands for none of them. The softmax over both is fitted to the likelihood of the right
candidates, all of them together where there are several. Two networks of different seeds are
averaged.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._candidates import Candidates
from hrgeom.locate._halves import as_float32

__all__ = ["Network", "Reranker", "fit_reranker"]

_HIDDEN = 48
_BATCH = 64
_RATE, _DECAY = 4e-3, 2e-3
_STEPS = 1400
_LEAST_EPOCHS, _MOST_EPOCHS = 10, 40
_LEAK = 0.05  # slope of the hidden units below 0
_FARTHEST = 6.0  # standard deviations
_NETWORKS = 2
_FORBIDDEN = -1e9

Arrays = list[NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Network:
    """Weights of one network.

    Attributes
    ----------
    weights : list of ndarray of float32
        Hidden matrix (f, h) and bias (h,), scores (h,), none (f,) and its bias (1,).
    """

    weights: Arrays

    @staticmethod
    def n_weights(n_features: int) -> int:
        """Return how many numbers a network has."""
        return sum(int(np.prod(shape)) for shape in _shapes(n_features))

    @classmethod
    def of(cls, flat: NDArray[np.float32], n_features: int) -> Network:
        """Return the network of these numbers, one weight after another."""
        shapes = _shapes(n_features)
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
        parts = np.split(flat, ends)
        return cls([part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)])

    def logits(self, given: _Given) -> NDArray[np.float32]:
        """Return scores of the candidates and of none, shape (b, candidates + 1)."""
        return _forward(self.weights, given)[0]


@dataclass(frozen=True, eq=False)
class _Given:
    """Features in standard units."""

    candidates: NDArray[np.float32]
    best: NDArray[np.float32]
    is_there: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Reranker:
    """Networks and the units of their features.

    Attributes
    ----------
    scale : ndarray of float32, shape (4, f)
        Mean and standard deviation of the features of candidates, and of the best of each list.
    networks : tuple of Network
        Whose probabilities are averaged; none before anything is fitted.
    """

    scale: NDArray[np.float32]
    networks: tuple[Network, ...]

    def probabilities(self, candidates: Candidates) -> NDArray[np.float32]:
        """Return the probability of each candidate, and in the last column of none of them."""
        if not self.networks:
            return _softmax(_unfitted(candidates))
        shape = len(candidates.nodes), candidates.nodes.shape[1] + 1
        found = np.empty(shape, dtype=np.float32)
        for start in range(0, len(found), _BATCH):  # hidden units of all would be large arrays
            part = slice(start, start + _BATCH)
            found[part] = self._of_some(candidates.part(part))
        return found

    def _of_some(self, candidates: Candidates) -> NDArray[np.float32]:
        given = _standardized(candidates, _best_of_list(candidates), self.scale)
        found = [_softmax(network.logits(given)) for network in self.networks]
        return np.asarray(np.mean(found, axis=0), dtype=np.float32)


def fit_reranker(candidates: Candidates, right: NDArray[np.bool_], seed: int) -> Reranker:
    """Return a reranker fitted to lists of candidates.

    Parameters
    ----------
    candidates : Candidates
        Of texts whose place is known.
    right : ndarray of bool, shape (n_texts, candidates)
        The right ones; none in a row means none of these.
    seed : int
        Where the weights begin, and the order of the texts.
    """
    best = _best_of_list(candidates)
    scale = _scale_of(candidates, best)
    if len(right) < _BATCH:
        return Reranker(scale, ())
    target = np.concatenate([right, ~right.any(axis=1, keepdims=True)], axis=1)
    seeds = np.random.SeedSequence(seed).spawn(_NETWORKS)

    def train(seed: np.random.SeedSequence) -> Network:
        return _trained(candidates, best, scale, target, np.random.default_rng(seed))

    with ThreadPoolExecutor(_NETWORKS) as pool:
        return Reranker(scale, tuple(pool.map(train, seeds)))


def _scale_of(candidates: Candidates, best: NDArray[np.float32]) -> NDArray[np.float32]:
    n_features = candidates.features.shape[2]
    there = (candidates.nodes >= 0)[:, :, None]
    if not there.any():
        return np.tile(np.array([[0], [1]], np.float32), (2, n_features))
    mean = candidates.features.mean(axis=(0, 1), where=there, dtype=np.float64)
    deviations = [  # list by list: a copy of all features would be the largest array there is
        (((each - mean) ** 2) * here).sum(axis=0)
        for each, here in zip(candidates.features, there, strict=True)
    ]
    rows = (
        mean,
        np.sqrt(np.sum(deviations, axis=0) / there.sum()) + 1e-6,
        best.mean(axis=0),
        best.std(axis=0) + 1e-6,
    )
    return np.stack(rows).astype(np.float32)


def _best_of_list(candidates: Candidates) -> NDArray[np.float32]:
    """Return the greatest value of each feature in each list, 0 where the list is empty."""
    found = np.empty(candidates.features.shape[::2], dtype=np.float32)
    for start in range(0, len(found), _BATCH):  # in float32 all of them would be a large array
        some = candidates.part(slice(start, start + _BATCH))
        there = (some.nodes >= 0)[:, :, None]
        best = as_float32(some.features).max(axis=1, where=there, initial=-np.inf)
        found[start : start + _BATCH] = np.where(np.isfinite(best), best, 0)
    return found


def _standardized(
    candidates: Candidates, best: NDArray[np.float32], scale: NDArray[np.float32]
) -> _Given:
    """Return features, and those that are best in each list, in standard units."""
    there = candidates.nodes >= 0
    features = as_float32(candidates.features)
    features -= scale[0]
    features /= scale[1]
    np.clip(features, -_FARTHEST, _FARTHEST, out=features)
    features[~there] = 0
    best = np.clip((best - scale[2]) / scale[3], -_FARTHEST, _FARTHEST)
    return _Given(features, best, there)


def _unfitted(candidates: Candidates) -> NDArray[np.float32]:
    """Return scores of a network that nobody could fit: votes and likeness."""
    votes = candidates.features[:, :, :10].sum(axis=2, dtype=np.float32)
    scores = np.where(candidates.nodes >= 0, votes, _FORBIDDEN)
    return np.concatenate([scores, np.ones((len(scores), 1))], axis=1).astype(np.float32)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _trained(
    candidates: Candidates,
    best: NDArray[np.float32],
    scale: NDArray[np.float32],
    target: NDArray[np.bool_],
    random: np.random.Generator,
) -> Network:
    """Return a network after steps of Adam with weight decay and a falling rate."""
    weights = _first_weights(scale.shape[1], random)
    first, second = ([np.zeros_like(each) for each in weights] for _ in range(2))
    per_epoch = len(target) // _BATCH
    epochs = int(np.clip(_STEPS // per_epoch, _LEAST_EPOCHS, _MOST_EPOCHS))
    n_steps, step = epochs * per_epoch, 0
    for _ in range(epochs):
        order = random.permutation(len(target))
        for k in range(per_epoch):
            rows = order[k * _BATCH : (k + 1) * _BATCH]
            given = _standardized(candidates.part(rows), best[rows], scale)
            slopes = _slopes(weights, given, target[rows])
            step += 1
            rate = _RATE * (0.5 + 0.5 * np.cos(np.pi * step / n_steps))
            _adam(weights, slopes, first, second, step, rate)
    return Network(weights)


def _shapes(n_features: int) -> list[tuple[int, ...]]:
    return [(n_features, _HIDDEN), (_HIDDEN,), (_HIDDEN,), (n_features,), (1,)]


def _first_weights(n_features: int, random: np.random.Generator) -> Arrays:
    return [
        each.astype(np.float32)
        for each in (
            random.normal(0, n_features**-0.5, (n_features, _HIDDEN)),
            np.zeros(_HIDDEN),
            random.normal(0, _HIDDEN**-0.5, _HIDDEN),
            np.zeros(n_features),
            np.zeros(1),
        )
    ]


def _forward(weights: Arrays, given: _Given) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the logits and the values of the hidden units."""
    matrix, bias, scores, none, none_bias = weights
    before = given.candidates @ matrix + bias
    hidden = np.maximum(before, _LEAK * before)
    of_candidates = np.where(given.is_there, hidden @ scores, np.float32(_FORBIDDEN))
    of_none = given.best @ none + none_bias
    return np.concatenate([of_candidates, of_none[:, None]], axis=1), hidden


def _slopes(weights: Arrays, given: _Given, target: NDArray[np.bool_]) -> Arrays:
    """Return the derivatives of the mean negative log-likelihood of the right ones together."""
    logits, hidden = _forward(weights, given)
    found = _softmax(logits)
    among_right = found * target
    among_right /= np.maximum(among_right.sum(axis=1, keepdims=True), 1e-30)
    error = (found - among_right) / np.float32(len(target))
    of_candidates = error[:, :-1]
    back = of_candidates[:, :, None] * weights[2]
    back *= np.where(hidden > 0, np.float32(1), np.float32(_LEAK))
    flat, n_hidden = back.reshape(-1, back.shape[2]), hidden.shape[2]
    return [
        given.candidates.reshape(len(flat), -1).T @ flat,
        flat.sum(axis=0),
        hidden.reshape(-1, n_hidden).T @ of_candidates.ravel(),
        given.best.T @ error[:, -1],
        error[:, -1:].sum(axis=0),
    ]


def _adam(
    weights: Arrays, slopes: Arrays, first: Arrays, second: Arrays, step: int, rate: float
) -> None:
    """Move the weights in place; the two matrices of the candidates decay."""
    for k, slope in enumerate(slopes):
        first[k] += 0.1 * (slope - first[k])
        second[k] += 0.01 * (slope**2 - second[k])
        move = first[k] / (1 - 0.9**step) / (np.sqrt(second[k] / (1 - 0.99**step)) + 1e-8)
        if k in (0, 2, 3):
            move = move + _DECAY * weights[k]
        weights[k] -= (rate * move).astype(np.float32)
