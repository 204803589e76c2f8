"""Certify an embedding: check every (query, document) pair, with a proven rounding bound.

The checker knows no construction: the certificate depends on the stored numbers and the relevance
alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import numpy as np

from hrgeom._base.arithmetic import plain_arithmetic
from hrgeom._base.blocks import default_threads
from hrgeom._base.mapped import guarded
from hrgeom._version import __version__
from hrgeom.checker._certificate import Certificate, Verdict, Witness
from hrgeom.checker._checkpoint import kept_in
from hrgeom.checker._memory import BLOCKS, room_for_blocks
from hrgeom.checker._normalized import normalized_margin
from hrgeom.checker._outcome import Outcome, check_all_pairs
from hrgeom.checker._relevance_digest import relevance_digest
from hrgeom.checker._sweep import Progress, Settings, Sweep
from hrgeom.checker._witnesses import witnesses
from hrgeom.checker.executors import Executor, running
from hrgeom.checker.kernels import select_kernel
from hrgeom.core import (
    DualEmbedding,
    Hierarchy,
    Notion,
    Relevance,
    Target,
    as_embedding,
    as_relevance,
    fitted,
)
from hrgeom.errors import ChangedError, KernelError

__all__ = ["certify", "certify_with"]


def certify(
    embedding: DualEmbedding,
    target: Target,
    *,
    notion: Notion | None = None,
    kernel: str | None = None,
    filter: str | None = None,
    threads: int | None = None,
    memory: int | None = None,
    exact: bool = True,
    progress: Callable[[int, int], None] | None = None,
    executor: str | Executor | None = None,
    address: str | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    on_interrupt: Literal["raise", "stop"] = "raise",
) -> Certificate:
    """Return the certificate of an embedding over all its pairs.

    Parameters
    ----------
    embedding : DualEmbedding
        From whatever source, one row per query and document of `target`, found by their labels;
        without labels of its own row i is number i.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches: in a hierarchy, its ancestors and itself.
    notion : {"global", "row"}, optional
        Default: the embedding's own. Global without a threshold: one in the middle between the
        exact scores of the worst match and the best non-match is used, and stated.
    kernel : str, optional
        One of `available_kernels()`. Default: HRGEOM_KERNEL, or else the fastest here. Verdict
        and counts do not depend on it.
    filter : {"auto", "none", ...}, optional
        What decides pairs at less than a score each; no verdict, margin or count of violations
        depends on it. Default: HRGEOM_FILTER, or else "auto": what pays in a sample of the
        queries. The certificate's `stages` say how many pairs each stage decided.
    threads : int, optional
        Default: the processors this process may use.
    memory : int, optional
        Bytes to keep to: arrays that are read, copies of them, and blocks of scores; the full
        score matrix never exists. Where the rest takes more (`hrgeom.checker.memory_needed`), so
        does this, with small blocks. Default: 256 MiB for blocks, whatever the rest takes.
    exact : bool
        Decide pairs inside the rounding bound in exact arithmetic. False: leave them undecided,
        which asks whether float64 alone can tell.
    progress : callable, optional
        Called with (queries done, queries in all), in all sweeps begun so far.
    executor : str or Executor, optional
        Where blocks of queries are checked: one of `hrgeom.checker.executors.executor_names()`,
        or one of your own. Default: threads of this process. The certificate does not depend on
        it, but for `threads`.
    address : str, optional
        Of the scheduler, for executor "dask". Each of its workers may take `memory` for blocks.
    checkpoint : path, optional
        A file that keeps the results of blocks: a run that is killed goes on from it when the
        same call is made again, to the same certificate. It is removed at the end of a run that
        was not interrupted. It is believed: take none from strangers.
    on_interrupt : {"raise", "stop"}
        What a KeyboardInterrupt does while pairs are checked. "stop": it ends the run, and the
        certificate says what is known; pairs that were not checked are undecided.

    Returns
    -------
    certificate : Certificate
        With the verdict, the margins and the worst pairs. An embedding that fails is no error.

    Raises
    ------
    ShapeError
        If the embedding does not fit the relevance, its rows have no labels where those of the
        target are numbers in another order, or scores could overflow float64.
    HierarchyError
        If the target is neither a hierarchy nor a relevance.
    KernelError
        If this machine does not have the kernel, or the filter cannot go around it; if what the
        kernel counts contradicts pairs scored in exact arithmetic.
    ChangedError
        If the numbers changed meanwhile, or the file that they are mapped from became shorter:
        their digests are taken before the passes and after.
    FormatError
        If the checkpoint is of another certification, or no checkpoint.
    HrgeomError
        If the executor cannot be had.

    Notes
    -----
    Rounding: `hrgeom/checker/_rounding.py` states and proves the bound. Exact arithmetic: a wide
    fixed-point accumulator in C, whole numbers of Python in the NumPy kernel. Time: O(n m d),
    twice that where the normalized margin takes a second look, and two reads of the arrays for
    their digests. Arithmetic of the calling thread that flushes subnormal numbers to zero is put
    right meanwhile.

    References
    ----------
    Higham 2002, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.1, for the
    rounding of a dot product.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[-1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, -0.5]], threshold=0.0)
    >>> certify(e, h).verdict
    'holds'
    """
    entry = select_kernel(kernel)
    n_threads = threads or default_threads()
    with running(executor, n_threads, address, wants_threads=entry.wants_threads) as (
        opened,
        is_elsewhere,
    ):
        settings = Settings(
            kernel=entry.make(),
            executor=opened,
            memory=(memory or BLOCKS) * opened.n_workers
            if is_elsewhere
            else room_for_blocks(memory, embedding, opened.n_workers),
            exact=exact,
            progress=Progress(progress),
            filter=filter,
            stops=on_interrupt == "stop",
        )
        return certify_with(settings, embedding, target, notion, checkpoint)


def certify_with(
    settings: Settings,
    embedding: DualEmbedding,
    target: Target,
    notion: Notion | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Certificate:
    """Return the certificate by a kernel and an executor of any kind."""
    relevance = as_relevance(target)
    started = time.perf_counter()
    as_embedding(embedding)
    notion = notion or embedding.notion
    with guarded(embedding.queries, embedding.documents), plain_arithmetic():
        workers = settings.executor.n_workers
        before = embedding.digests(threads=workers)  # of the rows as they are stored
        in_order = fitted(embedding, relevance)
        problem = {} if checkpoint is None else _problem(settings, in_order, relevance, notion)
        with kept_in(checkpoint, problem) as log:
            sweep = Sweep(*in_order.values(), relevance, replace(settings, log=log), notion)
            outcome = check_all_pairs(sweep, embedding.threshold)
            margins = _margins(sweep, outcome)
            named = witnesses(sweep, outcome)
            _check_unchanged(before, embedding.digests(threads=workers))
            seconds = log.seconds_before + time.perf_counter() - started
            found = _certificate(embedding, target, sweep, outcome, margins, named, before, seconds)
            if not sweep.is_interrupted:
                log.remove()
    return found


def _check_unchanged(before: dict[str, str], after: dict[str, str]) -> None:
    """Raise ChangedError unless the numbers are those that the certificate will name."""
    changed = [name for name, digest in before.items() if after.get(name) != digest]
    if changed:
        raise ChangedError(
            f"vectors must not change while they are certified: got other {' and '.join(changed)} "
            "after the passes than before; wait until whatever writes them is done, and start again"
        )


def _problem(
    settings: Settings, in_order: DualEmbedding, relevance: Relevance, notion: Notion
) -> dict[str, object]:
    """Return what a checkpoint must agree with: all that results of blocks depend on."""
    digests = {**in_order.sha256, "relevance": relevance_digest(relevance)}
    return {
        "version": __version__,
        **{f"sha256 of {name}": digest for name, digest in sorted(digests.items())},
        "notion": notion,
        "threshold": in_order.threshold,
        "kernel": settings.kernel.name,
        "filter": settings.filter or os.environ.get("HRGEOM_FILTER") or "auto",
        "exact": settings.exact,
    }


def _margins(sweep: Sweep, outcome: Outcome) -> tuple[float | None, float | None]:
    """Return both margins; None is what an interrupt leaves unknown."""
    if sweep.is_interrupted:
        return None, None
    margin = _raw_margin(sweep, outcome)
    try:
        return margin, normalized_margin(sweep, outcome)
    except KeyboardInterrupt:
        if not sweep.settings.stops:
            raise
        sweep.is_interrupted = True
        return margin, None


def _certificate(
    embedding: DualEmbedding,
    target: Target,
    sweep: Sweep,
    outcome: Outcome,
    margins: tuple[float | None, float | None],
    named: tuple[Witness | None, Witness | None],
    sha256: dict[str, str],
    seconds: float,
) -> Certificate:
    worst, best = outcome.worst, outcome.best
    wrong = worst.n_violations + best.n_violations
    n_undecided = int((worst.n_undecided + best.n_undecided).sum())
    verdict: Verdict = "holds"
    if wrong.any():
        verdict = "fails"
    elif n_undecided:
        verdict = "undecided"
    _check_consistent(verdict, named, sweep.settings.kernel.name)
    margin, normalized = margins
    if verdict == "holds" and margin is not None:
        # Proved positive; where exact arithmetic was needed the bound may not show it.
        margin = max(margin, 0.0)
    relevance = sweep.relevance
    n, m = relevance.n_queries, relevance.n_documents
    digests = {**sha256, "relevance": relevance_digest(relevance)}
    if isinstance(target, Hierarchy):
        digests["hierarchy"] = target.sha256
    return Certificate(
        verdict=verdict,
        notion=outcome.notion,
        threshold=outcome.threshold,
        n_queries=n,
        n_documents=m,
        dim=embedding.dim,
        dtype=str(embedding.dtype),
        n_pairs=n * m,
        n_matches=relevance.n_pairs,
        n_violations=int(wrong.sum()),
        n_violating_queries=int(np.count_nonzero(wrong)),
        n_undecided=n_undecided,
        n_exact_rechecks=int((worst.n_exact + best.n_exact).sum()) + outcome.n_exact,
        margin_lower_bound=margin,
        normalized_margin_lower_bound=normalized,
        rounding_bound=float(sweep.bounds.score.max()),
        arithmetic="integer" if sweep.bounds.is_exact else "float-with-bound",
        worst_match=named[0],
        best_other=named[1],
        kernel=sweep.settings.kernel.name,
        threads=sweep.settings.executor.n_workers,
        seconds=seconds,
        sha256=digests,
        version=__version__,
        basis=embedding.basis,
        stages=_stages(sweep, outcome),
        n_unchecked=sweep.n_unchecked if sweep.is_interrupted else None,
    )


def _check_consistent(
    verdict: Verdict, named: tuple[Witness | None, Witness | None], kernel: str
) -> None:
    """Raise KernelError if the pairs that were scored without rounding contradict the counts."""
    violates = any(witness is not None and witness.violates for witness in named)
    if verdict == ("holds" if violates else "fails"):
        found = "a named pair violates" if violates else "no named pair violates"
        raise KernelError(
            f"a verdict must agree with the pairs that it names: kernel {kernel} counts for "
            f"{verdict!r}, while in exact arithmetic {found}; please report this, and certify with "
            "another kernel"
        )


def _stages(sweep: Sweep, outcome: Outcome) -> dict[str, int]:
    """Return how many pairs each stage decided: what no filter did was scored."""
    n_pairs = sweep.relevance.n_queries * sweep.relevance.n_documents - sweep.n_unchecked
    by_block, by_int8 = int(outcome.best.n_by_block.sum()), int(outcome.best.n_by_int8.sum())
    return {"block": by_block, "int8": by_int8, "score": n_pairs - by_block - by_int8}


def _raw_margin(sweep: Sweep, outcome: Outcome) -> float | None:
    """Return a lower bound on the margin of the stored rows; None if there is no gap.

    With b the bound on each reference score: a gap between two is at least the float one less
    2 b, half of it less b; a distance from the threshold at least the float one less b.
    """
    worst, best = outcome.worst.extreme_score, outcome.best.extreme_score
    bound = sweep.bounds.score
    if outcome.notion == "row":
        gap = (worst - best) / 2 - bound
    else:
        assert outcome.threshold is not None
        gap = np.minimum(worst - outcome.threshold, outcome.threshold - best) - bound
    query = int(gap.argmin())
    if not np.isfinite(gap[query]):  # no query has both a match and a non-match
        return None
    if not sweep.bounds.is_exact:
        # A little less, by more than the few roundings since the kernel's numbers.
        return float(gap[query]) - abs(float(gap[query])) * 1e-12
    # The scores are exact, only differences rounded: take the least of what ties up to that.
    near = gap <= gap[query] + abs(gap[query]) * 1e-15
    ties = np.unique(np.column_stack((worst[near], best[near])), axis=0).tolist()
    return min(_exact_gap(low, high, outcome.threshold) for low, high in ties)


def _exact_gap(worst: float, best: float, threshold: float | None) -> float:
    """Half the gap, or the lesser distance from the threshold, rounded down."""
    if threshold is None:
        gap = (Fraction(worst) - Fraction(best)) / 2
    else:
        above = [Fraction(worst) - Fraction(threshold)] if np.isfinite(worst) else []
        below = [Fraction(threshold) - Fraction(best)] if np.isfinite(best) else []
        gap = min(above + below)
    rounded = float(gap)
    return rounded if Fraction(rounded) <= gap else float(np.nextafter(rounded, -np.inf))
