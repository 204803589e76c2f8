"""Result of a descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Descent"]


@dataclass(frozen=True, eq=False)
class Descent:
    """Rows that a descent found, and how it went."""

    queries: NDArray[np.float32]
    documents: NDArray[np.float32]
    threshold: float
    margin: float
    rows_wrong: int
    epochs: int
    seconds: float
    history: tuple[dict[str, Any], ...]
