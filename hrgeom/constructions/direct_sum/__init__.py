"""Direct sums: classes of documents side by side, with the weights of largest margin."""

from hrgeom.constructions.direct_sum._methods import (
    block_code,
    block_code_promise,
    hybrid,
    hybrid_promise,
    mixed,
    mixed_promise,
)

__all__ = ["block_code", "block_code_promise", "hybrid", "hybrid_promise", "mixed", "mixed_promise"]
