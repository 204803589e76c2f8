"""Text that is not in the hierarchy, and the node where it belongs, with certified vectors.

`fit` makes a `Locator` of an embedding, its hierarchy, texts of the nodes and any text encoder. The
locator turns a new text into a posterior over the nodes that may be its parent, and that into a
decision: one node, whose retrieved set is exact by the certificate of the embedding, or a mixture
of query vectors. `evaluate` holds leaves out and measures it beside what else there is. No torch,
but for `trained_towers`.
"""

from hrgeom.locate._fit import fit
from hrgeom.locate._located import (
    DECISIONS,
    ConformalLevels,
    Decision,
    Located,
    Locations,
    State,
)
from hrgeom.locate._locator import Locator
from hrgeom.locate._texts import Texts
from hrgeom.locate.evaluation import Evaluation, MethodScores, evaluate, trained_towers

__all__ = [
    "DECISIONS",
    "ConformalLevels",
    "Decision",
    "Evaluation",
    "Located",
    "Locations",
    "Locator",
    "MethodScores",
    "State",
    "Texts",
    "evaluate",
    "fit",
    "trained_towers",
]
