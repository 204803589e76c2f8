"""The checker: every (query, document) pair of an embedding, with a proven rounding bound.

Who calls whom::

    certify ── select_kernel ── kernels: KERNELS (numpy, C, ...)      what scores a block
       ├─ running ── executors: EXECUTORS (threads, serial, Dask)     where blocks run
       ├─ kept_in ── Checkpoint                                       results of blocks, in a file
       │
       ├─ Sweep ── working_type ── product_sums, rounding_bounds      type and bounds, decided once
       │    │
       │    ├─ choose_filter ── filters: FILTERS       what decides pairs before any score
       │    └─ worst_matches, best_others: executor.map(KernelPass, Blocks that are left)
       │         KernelPass(Block) ── kernel.matches or kernel.sweep ── BlockTally
       │         Tally.put puts the tallies of all blocks together
       │
       ├─ check_all_pairs(Sweep) ── Outcome     which passes a notion and a threshold need
       │    ├─ floors_of                          what the sweep need not find
       │    └─ certain_threshold, exact_extreme   the threshold, where none is stated
       ├─ normalized_margin                     a second Sweep over unit rows, where it is needed
       └─ witnesses ── Certificate              extreme pairs, scored in fractions

    band ── product_sums, rounding_bounds      four extremes of every document, by matrix products

    certify_extension ── certify, of the pairs with a row that is new or changed
       └─ moved_queries                       which of the others an earlier certificate decides

`Block`, `KernelPass` and `BlockTally` pickle: an executor may run them in other processes or on
other machines, and keep results. A kernel says only how a block is scored; it sees neither
threads nor notions. Float scores without bounds, for metrics and searches, come from
`hrgeom._base.blocks.score_blocks`.
"""

from hrgeom.checker._band import Band, mixture_error
from hrgeom.checker._band_pass import band
from hrgeom.checker._certificate import Certificate, Verdict, Witness
from hrgeom.checker._certify import certify
from hrgeom.checker._cost import (
    GpuRate,
    certification_seconds,
    gpu_rate,
    seconds_per_pair,
)
from hrgeom.checker._extension import Earlier, certify_extension
from hrgeom.checker._memory import bytes_needed, memory_needed
from hrgeom.checker._rounding import (
    RoundingBounds,
    check_scores_fit,
    gamma,
    is_exact,
    product_sums,
    rounding_bounds,
)

__all__ = [
    "Band",
    "Certificate",
    "Earlier",
    "GpuRate",
    "RoundingBounds",
    "Verdict",
    "Witness",
    "band",
    "bytes_needed",
    "certification_seconds",
    "certify",
    "certify_extension",
    "check_scores_fit",
    "gamma",
    "gpu_rate",
    "is_exact",
    "memory_needed",
    "mixture_error",
    "product_sums",
    "rounding_bounds",
    "seconds_per_pair",
]
