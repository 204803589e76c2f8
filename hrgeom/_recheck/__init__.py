"""Independent recheck of a certificate, in plain Python and exact arithmetic.

Small, slow and independent on purpose: it shares with the checker only the reading of files.
Ancestors are found by walking up from parent to parent, scores are integers after scaling every
row by a power of two, and comparisons are exact. A sample of the queries, or all of them, is
checked against all documents. Judgments are used as the pairs of labels that were read.

`_recheck` holds the function and its result, `_exact` the numbers, `_queries` what is seen of the
queries, `_statements` the comparison with what the certificate states. `_proved` hands all pairs to
a program that is proved correct, where it is built.
"""

from hrgeom._recheck._proved import Proved, proved, verified_program
from hrgeom._recheck._recheck import Recheck, recheck

__all__ = ["Proved", "Recheck", "proved", "recheck", "verified_program"]
