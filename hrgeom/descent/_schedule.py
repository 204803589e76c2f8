"""The schedule of a descent: how temperature, steps and lists change from first to last epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hrgeom.core import Relevance

__all__ = ["Schedule"]

_EPOCHS = 80  # at effort 1
_LOW_EPOCHS = 64  # in few dimensions, where a finale follows
_LONE_EPOCHS = 112  # in few dimensions without one
_FINALE = (
    1.75  # times as many as before it: with fewer single rows of WordNet stay narrow at d = 16
)
_SMALL = 20_000  # queries plus documents, below which epochs are cheap, and there are more
_MOST_EPOCHS = 6  # times as many
_LOW_DIM = 1.3  # times log2 of the number of vectors: rows crowd unless they meet some at random
_FEW_MATCHES = 11.0  # mean of a query: where there are more, few dimensions begin higher up, and
_LEAST_TEMPERATURE = 10.0  # a descent begins at a lower temperature, down to this
_ENCORES = 3
_HOTTEST = 6.0  # times the last temperature, to which finales and encores go
_FULL_RATE_DIM = 64  # below it rows have less room, and steps are shorter


@dataclass(frozen=True)
class Schedule:
    """Settings of a descent; progress f runs from 0 to 1.

    Attributes
    ----------
    epochs : int
        Visits of every query.
    first_temperature, last_temperature : float
        T grows geometrically from one to the other.
    first_rate, last_rate : float
        Length of a document's step, falling along a half cosine.
    query_ratio : float
        Length of a query's step in units of it.
    momentum : float
        Share of its momentum that a row keeps at a step.
    damping : float
        In units of T, what is added to the mean length of a row's gradient before a step is
        divided by it: rows that hardly matter hardly move.
    n_query_steps : int
        Steps of a query at a visit.
    warm_up : int
        Visits of groups during which rates rise to their value.
    reach : float
        Non-matches are listed down to reach / T below the hardest.
    most_listed : int
        Per query.
    drift : float
        Steps times T, added up, after which lists are made anew.
    n_samples : int
        Documents at random that a query meets as well, per epoch, until progress `sampled_until`.
    sampled_until : float
        See `n_samples`.
    n_groups : int
        Groups of queries; all documents move after each.
    threshold : float
        At the start.
    threshold_ratio : float
        Step of the threshold in units of that of a document.
    by_row_from : float
        Progress from which queries have thresholds of their own, in the row notion: with one for
        all rows do not fall together at the beginning.
    frees_at : tuple of float
        Progress after which, at the next sweep, the worst rows are solved exactly.
    start : float
        Progress at the start: more than 0 for a descent that begins at good rows.
    has_finale : bool
        Whether the schedule of `finale` follows, if few rows are wrong.
    n_encores : int
        At most so many schedules of `encore` follow while a few rows are wrong.
    """

    epochs: int
    first_temperature: float = 20.0
    last_temperature: float = 400.0
    first_rate: float = 0.05
    last_rate: float = 0.002
    query_ratio: float = 2.0
    momentum: float = 0.9
    damping: float = 1e-3
    n_query_steps: int = 2
    warm_up: int = 50
    reach: float = 10.0
    most_listed: int = 64
    drift: float = 5.0
    n_samples: int = 0
    sampled_until: float = 0.5
    n_groups: int = 8
    threshold: float = 0.3
    threshold_ratio: float = 0.1
    by_row_from: float = 0.5
    frees_at: tuple[float, ...] = (0.6, 0.75, 0.9)
    start: float = 0.0
    has_finale: bool = False
    n_encores: int = 0

    @classmethod
    def of(
        cls,
        n_vectors: int,
        dim: int,
        effort: float = 1.0,
        start: float = 0.0,
        mean_matches: float = 0.0,
        finale: bool = True,
    ) -> Schedule:
        """Return the schedule for so many vectors and dimensions.

        Parameters
        ----------
        n_vectors : int
            Queries and documents; where there are few, epochs are cheap, and there are more.
        dim : int
            Dimension d; where it is low, queries meet documents at random as well.
        effort : float
            Scales the number of epochs, which is at least 4.
        start : float
            Progress at the start.
        mean_matches : float
            Matches of a query, on average: the more there are, the lower T begins, and the more
            dimensions count as few.
        finale : bool
            Whether a finale may follow, in few dimensions; if not, there are more epochs.

        Returns
        -------
        schedule : Schedule
            Of `descend`, unless it is given another.
        """
        more = min(_MOST_EPOCHS, max(1.0, _SMALL / n_vectors))
        encores = _ENCORES if effort > 0 else 0
        crowd = math.sqrt(max(1.0, mean_matches / _FEW_MATCHES))
        hot = max(_LEAST_TEMPERATURE, cls.first_temperature / crowd)
        rate = cls.first_rate * min(1.0, math.sqrt(dim / _FULL_RATE_DIM))
        if dim > _LOW_DIM * crowd * math.log2(n_vectors):
            return cls(
                max(4, round(_EPOCHS * more * effort)),
                first_temperature=hot,
                first_rate=rate,
                start=start,
                n_encores=encores,
            )
        low_epochs = _LOW_EPOCHS if finale else _LONE_EPOCHS
        return cls(
            max(4, round(low_epochs * more * effort)),
            first_temperature=0.75 * hot,
            first_rate=rate,
            reach=16.0,
            most_listed=256,
            drift=1.5,
            n_query_steps=4,
            n_samples=64,
            sampled_until=0.7,
            start=start,
            has_finale=finale and effort > 0,
            n_encores=encores,
        )

    @classmethod
    def for_relevance(
        cls,
        relevance: Relevance,
        dim: int,
        effort: float = 1.0,
        start: float = 0.0,
        finale: bool = True,
    ) -> Schedule:
        """Return the schedule for a relevance.

        Parameters
        ----------
        relevance : Relevance
            Whose queries and documents are counted, with the mean size of S(q).
        dim : int
            As for `of`, and so are the others.
        effort, start : float
            As for `of`.
        finale : bool
            As for `of`.

        Returns
        -------
        schedule : Schedule
            Of `descend`, unless it is given another.
        """
        n_vectors = relevance.n_queries + relevance.n_documents
        mean = relevance.n_pairs / max(1, relevance.n_queries)
        return cls.of(n_vectors, dim, effort, start, mean, finale)

    def finale(self) -> Schedule:
        """Return what follows in few dimensions: hotter, in small steps, from rest.

        There the margin in reach is less than 1/T at the end of the first schedule: the narrowest
        rows weigh too little beside all others.

        Returns
        -------
        schedule : Schedule
            Longer than the first, from rows that have their places, for `descend`.
        """
        return self._hotter(max(4, round(_FINALE * self.epochs)), 0.5, 4.0)

    def encore(self) -> Schedule:
        """Return what follows if a few rows are still wrong at the end.

        Returns
        -------
        schedule : Schedule
            As the finale, half as long, in smaller steps.
        """
        before = self.finale() if self.has_finale else self
        return self._hotter(max(4, before.epochs // 2), 0.75, 2.0)

    def _hotter(self, epochs: int, heat: float, pace: float) -> Schedule:
        """T goes from `heat` to `_HOTTEST` times the last, steps from `pace` times the last."""
        return replace(
            self,
            epochs=epochs,
            first_temperature=heat * self.last_temperature,
            last_temperature=_HOTTEST * self.last_temperature,
            first_rate=pace * self.last_rate,
            last_rate=self.last_rate / 4,
            n_samples=0,
            by_row_from=0.0,
            frees_at=tuple(round(0.1 + 0.12 * i, 2) for i in range(8)),
            start=0.0,
        )

    def temperature(self, progress: float) -> float:
        """Return the temperature T.

        Parameters
        ----------
        progress : float
            From 0 to 1.

        Returns
        -------
        temperature : float
            By which differences of scores are multiplied in the loss.
        """
        rise = self.last_temperature / self.first_temperature
        return self.first_temperature * float(rise**progress)

    def rate(self, progress: float, n_visits: int) -> float:
        """Return the length of a document's step.

        Parameters
        ----------
        progress : float
            From 0 to 1.
        n_visits : int
            Visits of groups done; over the first `warm_up` the rate rises.

        Returns
        -------
        rate : float
            On the unit sphere.
        """
        warm = min(1.0, n_visits / self.warm_up + 0.02)
        falling = (1 + math.cos(math.pi * progress)) / 2
        return warm * (self.last_rate + (self.first_rate - self.last_rate) * falling)
